"""Environment: Jinja with our generator, filters, tests and lookups; one for each process, holding compiled templates.

template texts -> [environment] -> compiled templates
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment as JinjaEnvironment
from jinja2 import TemplateNotFound, nodes
from jinja2.environment import Template as JinjaTemplate
from jinja2.environment import TemplateModule
from jinja2.nodes import EvalContext
from jinja2.runtime import BlockReference, Macro, Undefined
from jinja2.runtime import Context as JinjaContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from promptc.compiler.template import access, filters, tests
from promptc.compiler.template.capturing import capture
from promptc.compiler.template.events import Limit, Refusal
from promptc.compiler.template.generator import Generator
from promptc.compiler.template.limits import CALL_COST, INCLUDE_COST, INTEGER_MAX, MACRO_DEPTH_MAX, RANGE_MAX
from promptc.compiler.template.lines import Lines, read_lines
from promptc.compiler.template.proxies import Unset, raw_of
from promptc.compiler.template.run import CURRENT
from promptc.compiler.template.support import IMPORTS, Namespace
from promptc.compiler.template.symbols import Poison, Symbol, refuse, use_poison
from promptc.compiler.template.tags import Tags
from promptc.compiler.template.texts import force

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
    "/": lambda a, b: a / b,
}


class Context(JinjaContext):
    """Jinja's context, made in a few steps: nothing that differs between templates is asked of its evaluation context."""

    def __init__(
        self,
        environment: Any,
        parent: dict[str, Any],
        name: str | None,
        blocks: Mapping[str, Any],
        globals: Any = None,  # noqa: A002
    ) -> None:
        self.parent = parent
        self.vars = {}
        self.environment = environment
        self.eval_ctx = environment.evaluation
        self.exported_vars = set()
        self.name = name
        self.globals_keys = environment.globals_keys
        self.blocks = {key: [block] for key, block in blocks.items()} if blocks else {}


class Template(JinjaTemplate):
    """A compiled template. Modules of imports are built anew in each render: a cached one would leak between tenants."""

    def _get_default_module(self, ctx: Any = None) -> TemplateModule:
        return self.make_module()


class Environment(ImmutableSandboxedEnvironment):
    """Compiles templates with our generator; what a template may touch goes through access and the guards."""

    code_generator_class = Generator
    reserved = frozenset({"vars", "input", "tenant", "tools", "model"})
    template_class = Template
    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})
    intercepted_unops = frozenset({"+", "-"})
    context_class = Context
    imports = IMPORTS

    def __init__(self, sources: Mapping[str, str], *, origins: bool = False, **options: Any) -> None:
        self.origins = origins
        super().__init__(
            undefined=Unset,
            trim_blocks=options.pop("trim_blocks", True),
            lstrip_blocks=options.pop("lstrip_blocks", True),
            optimized=False,
            autoescape=False,
            cache_size=0,
            extensions=[Tags],
            **options,
        )
        self.sources = sources
        self.compiled: dict[str, JinjaTemplate] = {}
        self.lines: dict[str, Lines] = {}
        self.filters: dict[str, Any] = filters.registry()
        self.tests: dict[str, Any] = tests.registry()
        self.globals = {"range": bounded_range, "namespace": Namespace}
        # What every context of a template shares: autoescape is off, and nothing turns it on.
        self.evaluation = EvalContext(self)
        self.globals_keys = set(self.globals)
        CURRENT.environment = self

    # Compiling

    def lines_of(self, name: str) -> Lines:
        """What the tokens of a template say of its lines."""
        if name not in self.lines:
            self.lines[name] = read_lines(self, self.sources[name], name) if name in self.sources else Lines()
        return self.lines[name]

    def own_block(self, name: str | None, block: str) -> bool:
        """Whether a block's own tags fill their lines, so that its text ends with a line end."""
        return name is not None and block in self.lines_of(name).alone_blocks

    def own_include(self, name: str | None, line: int) -> bool:
        """Whether an include fills its line."""
        return name is not None and line in self.lines_of(name).alone_includes

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:  # noqa: FBT001, FBT002
        generator = self.code_generator_class(self, name, filename, None, defer_init, self.optimized)
        generator.visit(source)
        code: str = generator.stream.getvalue()  # type: ignore[attr-defined]
        # All on the line of Jinja's own import: the lines after it are known by their numbers.
        first = "; ".join([self.imports, *(f"{name} = {made}" for made, name in generator.constants.items())])
        return first + code[code.index("\n") :]

    def tree_of(self, name: str) -> nodes.Template:
        """A template's tree; raises TemplateSyntaxError."""
        return self.parse(self.sources[name], name, name)

    def included(self, name: str, parent: str) -> JinjaTemplate:
        """A template that another one includes by a constant name."""
        run = CURRENT.run
        found = self.compiled.get(name)
        if found is None or run.static.locale or name not in run.static.templates:
            return self.get_template(name, parent)
        run.fuel.charge(INCLUDE_COST)
        return found

    def get_template(self, name: Any, parent: str | None = None, globals: Any = None) -> JinjaTemplate:  # noqa: A002
        """A template by its path below sources; compiled once."""
        if name.__class__ is not str:
            name = raw_of(name)
        run = getattr(CURRENT, "run", None)
        if run is not None and parent is not None:
            run.fuel.charge(INCLUDE_COST)
            if run.static.locale:
                name = self._for_locale(run, name)
            if name not in run.static.templates and name in self.sources:
                raise AssertionError(f"`{name}` is not among the templates that `{run.static.prompt}` can reach")
        found = self.compiled.get(name)
        if found is None:
            if name not in self.sources:
                raise TemplateNotFound(name)
            code = self.compile(self.sources[name], name, name)
            found = self.compiled[name] = self.template_class.from_code(self, code, self.make_globals(globals), None)
        return found

    def _for_locale(self, run: Any, name: str) -> str:
        chosen: str = run.static.stands_for.get(name, name)
        if chosen == name:
            run.fallbacks[name] = None
        return chosen

    def concat(self, events: Any) -> Any:
        """Captured output as one value."""
        return capture(list(events))

    # What templates may touch

    getattr = staticmethod(access.attribute)  # type: ignore[assignment]
    getitem = staticmethod(access.item)  # type: ignore[assignment]

    def call(self, context: Any, obj: Any, *args: Any, **kwargs: Any) -> Any:
        """A call: macros, `super()`, `caller()`, `range()`, `namespace()`, `loop.cycle()` and our own tags."""
        run = CURRENT.run
        run.fuel.charge(CALL_COST)
        if isinstance(obj, Poison):
            use_poison(obj)
        if isinstance(obj, Undefined):
            obj()
        if not callable_here(obj):
            refuse(
                "T008",
                "only macros, `super()`, `caller()`, `range()`, `namespace()` and `loop.cycle()` can be called",
                "use a filter",
            )
        run.calls += 1
        if run.calls > MACRO_DEPTH_MAX:
            raise Limit(
                f"macros call each other more than {MACRO_DEPTH_MAX} deep", "a macro that calls itself needs an end"
            )
        try:
            return context.call(obj, *args, **kwargs)
        except (TypeError, ValueError) as error:
            if isinstance(obj, Macro) and isinstance(error, TypeError):
                refuse("T008", f"the macro `{obj.name}` can't be called like this: {_arguments(obj)}")
            raise Refusal(
                "T008", "a call with arguments that don't fit", "look at what it takes in docs/prompts.md"
            ) from error
        finally:
            run.calls -= 1

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Arithmetic on plain values; charged before anything is allocated."""
        values = [raw_of(force(value)) for value in (left, right)]
        for value in values:
            if isinstance(value, Symbol):
                if isinstance(value, Poison):
                    use_poison(value)
                refuse(
                    "T021",
                    f"`{operator}` would have to compute with {value.spelled()}, which is not known when building",
                    "compute it in the code that gives the input; `~` joins text",
                )
        return arithmetic(operator, values[0], values[1])

    def call_unop(self, context: Any, operator: str, arg: Any) -> Any:
        """`-x` and `+x`."""
        if isinstance(arg, Symbol):
            refuse(
                "T021",
                f"`{operator}` would have to compute with {arg.spelled()}, which is not known when building",
                "compute it in the code that gives the input",
            )
        arg = raw_of(force(arg))
        if isinstance(arg, Undefined):
            str(arg)
        if not isinstance(arg, (int, float)):
            refuse("T029", f"`{operator}` takes a number", "write a number after it")
        return -arg if operator == "-" else +arg


def callable_here(obj: Any) -> bool:
    """Whether a template may call an object."""
    if isinstance(obj, (Macro, BlockReference)) or obj is bounded_range or obj is Namespace:
        return True
    owner = getattr(obj, "__self__", None)
    if isinstance(owner, Tags):
        return True
    return type(owner).__name__ == "_Loop" and getattr(obj, "__name__", "") in ("cycle", "changed")


def _arguments(macro: Macro) -> str:
    return f"it takes {', '.join(f'`{name}`' for name in macro.arguments) or 'no arguments'}"


def arithmetic(operator: str, left: Any, right: Any) -> Any:
    """One operation on plain values, bounded in the size of what it makes."""
    if isinstance(left, Undefined) or isinstance(right, Undefined):
        return left + right
    if operator == "**":
        refuse("T009", "`**` is not available in templates", "multiply, or put the number into a variable")
    numbers = all(isinstance(value, (int, float)) for value in (left, right))
    if numbers and any(abs(value) >= INTEGER_MAX for value in (left, right)):
        raise Limit("arithmetic works on numbers below 2^63")
    if not numbers:
        _charge_sequences(operator, left, right)
    try:
        return OPERATORS[operator](left, right)
    except ZeroDivisionError:
        refuse("T029", f"`{operator}` by zero", "test the divisor first")
    except (TypeError, ValueError):
        refuse("T029", f"`{operator}` can't work on these kinds of values", "`~` joins text; arithmetic takes numbers")


def _charge_sequences(operator: str, left: Any, right: Any) -> None:
    sized = (str, list, tuple)
    if operator == "%":
        refuse("T029", "`%` takes numbers", 'write `"…" | format(…)` to format text')
    if operator == "+" and isinstance(left, sized) and isinstance(right, sized):
        CURRENT.run.fuel.charge(len(left) + len(right))
    if operator == "*":
        for sequence, times in ((left, right), (right, left)):
            if isinstance(sequence, sized) and isinstance(times, int):
                CURRENT.run.fuel.charge(len(sequence) * max(0, times))


def bounded_range(*bounds: Any) -> list[int]:
    """`range()`: at most 10,000 numbers, as a list."""
    for bound in bounds:
        if isinstance(bound, Symbol):
            refuse("T028", "a `range` needs numbers that are known when building", "loop over an input list instead")
    found = range(*bounds)
    if len(found) > RANGE_MAX:
        raise Limit(f"`range` gives at most {RANGE_MAX:,} numbers", "use a smaller range")
    return list(found)


def jinja_suite_environment(**options: Any) -> JinjaEnvironment:
    """An environment with our generator for Jinja's own test suite (tests/laws): plain values, a loader's templates."""
    from promptc.compiler.template.suite import SuiteEnvironment

    return SuiteEnvironment(**options)
