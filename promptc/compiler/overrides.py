"""Overrides: what an overlay says under `prompts:` and `models:`, typed and held against what each prompt opens.

    Overlay -> [overrides] -> definitions -> resolve

Layers may touch all of a prompt; a tenant only what the prompt's `overridable` opens, and whether it is enabled.
`"*"` means each prompt that has such a block (a tenant: that opens it), so it is spread out here. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from promptc.compiler.definitions import LISTING, PromptPart, Typing
from promptc.compiler.portfolio import known_shares, taken_shares, typed_shares, variants_of, without_against
from promptc.compiler.project import Overlay, Project, Prompt, Setting
from promptc.compiler.schema.config import CONFIG_SCHEMA, config_hint
from promptc.core.allocation import split_name, variant_name
from promptc.core.dataclass import dataclass, field, replace
from promptc.core.findings import Finding, Place
from promptc.core.nearest import HINTS_MAX, listed, while_few

SECTIONS = ("enabled", "model", "config", "tools", "blocks", "variants")
EVERY = "*"
NAMES: Mapping[str, Any] = {"type": "array", "items": {"type": "string"}}
TEXT: Mapping[str, Any] = {"type": "string"}
_AGAINST = re.compile(r"[0-9a-f]{16}\Z")


@dataclass(slots=True)
class Overrides:
    """Reads one overlay's `prompts:`; keeps what it found."""

    project: Project
    overlay: Overlay
    findings: list[Finding] = field(default_factory=list)

    def by_prompt(self) -> dict[str, tuple[PromptPart, ...]]:
        """The parts for each prompt in the order they apply: `"*"` before the name."""
        parts: dict[str, list[PromptPart]] = {}
        written = self.overlay.prompts
        if EVERY in written:
            for name, settings in self._spread(self._typed(written[EVERY], f'prompts."{EVERY}"')).items():
                parts.setdefault(name, []).append(PromptPart(settings, every=True))
        for name, sections in written.items():
            if name == EVERY:
                continue
            prompt = self.project.prompts.get(name) if "." not in name else None
            settings = self._typed(sections, f"prompts.{name}")
            if prompt is None:
                self._unknown_prompt(name, sections)
            else:
                opened = self._opened(prompt, settings)
                parts.setdefault(name, []).append(PromptPart(opened))
                self._give_variants(name, opened, parts)
        return {name: tuple(found) for name, found in parts.items()}

    def _give_variants(self, plain: str, settings: Mapping[str, Setting], parts: dict[str, list[PromptPart]]) -> None:
        """What is said of a prompt holds for its variants: of tools those that each gives."""
        for variant in variants_of(self.project).get(plain, ()):
            name = variant_name(plain, variant)
            given = {key: setting for key, setting in settings.items() if key in ("model", "config", "tools", "blocks")}
            tools = self._taken_tools(self.project.prompts[name], given.pop("tools")) if "tools" in given else None
            given |= {} if tools is None else {"tools": tools}
            parts.setdefault(name, []).append(PromptPart(without_against(given)))

    def _typed(self, sections: Mapping[str, Setting], path: str) -> dict[str, Setting]:
        """The sections of one prompt, typed, those that can't be used left out."""
        made: dict[str, Setting] = {}
        for key, setting in sections.items():
            before = len(self.findings)
            typed = self._section(key, setting, f"{path}.{key}")
            if typed is not None and not any(found.is_error for found in self.findings[before:]):
                made[key] = typed
        return made

    def _section(self, key: str, setting: Setting, path: str) -> Setting | None:
        if key == "enabled":
            return self._plain(setting, {"type": "boolean"}, path)
        if key == "model":
            return self._model(self._plain(setting, TEXT, path), path)
        if key == "config":
            return self._config(setting, path)
        if key == "tools":
            return self._tools(self._plain(setting, NAMES, path), path)
        if key == "blocks":
            return self._blocks(setting, path)
        if key == "variants":
            return typed_shares(setting, path, self.findings)
        self._error(
            "O001",
            f"`{path}` is not a key that is declared",
            setting.place,
            while_few(len(self.findings), key, SECTIONS),
        )
        return None

    def _plain(self, setting: Setting, schema: Mapping[str, Any], path: str) -> Setting:
        if setting.directive in LISTING and schema is not NAMES:
            self._error(
                "O003",
                f"`!{setting.directive}` doesn't fit `{path}`, which is no list",
                setting.place,
                "write the value alone",
            )
            return setting
        typing = Typing(schema)
        made = typing.setting(setting, schema, path=path)
        self.findings.extend(typing.findings)
        return made

    def _model(self, setting: Setting, path: str) -> Setting | None:
        if setting.directive in ("", "replace") and isinstance(setting.data, str):
            self._known_model(setting.data, setting.place, path)
        return setting

    def _known_model(self, alias: str, place: Place, path: str) -> None:
        if alias not in self.project.models and "models" not in self.project.broken:
            hint = while_few(
                len(self.findings), alias, self.project.models, otherwise="aliases are declared in sources/models.yaml"
            )
            self._error("O106", f"`{path}`: unknown model `{alias[:80]}`", place, hint)

    def _config(self, setting: Setting, path: str) -> Setting:
        if setting.directive == "" and isinstance(setting.data, Mapping):
            known = CONFIG_SCHEMA["properties"]
            for key, child in setting.data.items():
                if key not in known:
                    self._error("O105", f"unknown config key `{path}.{key[:80]}`", child.place, self._config_hint(key))
            kept = {key: child for key, child in setting.data.items() if key in known}
            setting = replace(setting, data=kept)
        if setting.directive == "remove" and isinstance(setting.data, (list, tuple)):
            for key in setting.data:
                if key not in CONFIG_SCHEMA["properties"]:
                    self._error(
                        "O105",
                        f"unknown config key `{path}.{str(key)[:80]}`",
                        setting.place,
                        self._config_hint(str(key)),
                    )
        typing = Typing(CONFIG_SCHEMA)
        made = typing.setting(setting, CONFIG_SCHEMA, path=path)
        self.findings.extend(typing.findings)
        return made

    def _config_hint(self, key: str) -> str:
        return config_hint(key) if len(self.findings) < HINTS_MAX else ""

    def _tools(self, setting: Setting, path: str) -> Setting:
        for name in setting.data if isinstance(setting.data, (list, tuple)) else ():
            if isinstance(name, str) and name not in self.project.tools:
                hint = while_few(
                    len(self.findings), name, self.project.tools, otherwise="tools are the files of sources/tools"
                )
                self._error("O107", f"`{path}`: unknown tool `{name[:80]}`", setting.place, hint)
        return setting

    def _blocks(self, setting: Setting, path: str) -> Setting | None:
        if setting.directive or not isinstance(setting.data, Mapping):
            self._error("O002", f"`{path}` must be a map of block names", setting.place, "write `blocks: {NAME: text}`")
            return None
        blocks = {}
        for name, child in setting.data.items():
            made = self._block(child, f"{path}.{name}")
            if made is not None:
                blocks[name] = made
        return replace(setting, data=blocks)

    def _block(self, setting: Setting, path: str) -> Setting | None:
        """One block's override with data `{"text": …, "against": …}`."""
        if setting.directive == "unset":
            return self._plain(setting, TEXT, path)
        if setting.directive == "remove":
            self._error(
                "O003",
                f"`!remove` doesn't fit `{path}`, which is text",
                setting.place,
                'to empty the block write `!replace ""`',
            )
            return None
        data = setting.data if isinstance(setting.data, Mapping) else {"text": setting.data}
        fields: dict[str, Any] = {}
        for key, given in data.items():
            inner = given if isinstance(given, Setting) else Setting(given, setting.place, origin=setting.origin)
            if key not in ("text", "against") or inner.directive:
                hint = while_few(
                    len(self.findings), key, ("text", "against"), otherwise="a block takes `text` and `against`"
                )
                self._error("O001", f"`{path}.{key[:80]}` is not a key that is declared", inner.place, hint)
            else:
                fields[key] = self._text(inner, f"{path}.{key}" if isinstance(setting.data, Mapping) else path)
        if not isinstance(fields.get("text"), str):
            if "text" not in fields:
                self._error(
                    "O002",
                    f"`{path}` lacks its `text`",
                    setting.place,
                    "write `{text: …, against: …}`, or the text alone",
                )
            return None
        if "against" in fields and not _AGAINST.match(str(fields["against"])):
            self._error(
                "O002", f"`{path}.against` must be 16 hex digits", setting.place, "`promptc rebase` fills it in"
            )
        return replace(setting, data=fields)

    def _text(self, setting: Setting, path: str) -> Any:
        typing = Typing(TEXT)
        made = typing.setting(setting, TEXT, path=path)
        self.findings.extend(typing.findings)
        return None if typing.findings else made.data

    def _spread(self, settings: Mapping[str, Setting]) -> dict[str, dict[str, Setting]]:
        """`"*"` by prompt: of each section what the prompt takes; an error where no prompt takes any of it."""
        spread: dict[str, dict[str, Setting]] = {name: {} for name in self.project.prompts}
        for key, setting in settings.items():
            taken = False
            for name, prompt in self.project.prompts.items():
                part = self._taken(prompt, key, setting)
                if part is not None:
                    spread[name][key] = part
                    taken = True
            if not taken and self.project.prompts:
                hint = "name the prompt to learn why, or remove this"
                self._error(
                    "O049", f'no prompt takes `prompts."*".{key}` from a {self.overlay.kind}', setting.place, hint
                )
        self._untaken_blocks(settings.get("blocks"))
        return {name: found for name, found in spread.items() if found}

    def _untaken_blocks(self, setting: Setting | None) -> None:
        if setting is None:
            return
        known = {block for prompt in self.project.prompts.values() for block in prompt.overridable.blocks}
        if self.overlay.kind == "layer":
            known |= block_names(self.project)
        whose = "opens this block to tenants" if self.overlay.kind == "tenant" else "has this block"
        for name, child in setting.data.items():
            if name not in known:
                hint = while_few(len(self.findings), name, sorted(known), otherwise="mend the name, or remove this")
                message = f'`prompts."*".blocks.{name[:80]}`: no prompt {whose}'
                self._error("O103", message, child.place, hint)

    def _taken(self, prompt: Prompt, key: str, setting: Setting) -> Setting | None:
        """What a prompt takes of a section under `"*"`, without complaint about the rest."""
        if key == "tools":
            return self._taken_tools(prompt, setting)
        if key == "variants":
            return taken_shares(setting, prompt, self.project)
        quiet = Overrides(self.project, self.overlay)
        opened = quiet._opened(prompt, {key: setting}).get(key)
        if opened is not None and key in ("blocks", "config") and opened.directive == "" and not opened.data:
            return None
        return opened

    def _taken_tools(self, prompt: Prompt, setting: Setting) -> Setting | None:
        if self.overlay.kind == "tenant" and not prompt.overridable.tools:
            return None
        reach = set(prompt.tools) | set(prompt.optional_tools)
        if setting.directive == "unset":
            return setting
        kept = [name for name in setting.data if name in reach]
        whole = setting.directive in ("", "replace")
        return replace(setting, data=kept) if kept and not (whole and len(kept) < len(setting.data)) else None

    def _opened(self, prompt: Prompt, settings: Mapping[str, Setting]) -> dict[str, Setting]:
        """The sections that the overlay may touch of a prompt, with findings for the others."""
        made = dict(settings)
        if "tools" in made and not self._tools_open(prompt, made["tools"]):
            del made["tools"]
        if "variants" in made:
            shares = known_shares(made.pop("variants"), prompt, self.project, self.findings)
            made |= {} if shares is None else {"variants": shares}
        if self.overlay.kind == "layer":
            return made
        if "model" in made:
            message = f"the model of `{prompt.name}` isn't a tenant's to choose"
            self._error("O046", message, made.pop("model").place, "set it in a layer that the tenant extends")
        if "config" in made:
            data = self._open_config(prompt, made["config"])
            made["config"] = replace(made["config"], data=data)
            if data is None:
                del made["config"]
        if "blocks" in made:
            made["blocks"] = replace(made["blocks"], data=self._open_blocks(prompt, made["blocks"]))
        return made

    def _open_config(self, prompt: Prompt, setting: Setting) -> Any:
        if setting.directive == "remove" and set(setting.data) <= prompt.overridable.config:
            return setting.data
        if setting.directive or not isinstance(setting.data, Mapping):
            message = f"a tenant can't set the whole config of `{prompt.name}`"
            self._error("O043", message, setting.place, "set the single keys that `overridable.config` opens")
            return None
        kept = {}
        for key, child in setting.data.items():
            closed = list(_closed(child, key, prompt.overridable.config))
            for path, place in closed:
                hint = _open_hint(len(self.findings), path, prompt.overridable.config, "overridable.config")
                self._error("O043", f"config key `{path}` of `{prompt.name}` isn't open to tenants", place, hint)
            if not closed:
                kept[key] = child
        return kept

    def _open_blocks(self, prompt: Prompt, setting: Setting) -> dict[str, Setting]:
        kept = {}
        for name, child in setting.data.items():
            if name in prompt.overridable.blocks:
                kept[name] = child
            else:
                hint = _open_hint(len(self.findings), name, prompt.overridable.blocks, "overridable.blocks")
                self._error("O042", f"block `{name[:80]}` of `{prompt.name}` isn't open to tenants", child.place, hint)
        return kept

    def _tools_open(self, prompt: Prompt, setting: Setting) -> bool:
        if self.overlay.kind == "tenant" and not prompt.overridable.tools:
            hint = "set them in a layer, or write `overridable: {tools: true}` in the prompt"
            self._error("O044", f"the tools of `{prompt.name}` aren't open to tenants", setting.place, hint)
            return False
        if setting.directive in ("remove", "unset") or not isinstance(setting.data, (list, tuple)):
            return True
        reach = [*prompt.tools, *prompt.optional_tools]
        strange = [name for name in setting.data if name not in reach]
        for name in strange:
            optional = listed(prompt.optional_tools) or "none"
            hint = f"it may add those of its `optional_tools` ({optional}); add it there"
            self._error("O045", f"`{prompt.name}` doesn't let an overlay add the tool `{name}`", setting.place, hint)
        return not strange

    def _unknown_prompt(self, name: str, sections: Mapping[str, Setting]) -> None:
        if f"prompt:{name}" in self.project.broken:
            return  # its own file's findings say why it isn't there
        first = next(iter(sections.values()), None)
        place = self.overlay.prompt_places.get(name) or (first.place if first else self.overlay.place)
        hint = while_few(
            len(self.findings), name, self.project.prompts, otherwise="prompts are the files of sources/prompts"
        )
        if name in self.project.prompts:
            plain, variant = split_name(name)
            message = f"`{name[:80]}` is a variant of `{plain}`, and is given what is said of that"
            self._error("X054", message, place, f"say it of `{plain}`; its share of keys is `variants: {{{variant}: PERCENT}}`")
            return
        self._error("O102", f"unknown prompt `{name[:80]}`", place, hint)

    def _error(self, code: str, message: str, place: Place, hint: str = "") -> None:
        self.findings.append(Finding(code, message, place, hint=hint))


_BLOCK_TAG = re.compile(r"\{%[-+]?\s*block\s+(\w+)")


def block_names(project: Project) -> set[str]:
    """Names that stand in block tags of any template: enough to tell a mistyped name that no prompt can have."""
    return {name for template in project.templates.values() for name in _BLOCK_TAG.findall(template.text)}


def _closed(setting: Setting, path: str, opened: frozenset[str]) -> Iterator[tuple[str, Place]]:
    """The paths under a config key that aren't open; `native.openai` opens that key of the map alone."""
    if path in opened:
        return
    inside = any(key.startswith(f"{path}.") for key in opened)
    if inside and setting.directive == "" and isinstance(setting.data, Mapping):
        for key, child in setting.data.items():
            if isinstance(child, Setting):
                yield from _closed(child, f"{path}.{key}", opened)
    else:
        yield path, setting.place


def _open_hint(told: int, name: str, opened: Mapping[str, Any] | frozenset[str], key: str) -> str:
    otherwise = f"set it in a layer, or open it in the prompt with `{key}`"
    return while_few(told, name, sorted(opened), otherwise=otherwise)


def define_models(project: Project, overlay: Overlay) -> tuple[dict[str, Setting], list[Finding]]:
    """The models that an overlay puts in place of others, typed, and what is wrong with them."""
    overrides = Overrides(project, overlay)
    made: dict[str, Setting] = {}
    for alias, setting in overlay.models.items():
        path = f"models.{alias}"
        if overlay.kind == "tenant":
            message = "`models` is for layers: a tenant can't put one model in place of another"
            overrides._error("O047", message, setting.place, "set it in a layer that the tenant extends")
            continue
        overrides._known_model(alias, setting.place, path)
        typed = overrides._model(overrides._plain(setting, TEXT, path), path)
        if (
            typed is not None
            and alias in project.models
            and (typed.data in project.models or typed.directive == "unset")
        ):
            made[alias] = typed
    return made, overrides.findings
