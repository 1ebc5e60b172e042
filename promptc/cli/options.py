"""Options: those that several commands take, and the completion of tenants' and prompts' names.

Completing reads names of files alone: nothing is parsed, so that a key press costs milliseconds.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
_ID = re.compile(r'"id"\s*:\s*"([^"\\]+)"')
_KEY = re.compile(r"^([A-Za-z][\w-]*)[ \t]*:", re.MULTILINE)
_BLOCK = re.compile(r"\{%[-+]?\s*block\s+(\w+)")
COMPLETIONS_MAX = 500
JSONL_BYTES_MAX = 4 * 1024 * 1024


def format_option(*formats: str) -> Callable[[Decorated], Decorated]:
    """`--format`, the first being the default."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="How to write the answer.",
    )


def select_argument() -> Callable[[Decorated], Decorated]:
    """SELECT words, as many as one likes."""
    return click.argument("select", nargs=-1, metavar="[SELECT]...", shell_complete=complete_selection)


def exclude_option() -> Callable[[Decorated], Decorated]:
    """`--exclude SELECT`."""
    return click.option(
        "--exclude",
        multiple=True,
        metavar="SELECT",
        shell_complete=complete_selection,
        help="Leave out; may be repeated.",
    )


def jobs_option() -> Callable[[Decorated], Decorated]:
    """`--jobs N`."""
    return click.option(
        "--jobs", "-j", type=click.IntRange(1, 64), default=None, metavar="N",
        help="Processes to work with; one for each core without this.",
    )  # fmt: skip


# One line, since it goes into indented docstrings.
SELECT_HELP = (
    "SELECT is `tenant`, `tenant/prompt`, `prompt:NAME`, `tenant:GLOB` or `label:KEY=VALUE`; several are a union, "
    "none is every target."
)


def complete_selection(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Tenants; after a slash or `prompt:` the prompts."""
    if incomplete.startswith("prompt:"):
        return _items(f"prompt:{name}" for name in prompt_names(context))(incomplete)
    if incomplete.startswith("tenant:"):
        return _items(f"tenant:{name}" for name in tenant_names(context))(incomplete)
    return complete_target(context, parameter, incomplete) + _items(["prompt:", "tenant:", "label:"])(incomplete)


def complete_target(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Tenants, and after a slash the prompts."""
    tenant, slash, _ = incomplete.partition("/")
    if slash:
        return _items(f"{tenant}/{name}" for name in prompt_names(context))(incomplete)
    return _items(tenant_names(context))(incomplete)


def complete_tenant(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Tenants."""
    return _items(tenant_names(context))(incomplete)


def complete_prompt(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Prompts that are no variants."""
    return _items(name for name in prompt_names(context) if "." not in name)(incomplete)


def _items(names: Iterator[str] | list[str] | Any) -> Callable[[str], list[CompletionItem]]:
    def matching(incomplete: str) -> list[CompletionItem]:
        found = sorted({name for name in names if name.startswith(incomplete)})
        return [CompletionItem(name) for name in found[:COMPLETIONS_MAX]]

    return matching


def tenant_names(context: click.Context) -> Iterator[str]:
    """Ids by file name, and those in .jsonl files."""
    folder, settings = _folders(context)
    layers = os.path.join(folder, settings["tenants"], "layers")
    for path in _files(os.path.join(folder, settings["tenants"])):
        if path.startswith(layers + os.sep):
            continue
        name = os.path.basename(path)
        if name.endswith(".yaml"):
            yield name.removesuffix(".yaml")
        elif name.endswith(".jsonl"):
            yield from _found_in(path, _ID)


def prompt_names(context: click.Context) -> Iterator[str]:
    """Names by file name."""
    folder, settings = _folders(context)
    for path in _files(os.path.join(folder, settings["sources"], "prompts")):
        name = os.path.basename(path)
        if name.endswith(".prompt.j2"):
            yield name.removesuffix(".prompt.j2")


def _files(top: str) -> Iterator[str]:
    for folder, _, names in os.walk(top):
        yield from (os.path.join(folder, name) for name in names)


def _folders(context: click.Context) -> tuple[str, dict[str, str]]:
    from promptc.core.errors import PromptcError
    from promptc.driver.project import find_folder

    settings = {"sources": "sources", "tenants": "tenants"}
    try:
        folder = str(find_folder(context.find_root().obj or "."))
    except (PromptcError, OSError):
        return ".", settings
    return folder, settings | _settings_in(folder)


def _settings_in(folder: str) -> dict[str, str]:
    import tomllib

    for name in ("promptc.toml", "pyproject.toml"):
        try:
            with open(os.path.join(folder, name), "rb") as file:
                document = tomllib.load(file)
        except (OSError, ValueError):
            continue
        tool = document.get("tool", {})
        table = tool.get("promptc", document if name == "promptc.toml" else {}) if isinstance(tool, dict) else {}
        return {key: table[key] for key in ("sources", "tenants") if isinstance(table.get(key), str)}
    return {}


def variable_names(context: click.Context) -> Iterator[str]:
    """Variables: the keys at the left edge of variables.yaml."""
    folder, settings = _folders(context)
    yield from _found_in(os.path.join(folder, settings["sources"], "variables.yaml"), _KEY)


def complete_block(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Blocks: the tags in every template."""
    folder, settings = _folders(context)
    files = (path for path in _files(os.path.join(folder, settings["sources"])) if path.endswith(".j2"))
    return _items(name for path in files for name in _found_in(path, _BLOCK))(incomplete)


def complete_case(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Cases of the prompt that was named before; of every prompt while none was, or click hasn't read it yet."""
    folder, settings = _folders(context)
    prompt = str(context.params.get("target") or "").partition("/")[2]
    files = list(_files(os.path.join(folder, settings["sources"], "cases")))
    named = [path for path in files if os.path.basename(path) == f"{prompt}.yaml"]
    return _items(name for path in named or files for name in _found_in(path, _KEY))(incomplete)


def _found_in(path: str, pattern: re.Pattern[str]) -> Iterator[str]:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            yield from pattern.findall(file.read(JSONL_BYTES_MAX))
    except OSError:
        return


def registry_option() -> Callable[[Decorated], Decorated]:
    """`--registry WHERE`, with which a release command needs no project."""
    return click.option(
        "--registry",
        "where",
        metavar="WHERE",
        default=None,
        help="The registry: a folder. The setting `registry` without this.",
    )


def moment_option() -> Callable[[Decorated], Decorated]:
    """`--at MOMENT`."""
    return click.option(
        "--at",
        metavar="MOMENT",
        default="",
        shell_complete=complete_channel,
        help="As it was then: `prod@42`, a time, a root, a pin, a revision of git.",
    )


def signing_options() -> Callable[[Decorated], Decorated]:
    """`--why` and `--who` of what is written into a registry."""

    def decorated(command: Decorated) -> Decorated:
        command = click.option("--who", default=None, metavar="NAME", help="Who does it; git's author without this.")(command)
        return click.option("--why", default="", metavar="TEXT", help="Why, for the history.")(command)

    return decorated


def yes_option() -> Callable[[Decorated], Decorated]:
    """`--yes`."""
    return click.option("--yes", "-y", is_flag=True, help="Do it without asking.")


def confirmed(question: str, *, yes: bool) -> None:
    """Ask on the terminal, unless told not to. PromptcError C022 where there is nobody to ask or the answer is no."""
    import sys

    from promptc.core.errors import Exit, PromptcError

    if yes:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise PromptcError("C022", "nobody is here to be asked", hint="look at what is said above, and add `--yes`")
    if not click.confirm(question, err=True):
        raise PromptcError("C022", "nothing was changed", hint="", exit_code=Exit.NO)


def complete_channel(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Channels of the registry that is meant."""
    from promptc.core.errors import PromptcError
    from promptc.driver.release.opening import opened_desk

    try:
        desk = opened_desk(context.find_root().obj or ".", context.params.get("where"))
        return _items(desk.channels())(incomplete)
    except (PromptcError, OSError):
        return []
