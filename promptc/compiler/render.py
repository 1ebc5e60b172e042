"""Render: one prompt for what one tenant sets, as a shape: messages with holes, shared by all who agree on what was read.

Static + what a tenant sets -> [render] -> Shape, or findings with the template's place and trail
"""

from __future__ import annotations

from typing import Any

from promptc.compiler.keys import Static
from promptc.compiler.shape import Rendered, Shape
from promptc.compiler.template.environment import Environment
from promptc.compiler.template.failures import FAILURES, finding_of, raised_by_template
from promptc.compiler.template.limits import FUEL_AHEAD
from promptc.compiler.template.run import CURRENT, Run
from promptc.compiler.template.symbols import STICKY
from promptc.compiler.template.tree import Builder
from promptc.compiler.trace import Digesting, Roots, fingerprint
from promptc.core.findings import Finding

# What Jinja and generated code raise for what a template does; elsewhere it is our bug, and keeps its traceback.
RAISED = (*FAILURES, TypeError, ValueError, ArithmeticError, LookupError, AssertionError, AttributeError)


def render(environment: Environment, static: Static, roots: Roots, digest: Digesting = fingerprint) -> Rendered:
    """Render one prompt. Never raises for what a template does; what it does wrong is a finding at its place.

    `environment` holds the templates of `static`, generated with their places or without. Almost every render is taken in
    one go; one that fails, or asks for much, is rendered once more, exactly.
    """
    run = _begin(environment, static, roots, digest)
    run.fuel.left = FUEL_AHEAD
    builder = Builder(whole=static.is_whole, place=static.place_of)
    try:
        messages = builder.take_ahead(_stream(environment, static))
    except RAISED:
        messages = []
    if not messages or STICKY.refusal is not None:
        return _exactly(environment, static, roots, digest)
    shape = Shape(messages, tuple(run.captured), tuple(builder.outside_blocks), tuple(run.fallbacks))
    return Rendered(shape, (), run.reads)


def _exactly(environment: Environment, static: Static, roots: Roots, digest: Digesting) -> Rendered:
    """The same render once more, step by step, so that what is wrong is met where it stands and before what follows."""
    run = _begin(environment, static, roots, digest)
    builder = Builder(whole=static.is_whole, place=static.place_of)
    try:
        messages = builder.take(_stream(environment, static))
        if STICKY.refusal is not None:
            raise STICKY.refusal
    except RAISED as error:
        if not isinstance(error, FAILURES) and not raised_by_template(error):
            raise
        return Rendered(None, (finding_of(static, error),), run.reads)
    if not messages:
        hint = "keep one message outside every `if`"
        found = Finding("T036", f"the prompt `{static.prompt}` has no message here", static.place, hint=hint)
        return Rendered(None, (found,), run.reads)
    shape = Shape(messages, tuple(run.captured), tuple(builder.outside_blocks), tuple(run.fallbacks))
    return Rendered(shape, (), run.reads)


def _begin(environment: Environment, static: Static, roots: Roots, digest: Digesting) -> Run:
    run = Run(static, roots, digest)
    CURRENT.environment = environment
    CURRENT.begin(run)
    return run


def _stream(environment: Environment, static: Static) -> Any:
    template = environment.get_template(static.path)
    return template.root_render_func(template.new_context())
