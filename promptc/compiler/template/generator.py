"""Generator: Jinja's code generator, with values deciding between now and run time.

    checked tree -> [generator] -> Python source of a template

Only the places where a value decides something differ from Jinja's: output, `if`, `for`, `and`, `or`, `not`,
comparisons, inline `if`, slices, blocks and includes. Everything else is inherited, so its meaning is Jinja's own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame

from promptc.compiler.template.names import SPECIAL, alias_of, hole_of, is_super, path_of, stored_names, variable_of


class Generator(CodeGenerator):
    """Writes code whose helpers come from `support`.

    `constants` are the paths that the code asks for, each made once when the template's module is loaded.
    """

    environment: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.constants: dict[str, str] = {}
        self.unlooked: frozenset[str] = frozenset()

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        # A name that something is set on, as in `set vars.x = 1`, is looked up as Jinja does, to be refused as Jinja does.
        self.unlooked = self.environment.reserved - {found.name for found in node.find_all(nodes.NSRef)}
        super().visit_Template(node, frame)

    def _constant(self, source: str) -> str:
        return self.constants.setdefault(source, f"c{len(self.constants)}")

    # Names and paths

    def enter_frame(self, frame: Frame) -> None:
        """The names that every template sees come from the run; they are not looked up in the context."""
        loads = frame.symbols.loads
        for target in [target for target, (_, name) in loads.items() if name in self.unlooked]:
            del loads[target]
        super().enter_frame(frame)

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802
        if self.environment.reserved and isinstance(node.node, nodes.Name) and node.node.name == "loop":
            self.write("loop_attribute(")
            self.visit(node.node, frame)
            self.write(f", {node.attr!r})")
        elif not self._write_variable(node):
            super().visit_Getattr(node, frame)

    def _write_variable(self, node: nodes.Node, helper: str = "variable") -> bool:
        """`vars.NAME` in one step."""
        path = path_of(node) if self.environment.reserved else None
        if path is None or len(path) != 2 or path[0] != "vars" or not isinstance(path[1], str):
            return False
        self.write(f"{helper}({self._constant(f'Variable({path[1]!r})')})")
        return True

    def visit_Name(self, node: nodes.Name, frame: Frame) -> None:  # noqa: N802 - Jinja's visitor names
        if node.ctx == "load" and node.name in self.environment.reserved:
            self.write(f"CURRENT.run.roots[{node.name!r}]")
            return
        super().visit_Name(node, frame)

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:  # noqa: N802
        if not isinstance(node.arg, nodes.Slice):
            if not self._write_variable(node):
                super().visit_Getitem(node, frame)
            return
        self.write("sliced(")
        self.visit(node.node, frame)
        for bound in (node.arg.start, node.arg.stop, node.arg.step):
            self.write(", ")
            if bound is None:
                self.write("None")
            else:
                self.visit(bound, frame)
        self.write(")")

    # Output

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:  # noqa: N802
        if frame.require_output_check and self.has_known_extends:
            return
        for child in node.nodes:
            if isinstance(child, nodes.TemplateData):
                if child.data:
                    self._write_origin(child, frame)
                    self._write_event(repr(child.data), frame, child)
            elif is_super(child):
                self._write_stream("super_stream(", child.node, frame)  # type: ignore[attr-defined]
            else:
                self._write_value(child, frame)

    def _write_origin(self, node: nodes.Node, frame: Frame) -> None:
        if self.environment.origins:
            fixed = not isinstance(node, nodes.TemplateData)
            self._write_event(f"Origin({self.name!r}, {node.lineno}, {fixed!r})", frame)

    def _write_value(self, child: nodes.Expr, frame: Frame) -> None:
        self._write_origin(child, frame)
        found = hole_of(child) if self.environment.reserved else None
        if found is not None:
            self._write_event(f"hole({self._constant(f'Hole({found[0]!r}, {found[1]!r})')})", frame, child)
            return
        alias = alias_of(child) if self.environment.reserved else None
        if alias is not None:
            self._write_alias(child, alias, frame)
            return
        self.start_write(frame, child)
        is_tag = isinstance(child, nodes.Call) and isinstance(child.node, nodes.ExtensionAttribute)
        self.write("keep(" if is_tag and frame.buffer is not None else "emit(")
        self.visit(child, frame)
        self.write(")")
        self.end_write(frame)

    def _write_alias(
        self, child: nodes.Expr, alias: tuple[nodes.Name, tuple[Any, ...], tuple[str, ...]], frame: Frame
    ) -> None:
        """What stands below a name that may hold a part of a variable: only printed, it leaves a hole."""
        name, steps, filters = alias
        self.start_write(frame, child)
        self.write("hole_below(")
        self.visit(name, frame)
        self.write(f", {steps!r}, {filters!r}, lambda: ")
        self.visit(child, frame)
        self.write(")")
        self.end_write(frame)

    def _write_event(self, source: str, frame: Frame, node: nodes.Node | None = None) -> None:
        self.start_write(frame, node)
        self.write(source)
        self.end_write(frame)

    def _write_stream(
        self, call: str, argument: nodes.Expr | None, frame: Frame, node: nodes.Node | None = None
    ) -> None:
        self.writeline(f"{frame.buffer}.extend(" if frame.buffer is not None else "yield from ", node or argument)
        self.write(call)
        if argument is not None:
            self.visit(argument, frame)
            self.write(")")
        if frame.buffer is not None:
            self.write(")")

    # Blocks and includes

    def visit_Block(self, node: nodes.Block, frame: Frame) -> None:  # noqa: N802
        if frame.toplevel and self.has_known_extends:
            return
        line = self.environment.own_block(self.name, node.name)
        self._write_event(f"BlockOpen({node.name!r}, {line!r})", frame, node)
        super().visit_Block(node, frame)
        self._write_event("BLOCK_CLOSE", frame, node)

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:  # noqa: N802
        line = self.environment.own_include(self.name, node.lineno)
        if line:
            self._write_event("LINE_OPEN", frame, node)
        is_constant = self.environment.reserved and isinstance(node.template, nodes.Const)
        self.writeline(f"template = environment.{'included' if is_constant else 'get_template'}(", node)
        self.visit(node.template, frame)
        self.write(f", {self.name!r})")
        context = (
            f"included(template, context, {self.dump_local_context(frame)})"
            if node.with_context
            else "template.new_context()"
        )
        self._write_stream(f"template.root_render_func({context})", None, frame, node)
        if line:
            self._write_event("LINE_CLOSE", frame, node)

    # Captured text that is written at once

    def visit_CallBlock(self, node: nodes.CallBlock, frame: Frame) -> None:  # noqa: N802
        call_frame, macro_ref = self.macro_body(node, frame)
        self.writeline("caller = ")
        self.macro_def(macro_ref, call_frame)
        self.start_write(frame, node)
        self.write("emit(")
        self.visit_Call(node.call, frame, forward_caller=True)
        self.write(")")
        self.end_write(frame)

    def visit_FilterBlock(self, node: nodes.FilterBlock, frame: Frame) -> None:  # noqa: N802
        inner = frame.inner()
        inner.symbols.analyze_node(node)
        self.enter_frame(inner)
        self.buffer(inner)
        self.blockvisit(node.body, inner)
        self.start_write(frame, node)
        self.write("emit(")
        self.visit_Filter(node.filter, inner)
        self.write(")")
        self.end_write(frame)
        self.leave_frame(inner)

    # Branches

    def visit_If(self, node: nodes.If, frame: Frame) -> None:  # noqa: N802
        test, names = self.temporary_identifier(), sorted(stored_names(node))
        is_split = self.temporary_identifier()
        soft = frame.soft()
        self.writeline(f"{test} = ", node)
        self._visit_test(node.test, soft)
        self.writeline(f"if {test}.__class__ not in ALONE: {test} = fork({test})", node)
        self.writeline(f"{is_split} = {test}.__class__ is When")
        self.writeline(f"if {is_split}:")
        self.indent()
        saved = self._save(names, frame)
        self._write_event(test, frame)
        self.writeline("open_region('when')")
        self.outdent()
        self.writeline(f"if {test}:")
        self.indent()
        self.blockvisit(node.body, soft)
        self.writeline("pass")
        self.outdent()
        self.writeline(f"if {is_split}:")
        self.indent()
        then = self._save(names, frame)
        self._put(names, saved, frame)
        self._write_event("ELSE", frame)
        self.writeline("swap_region()")
        self.outdent()
        self._write_else(node, f"{is_split} or not {test}", soft)
        self.writeline(f"if {is_split}:")
        self.indent()
        self._write_event("END", frame)
        self.writeline("close_region()")
        if names:
            after = self.temporary_identifier()
            self.writeline(f"{after} = reopen({test}, {tuple(names)!r}, {then}, {self._values(names, frame)})")
            self._put(names, after, frame)
        self.outdent()

    def _write_else(self, node: nodes.If, test: str, soft: Frame) -> None:
        otherwise: list[nodes.Node] = list(node.else_)
        if node.elif_:
            first, *others = node.elif_
            otherwise = [nodes.If(first.test, first.body, others, node.else_, lineno=first.lineno)]
        if not otherwise:
            return
        self.writeline(f"if {test}:")
        self.indent()
        self.blockvisit(otherwise, soft)
        self.writeline("pass")
        self.outdent()

    def _values(self, names: list[str], frame: Frame) -> str:
        return "(" + "".join(f"{frame.symbols.ref(name)}, " for name in names) + ")"

    def _save(self, names: list[str], frame: Frame) -> str:
        if not names:
            return ""
        saved = self.temporary_identifier()
        self.writeline(f"{saved} = {self._values(names, frame)}")
        return saved

    def _put(self, names: list[str], values: str, frame: Frame) -> None:
        if not names:
            return
        source = f"restore({self.get_context_ref()}, {tuple(names)!r}, {values})" if frame.toplevel else values
        self.writeline(f"{self._values(names, frame)} = {source}")

    # Loops

    def visit_For(self, node: nodes.For, frame: Frame) -> None:  # noqa: N802
        source = self.temporary_identifier()
        filtered = "`if` clause" if node.test else ("tuple of names" if isinstance(node.target, nodes.Tuple) else "")
        self.writeline(f"{source} = turns(", node)
        self.visit(node.iter, frame)
        self.write(f", {filtered!r})")
        self.writeline(f"if {source}.residual:")
        self.indent()
        self._write_stream(f"{source}.opening()", None, frame)
        self.writeline("open_region('each')")
        self.outdent()
        inner = object.__new__(nodes.InternalName)
        nodes.Node.__init__(inner, source, lineno=node.iter.lineno)
        test = node.test
        if self.environment.reserved and test is not None and variable_of(test) is not None:
            # Jinja writes it as any expression; as a test it asks for the truth.
            test = nodes.Not(nodes.Not(test, lineno=test.lineno), lineno=test.lineno)
        loop = nodes.For(node.target, inner, node.body, [], test, False, lineno=node.lineno)  # noqa: FBT003
        loop.environment = node.environment
        marker = nodes.ExprStmt(_turned(source, node.lineno), lineno=node.lineno)
        loop.body = [marker, *node.body] if node.else_ else list(node.body)
        super().visit_For(loop, frame)
        if node.else_:
            self._write_loop_else(node, source, frame)
        self.writeline(f"if {source}.residual:")
        self.indent()
        self.writeline("close_region()")
        self._write_stream(f"{source}.closing()", None, frame)
        self.outdent()

    def _write_loop_else(self, node: nodes.For, source: str, frame: Frame) -> None:
        else_frame = frame.inner()
        else_frame.symbols.analyze_node(node, for_branch="else")
        self.writeline(f"if {source}.residual:")
        self.indent()
        self.writeline("swap_region()")
        self._write_event("ELSE", frame)
        self.outdent()
        self.writeline(f"if {source}.residual or not {source}.body_ran:")
        self.indent()
        self.enter_frame(else_frame)
        self.blockvisit(node.else_, else_frame)
        self.writeline("pass")
        self.leave_frame(else_frame)
        self.outdent()

    # Expressions that decide

    def visit_And(self, node: nodes.BinExpr, frame: Frame) -> None:  # noqa: N802
        self._decide("both", node, frame, self.visit)

    def visit_Or(self, node: nodes.BinExpr, frame: Frame) -> None:  # noqa: N802
        self._decide("either", node, frame, self.visit)

    def _decide(self, name: str, node: nodes.BinExpr, frame: Frame, visit: Callable[[nodes.Expr, Frame], Any]) -> None:
        self.write(f"{name}(")
        visit(node.left, frame)
        self.write(", lambda: ")
        visit(node.right, frame)
        self.write(")")

    def visit_Not(self, node: nodes.UnaryExpr, frame: Frame) -> None:  # noqa: N802
        self.write("negate(")
        self._visit_test(node.node, frame)
        self.write(")")

    def _visit_test(self, node: nodes.Node, frame: Frame) -> None:
        """An expression of which only the truth counts: a variable, also beside `and` or `or`, is asked for no more."""
        path = path_of(node) if self.environment.reserved else None
        if path is not None and path[0] in SPECIAL:
            path = None
        if isinstance(node, (nodes.And, nodes.Or)):
            self._decide("both" if isinstance(node, nodes.And) else "either", node, frame, self._visit_test)
        elif path is None:
            self.visit(node, frame)
        elif not self._write_variable(node, "truth"):
            self.write("truth_at(")
            self.visit(node.node, frame)  # type: ignore[attr-defined]
            self.write(f", {path[-1]!r})")

    def visit_CondExpr(self, node: nodes.CondExpr, frame: Frame) -> None:  # noqa: N802
        soft = frame.soft()
        self.write("choose(")
        self._visit_test(node.test, soft)
        self.write(", lambda: ")
        self.visit(node.expr1, soft)
        self.write(", lambda: ")
        if node.expr2 is not None:
            self.visit(node.expr2, soft)
        else:
            self.write("undefined('the inline `if` is false and has no `else`')")
        self.write(")")

    def visit_Compare(self, node: nodes.Compare, frame: Frame) -> None:  # noqa: N802
        if len(node.ops) == 1 and self.environment.reserved:
            # A single one asks for its right side whatever the left one is.
            self.write("compared(")
            self.visit(node.expr, frame)
            self.write(f", {node.ops[0].op!r}, ")
            self.visit(node.ops[0].expr, frame)
            self.write(")")
            return
        self.write("compare(")
        self.visit(node.expr, frame)
        for operand in node.ops:
            self.write(f", ({operand.op!r}, lambda: ")
            self.visit(operand.expr, frame)
            self.write(")")
        self.write(")")


def _turned(source: str, line: int) -> nodes.Expr:
    """An expression that notes that the loop's body ran, for its `else`."""
    name: Any = object.__new__(nodes.InternalName)
    nodes.Node.__init__(name, f"{source}.ran()", lineno=line)
    return name  # type: ignore[no-any-return]
