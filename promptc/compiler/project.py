"""The project as values: what the schema door hands to every later stage.

    files -> schema -> [Project] -> resolve -> render -> link

Frozen and plain: once a Project exists, no stage reads a file or knows YAML.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from promptc.core.dataclass import dataclass, field
from promptc.core.findings import Finding, Place

JsonSchema = Mapping[str, Any]


class Missing:
    """The type of MISSING: a value that is not there, where null is a value."""

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False

    def __reduce__(self) -> str:
        return "MISSING"


MISSING = Missing()


@dataclass(frozen=True, slots=True)
class Settings:
    """`[tool.promptc]` of pyproject.toml, or promptc.toml. Every one has a default; docs/settings.md lists them."""

    sources: str = "sources"
    tenants: str = "tenants"
    base: tuple[str, ...] = ()
    registry: str = ""
    # Characters that U007 or U009 would report, allowed everywhere: single characters.
    allow_characters: tuple[str, ...] = ()
    private_use: Literal["error", "warning", "off"] = "error"
    # A tokenizer's file, below the project's folder; what counts tokens in reviews.
    tokenizer: str = ""
    # What `promptc cost` reads: a file of usage, one of prices, and what a turn sends of the turns before it.
    usage: str = ""
    prices: str = ""
    history: str = "full"
    # What checks are: severities by code, below `path:GLOB` and the like for some; what is allowed where no comment can be.
    checks: Mapping[str, Any] = field(default_factory=dict)
    allow: tuple[Mapping[str, Any], ...] = ()
    # Regular expressions of ids that tell of one tenant; a group `tenant` says of which.
    identifiers: tuple[str, ...] = ()
    # A Python file of the team's own checks, and the channel that growth is measured against.
    checks_file: str = ""
    growth: Mapping[str, Any] = field(default_factory=dict)
    # How channels are released: tables by name, as written (core/channel_settings.py reads them).
    channels: Mapping[str, Any] = field(default_factory=dict)
    reconcile: Mapping[str, Any] = field(default_factory=dict)
    hooks: Mapping[str, Any] = field(default_factory=dict)
    # File names of the settings themselves, for messages.
    file: str = "pyproject.toml"


@dataclass(frozen=True, slots=True)
class MergePolicy:
    """How a later value joins an earlier one at one place: replace, append, unique, or by the items' key `by`."""

    kind: Literal["replace", "append", "unique", "by"] = "replace"
    by: str = ""


@dataclass(frozen=True, slots=True)
class Variable:
    """One entry of variables.yaml. `schema` is its JSON Schema without promptc's own keys; `default` may be MISSING."""

    name: str
    schema: JsonSchema
    place: Place
    required: bool = False
    default: Any = MISSING
    merge: MergePolicy = MergePolicy()
    set_by: frozenset[str] = frozenset({"layer", "tenant"})
    confidential: bool = False
    description: str = ""
    identifies: bool | None = None  # whether its value tells who a tenant is; None: not said


@dataclass(frozen=True, slots=True)
class Model:
    """One entry of models.yaml: the vendor's model behind an alias that prompts name."""

    alias: str
    provider: str
    name: str
    place: Place
    revision: str = ""
    quantization: str = ""
    window: int = 0
    config: Mapping[str, Any] = field(default_factory=dict)
    refuses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tool:
    """A file of sources/tools. `input` may hold `{$vars: NAME}` values, which linking fills in."""

    name: str
    description: str
    input: JsonSchema
    place: Place
    strict: bool | None = None
    native: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Example:
    """One few-shot example: inputs as data, output as text or data, and where it came from."""

    id: str
    input: Mapping[str, Any]
    output: Any
    place: Place
    origin: str = "synthetic"  # `from:` synthetic, public or tenant:ID
    consent: str = ""
    recorded: str = ""
    expires: str = ""


@dataclass(frozen=True, slots=True)
class Examples:
    """A file of sources/examples. `owner` is `shared` or a tenant's id; several files may serve one set by `set`.

    The set's name is the file's stem; a tenant's own set is a file whose `owner` is that tenant and whose `set:` names
    the shared one (default: its own stem).
    """

    name: str
    owner: str
    examples: tuple[Example, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Case:
    """A named sample of inputs for a prompt, with what must hold for it."""

    name: str
    inputs: Mapping[str, Any]
    place: Place
    history: tuple[Mapping[str, Any], ...] = ()
    tenants: tuple[str, ...] = ()
    expect: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """A fact about a group of targets: words that select them, what must hold, why. `facts` are as in sources/rules.yaml."""

    select: tuple[str, ...]
    facts: Mapping[str, Any]
    because: str
    place: Place


@dataclass(frozen=True, slots=True)
class Overridable:
    """What tenants may touch of a prompt; layers may touch all of it."""

    blocks: Mapping[str, Literal["append", "replace", "prepend"]] = field(default_factory=dict)
    config: frozenset[str] = frozenset()
    tools: bool = False


@dataclass(frozen=True, slots=True)
class Output:
    """What a prompt answers with: the schema as data (may hold `{$vars: NAME}`), and whether it is enforced.

    `places` are those of the schema's parts in its file, by their dotted paths (`properties.due`).
    """

    schema: JsonSchema
    strict: bool
    path: str
    places: Mapping[str, Place] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt's front matter, typed, and where its body stands.

    `path` is the template's path below sources (`prompts/support-reply.prompt.j2`); `body` its text after the front
    matter, LF and NFC; `body_line` the lines before it in the file, so that template line + body_line = file line.
    """

    name: str
    path: str
    file: str
    body: str
    body_line: int
    place: Place
    description: str = ""
    owner: str = ""
    model: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, JsonSchema] = field(default_factory=dict)
    output: Output | None = None
    tools: tuple[str, ...] = ()
    optional_tools: tuple[str, ...] = ()
    overridable: Overridable = Overridable()
    budget_tokens: int = 0
    enabled: bool = True
    retired: bool = False  # a variant that is given no keys any more
    places: Mapping[str, Place] = field(default_factory=dict)  # of front-matter keys, for messages


@dataclass(frozen=True, slots=True)
class Project:
    """Everything under sources/ as values, and the overlays by name. `files` are the template texts by their path below sources."""

    settings: Settings
    variables: Mapping[str, Variable]
    models: Mapping[str, Model]
    tools: Mapping[str, Tool]
    examples: tuple[Examples, ...]
    cases: Mapping[str, tuple[Case, ...]]  # by prompt
    prompts: Mapping[str, Prompt]
    templates: Mapping[str, Template]
    layers: Mapping[str, Overlay]
    tenants: Mapping[str, Overlay]
    digests: Mapping[str, str]  # every file that was read -> sha256:… of its bytes
    broken: frozenset[str] = (
        frozenset()
    )  # whose own file is wrong: `tenant:ID`, `layer:NAME`, `prompt:NAME`, `variables`, `models`
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """A template file below sources: LF, NFC, without front matter. `file` is its path in the project, for messages.

    `against` is what a stand-in for another locale (`safety.ko.j2`) says it was translated from: 16 hex, or "".
    """

    path: str
    file: str
    text: str
    line_offset: int = 0
    against: str = ""


Directive = Literal["", "append", "prepend", "remove", "replace", "unset"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One value of an overlay and what is to be done with it.

    `data` is a mapping of Setting for a map without directive, else plain JSON data that is not typed yet where it
    was a plain scalar (see schema/nodes.py); `origin` is the file whose text it is (`!file` names the text's own).
    """

    data: Any
    place: Place
    directive: Directive = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Overlay:
    """A YAML file under tenants/ (or one line of a .jsonl): a layer (shared) or a tenant (concrete)."""

    name: str
    kind: Literal["layer", "tenant"]
    place: Place
    extends: tuple[str, ...] = ()
    extends_places: tuple[Place, ...] = ()
    title: str = ""
    aliases: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    locale: str = ""
    final: tuple[tuple[str, Place], ...] = ()
    models: Mapping[str, Setting] = field(default_factory=dict)
    variables: Mapping[str, Setting] = field(default_factory=dict)
    prompts: Mapping[str, Mapping[str, Setting]] = field(
        default_factory=dict
    )  # prompt or "*" -> enabled, model, config, tools, blocks, variants
    prompt_places: Mapping[str, Place] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BlockAction:
    """What one overlay does to one block, its `${}` resolved. `raw` is the text before that, for the stale check."""

    kind: Literal["append", "prepend", "replace"]
    text: str
    raw: str
    overlay: str
    overlay_kind: Literal["layer", "tenant"]
    place: Place
    against: str = ""
    confidential: bool = False
    every: bool = False  # written under `"*"`: it is no mistake that this prompt has no such block


@dataclass(frozen=True, slots=True)
class Choice:
    """What a chain makes of one prompt for one tenant. `model` is an alias of models.yaml, after `models:` remaps.

    `variants` are percents of a plain prompt's variants; a variant's own choice has none.
    """

    enabled: bool
    model: str
    config: Mapping[str, Any]
    tools: tuple[str, ...]
    blocks: Mapping[str, tuple[BlockAction, ...]] = field(default_factory=dict)
    variants: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Definition:
    """One step of a value's history along the chain, for `explain`: who did what, and the value after it."""

    overlay: str
    directive: str
    place: Place
    given: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant with its chain folded: everything that a render or a link may ask of it."""

    id: str
    title: str
    aliases: tuple[str, ...]
    labels: Mapping[str, str]
    locale: str
    chain: tuple[str, ...]  # overlay names, layers first, itself last
    variables: Mapping[str, Any]  # a variable without a value is absent
    confidential: frozenset[str]  # names whose value is or holds a confidential one
    prompts: Mapping[str, Choice]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A project and everything that was found while reading it."""

    project: Project
    findings: tuple[Finding, ...]
