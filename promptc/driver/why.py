"""Why: why the last build compiled a target again, or why the next one would.

TENANT/PROMPT, the ledger -> sides -> differences -> [why] -> Why
"""

from __future__ import annotations

from typing import Literal

from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest
from promptc.core.errors import PromptcError
from promptc.core.manifest import read_tenant
from promptc.driver import sides
from promptc.driver.build import BuildRequest, quiet
from promptc.driver.differences import Cause, differences, is_enabled
from promptc.driver.folder import find_folder
from promptc.driver.look import look
from promptc.driver.published import opened_whole
from promptc.driver.selection import Selection, choose, parse_selector
from promptc.driver.sides import Side
from promptc.driver.whole import Whole
from promptc.engine.ledger import Row


@dataclass(frozen=True, slots=True)
class Why:
    """The answer. `tense`: `would` the next build do it again, `did` the last one, or is it `kept`.

    `same` says whether it comes out (came out) the same, None where that isn't known.
    """

    target: str
    tense: Literal["would", "did", "kept"]
    causes: tuple[Cause, ...]
    same: bool | None


def why(start: str, word: str, *, reveal: bool) -> Why:
    """Why `tenant/prompt` would be done again, or was. PromptcError for a word that names no target."""
    seen = look(find_folder(start))
    with opened_whole(seen, BuildRequest(start, mode="check", jobs=1), quiet) as whole:
        tenant_id, prompt = _target(whole, word)
        return _why(whole, tenant_id, prompt, reveal=reveal)


def _target(whole: Whole, word: str) -> tuple[str, str]:
    selector = parse_selector(word)
    if selector.kind not in ("tenant", "target"):
        raise PromptcError("C007", f"`{word[:80]}` names no single target", hint="write `TENANT/PROMPT`")
    chosen = choose(whole.sources.project, Selection((selector,)))
    if chosen.broken:
        raise PromptcError("C019", f"the file of `{chosen.broken[0]}` can't be read", hint="`promptc check` says why")
    tenant = next(iter(chosen.prompts))
    prompts = sorted(whole.sources.project.prompts)
    if not selector.value and len(prompts) != 1:
        raise PromptcError("C006", f"`{word[:80]}` has several prompts", hint=f"name one: `{tenant}/{prompts[0]}`")
    return tenant, selector.value or prompts[0]


def _why(whole: Whole, tenant_id: str, prompt: str, *, reveal: bool) -> Why:
    target = f"{tenant_id}/{prompt}"
    head, row = whole.ledger_head, sides.row_of(whole, tenant_id)
    if head is None or row is None:
        return Why(target, "would", (Cause("first", "it was not built yet"),), None)
    here = sides.now(whole, tenant_id)
    last = sides.last(whole, tenant_id)
    built = read_tenant(whole.get, Digest(row.node)).get(prompt) if row.node else None
    if here is None or last is None:
        return Why(target, "would", (Cause("unknown", "what the last build read of it is not known any more"),), None)
    causes = tuple(differences(last, here, prompt, reveal=reveal))
    if causes:
        return Why(target, "would", causes, _compiled(here, prompt) == built)
    touched = {*whole.seen.changed, *whole.seen.unread, *whole.seen.removed}
    if touched.intersection(row.texts):
        return Why(target, "would", (), same=True)
    if _is_edited(whole, row, here):
        return Why(target, "would", (), same=True)
    if row.done_in != head.data["did"]:
        return Why(target, "kept", (), same=True)
    before = sides.before_last(whole, tenant_id)
    if before is None:
        said = "it was not built before" if not row.before else "what the build before read of it is not known any more"
        return Why(target, "did", (Cause("first" if not row.before else "unknown", said),), None)
    causes = tuple(differences(before, last, prompt, reveal=reveal))
    return Why(target, "did", causes, _compiled(before, prompt) == built)


def _is_edited(whole: Whole, row: Row, here: Side) -> bool:
    """Whether a tenant's own text is another than the last build read."""
    if row.file not in whole.seen.changed and row.file not in whole.seen.unread:
        return False
    line = here.overlay.place.line
    return not row.line or any(due.line == line and due.digest != row.digest for due in whole.lines_of(row.file))


def _compiled(side: Side, prompt: str) -> Digest | None:
    found = side.compiler.project.prompts.get(prompt)
    if side.tenant is None or found is None or not is_enabled(side, prompt):
        return None
    compiled = side.compiler.compile_for(side.tenant, found)
    return compiled.digest if compiled.data is not None else None
