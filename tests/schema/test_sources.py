"""Sources: what each format holds, and what a slip in it gets: place, code, and a hint that names ours."""

from __future__ import annotations

import pytest

from promptc.compiler.project import MISSING, MergePolicy, Settings
from tests.schema.world import FILES, found, load, only

VARIABLES = "sources/variables.yaml"
MODELS = "sources/models.yaml"
PROMPT = "sources/prompts/reply.prompt.j2"
TOOL = "sources/tools/lookup_order.yaml"
EXAMPLES = "sources/examples/refunds.yaml"
CASES = "sources/cases/reply.yaml"


def test_a_project_reads_as_it_stands() -> None:
    loaded = load()
    assert loaded.findings == ()
    project = loaded.project
    assert project.broken == frozenset()
    product, tone, banned = (project.variables[name] for name in ("product", "tone", "banned_words"))
    assert (product.required, product.default, product.description) == (True, MISSING, "The product's name")
    assert (tone.default, tone.schema["enum"], tone.set_by) == (
        "neutral",
        ["neutral", "warm", "formal"],
        {"layer", "tenant"},
    )
    assert (banned.default, banned.merge) == ([], MergePolicy("unique"))
    assert project.models["main"].config == {"max_tokens": 500}
    assert project.models["main"].window == 200_000
    prompt = project.prompts["reply"]
    assert prompt.config == {"temperature": 0.2, "stop": ["no"]}
    assert prompt.inputs == {"message": {"type": "string"}, "urgent": {"type": "boolean", "default": False}}
    assert prompt.body.startswith("Answer {{ input.message }}.\n")
    assert prompt.body_line == 14
    assert prompt.output is not None
    assert list(prompt.output.schema) == ["type", "properties"]
    assert prompt.output.strict
    assert (prompt.tools, prompt.optional_tools) == (("lookup_order",), ("issue_refund",))
    assert prompt.overridable.blocks == {"rubric": "append"}
    assert prompt.budget_tokens == 2500
    assert str(prompt.places["tools.lookup_order"]) == f"{PROMPT}:10:9"
    assert project.tools["lookup_order"].input["properties"]["id"]["description"] == "no"
    assert project.tools["issue_refund"].input == {"type": "object", "properties": {}}
    (examples,) = project.examples
    assert [(e.id, e.input, e.output, e.origin, e.recorded) for e in examples.examples] == [
        ("one", {"message": "Refund please"}, {"text": "Sure"}, "synthetic", ""),
        ("two", {"message": "no"}, "Text", "public", "2026-01-31"),
    ]
    assert project.cases["reply"][0].inputs == {"message": "no"}
    assert project.templates["fragments/safety.j2"].text == "Be safe.\n"
    assert project.templates["prompts/reply.prompt.j2"].line_offset == 14
    assert set(project.digests) == set(FILES)
    assert project.digests["tenants/acme.yaml"].startswith("sha256:")


def test_no_plain_scalar_is_left_in_sources() -> None:
    project = load().project

    def check(value: object) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                assert type(key) is str
                check(item)
        elif isinstance(value, (list, tuple)):
            for item in value:
                check(item)
        else:
            assert value is None or type(value) in (str, int, float, bool), repr(value)

    prompt = project.prompts["reply"]
    check([v.schema for v in project.variables.values()])
    check([prompt.inputs, prompt.config, prompt.output and prompt.output.schema, prompt.tools])
    check([[t.input, t.native, t.name] for t in project.tools.values()])
    check([[e.input, e.output] for s in project.examples for e in s.examples])
    check([[c.inputs, c.history, c.expect] for cases in project.cases.values() for c in cases])


WRONG_VARIABLES = {
    "unknown key": ("tone: {type: string, mrege: unique}", "1:22", "S001", "did you mean `merge`?"),
    "unknown type": ("tone: {type: text}", "1:14", "S009", "did you mean `string`?"),
    "no map": ("tone: string", "1:1", "S002", "write `tone: {type: string}`"),
    "default of another type": ("tone: {type: integer, default: warm}", "1:32", "S012", ""),
    "default outside the enum": ("tone: {type: string, enum: [a, b], default: c}", "1:45", "S012", ""),
    "null default": ("tone: {type: string, default: null}", "1:31", "Y003", 'quote it if it is text; empty text is ""'),
    "required with a default": ("tone: {type: string, required: true, default: a}", "1:1", "S014", "remove one of the two"),
    "required as a word": ("tone: {type: string, required: yes}", "1:32", "S002", ""),
    "unknown policy": ("tone: {type: array, merge: uniqe}", "1:28", "S002", "did you mean `unique`?"),
    "policy without a list": ("tone: {type: integer, merge: append}", "1:1", "S014", "declare `type: array`, or remove `merge`"),
    "by without a key": ("tone: {type: array, merge: {key: id}}", "1:29", "S002", ""),
    "set_by of nobody": ("tone: {type: string, set_by: [tenants]}", "1:31", "S002", "did you mean `tenant`?"),
    "pattern that is none": ("tone: {type: string, pattern: '('}", "1:31", "S009", ""),
    "name with a hyphen": ("a-b: {type: string}", "1:1", "S010", "letters, digits and `_`, not beginning with a digit or `_`"),
    "name with an underscore first": ("_a: {type: string}", "1:1", "S010", "letters, digits and `_`, not beginning with a digit or `_`"),
    "name in mixed scripts": ("t\u043ene: {type: string}", "1:1", "U008", ""),
    "ambiguous default": ("tone: {default: 010}", "1:17", "Y003", ""),
    "directive": ("tone: !append {type: string}", "1:7", "Y004", "directives belong into overlays"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_VARIABLES)
def test_a_slip_in_variables(name: str) -> None:
    text, place, code, hint = WRONG_VARIABLES[name]
    rest = {"sources/schemas/reply.json": "{}", "tenants/layers/base.yaml": "title: base\n"}
    findings = load({VARIABLES: text, **rest}).findings
    assert next((str(f.place), f.code) for f in findings) == (f"{VARIABLES}:{place}", code), findings
    assert not hint or findings[0].hint == hint


WRONG_MODELS = {
    "unknown key": ("main: {provider: a, nmae: b}", "1:7", "S003"),
    "unknown config": ("main: {provider: a, name: b, config: {temprature: 1}}", "1:39", "S001"),
    "config out of range": ("main: {provider: a, name: b, config: {temperature: 3}}", "1:52", "S002"),
    "refuses what nobody knows": ("main: {provider: a, name: b, refuses: [topp]}", "1:1", "S002"),
    "window as text": ("main: {provider: a, name: b, window: big}", "1:38", "S002"),
    "window ambiguous": ("main: {provider: a, name: b, window: 200_000}", "1:38", "Y003"),
    "no map": ("main: claude", "1:7", "S002"),
    "list": ("- main", "1:1", "Y007"),
}


@pytest.mark.parametrize("name", WRONG_MODELS)
def test_a_slip_in_models(name: str) -> None:
    text, place, code = WRONG_MODELS[name]
    assert (f"{MODELS}:{place}", code) in found({MODELS: text})


def test_a_broken_models_file_is_said_once() -> None:
    assert found({MODELS: "main: [\n"}) == [(f"{MODELS}:2:1", "Y006")]


def with_front_matter(change: str, to: str) -> dict[str, str | bytes | None]:
    text = FILES[PROMPT]
    assert change in text
    return {PROMPT: text.replace(change, to)}


WRONG_PROMPTS = {
    "unknown model": ("model: main", "model: mian", ":4:8", "S004", "did you mean `main`?"),
    "no model": ("model: main\n", "\n", ":2:1", "S003", ""),
    "unknown tool": ("tools: [lookup_order]", "tools: [lookup_orders]", ":10:9", "S005", "did you mean `lookup_order`?"),
    "unknown optional tool": ("[issue_refund]", "[isue_refund]", ":11:18", "S005", "did you mean `issue_refund`?"),
    "unknown schema": ("schemas/reply.json", "schemas/rply.json", ":9:18", "S006", "did you mean `schemas/reply.json`?"),
    "unknown key": ("budget:", "buget:", ":13:1", "S001", "did you mean `budget`?"),
    "unknown inner key": ("{tokens: 2500}", "{token: 2500}", ":13:10", "S001", "did you mean `tokens`?"),
    "unknown config": ("temperature: 0.2", "top_k: 3", ":5:10", "S001", ""),
    "a provider's config": ("temperature: 0.2", "max_completion_tokens: 3", ":5:10", "S001", "did you mean `max_tokens`?"),
    "config of the wrong type": ("temperature: 0.2", "temperature: warm", ":5:23", "S002", ""),
    "ambiguous config": ("temperature: 0.2", "temperature: 2e-1", ":5:23", "Y003", ""),
    "input of unknown type": ("message: {type: string}", "message: {type: str}", ":7:19", "S009", "did you mean `string`?"),
    "input without a type": ("message: {type: string}", "message: {description: x}", ":7:3", "S009", ""),
    "input keyword": ("message: {type: string}", "message: {type: string, pattern: a}", ":7:27", "S009", ""),
    "input default": ("default: false", "default: maybe", ":8:36", "S012", ""),
    "input name": ("message: {type: string}", "mes-sage: {type: string}", ":7:3", "S010", ""),
    "tool twice": ("tools: [lookup_order]", "tools: [lookup_order, lookup_order]", ":10:23", "S011", ""),
    "tool in both": ("[issue_refund]", "[lookup_order]", ":11:18", "S014", "remove one of the two"),
    "overridable policy": ("rubric: append", "rubric: apend", ":12:32", "S002", "did you mean `append`?"),
    "overridable config": ("config: [temperature]", "config: [temperatur]", ":12:50", "S002", "did you mean `temperature`?"),
    "budget as a word": ("tokens: 2500", "tokens: many", ":13:18", "S002", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_PROMPTS)
def test_a_slip_in_a_prompt(name: str) -> None:
    change, to, place, code, hint = WRONG_PROMPTS[name]
    findings = load({**with_front_matter(change, to), CASES: None}).findings
    assert (PROMPT + place, code) in [(str(f.place), f.code) for f in findings], findings
    assert not hint or hint in [f.hint for f in findings]


def test_a_broken_prompt_is_left_out_and_named() -> None:
    loaded = load(with_front_matter("model: main", "model: mian"))
    assert loaded.project.prompts == {}
    assert loaded.project.broken == {"prompt:reply"}
    assert [f.code for f in loaded.findings] == ["S004"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("No front matter.\n", "S008"),
        ("---\nmodel: main\nBody\n", "S008"),
        ("---\n---\nBody\n", "S008"),
        ("---\n- a\n---\nBody\n", "Y007"),
        ("---\na: [\n---\nBody\n", "Y006"),
        ("", "S008"),
    ],
)
def test_front_matter_that_is_none(text: str, code: str) -> None:
    finding = only({PROMPT: text, CASES: None})
    assert (finding.code, finding.place.file) == (code, PROMPT)


FOREIGN = {
    "name: x": "file",
    "input: {a: b}": "`inputs`",
    "outputs: {}": "`output`",
    "parameters: {}": "`config`",
    "version: 2": "prod@42",
    "messages: []": "message role",
    "metadata: {}": "`owner`",
    "temperature: 0.5": "`config: {temperature: …}`",
}


@pytest.mark.parametrize("line", FOREIGN)
def test_keys_of_other_formats_name_ours(line: str) -> None:
    finding = only({**with_front_matter("budget: {tokens: 2500}", line), CASES: None})
    assert finding.code == "S001"
    assert FOREIGN[line] in finding.hint


def test_findings_of_the_front_matter_come_together() -> None:
    text = with_front_matter("owner: team-support", "ownr: x").copy()
    text[PROMPT] = (
        str(text[PROMPT]).replace("temperature: 0.2", "temperature: hot").replace("type: boolean", "type: bool")
    )
    assert [f.code for f in load({**text, CASES: None}).findings] == ["S001", "S002", "S009"]


def test_places_in_the_body_count_the_front_matter() -> None:
    finding = only(with_front_matter("Answer {{", "Ans\u202ewer {{"))
    assert (str(finding.place), finding.code) == (f"{PROMPT}:15:4", "U005")


def test_crlf_reads_as_lf() -> None:
    text = b"---\r\nmodel: main\r\n---\r\nOne\r\ntwo\r\n"
    prompt = load({PROMPT: text, CASES: None}).project.prompts["reply"]
    assert prompt.body == "One\ntwo\n"
    assert prompt.body_line == 3


def test_two_prompts_of_one_name() -> None:
    finding = only({"sources/prompts/more/reply.prompt.j2": "---\nmodel: main\n---\nx\n"})
    assert finding.code == "S011"


def test_a_prompts_name_must_be_a_word() -> None:
    finding = only({"sources/prompts/a b.prompt.j2": "---\nmodel: main\n---\nx\n"})
    assert finding.code == "S010"


def test_a_stand_in_says_what_it_was_translated_from() -> None:
    text = "---\nagainst: 3fa9c1d2e4b50617\n---\n안전.\n"
    template = load({"sources/fragments/safety.ko.j2": text}).project.templates["fragments/safety.ko.j2"]
    assert (template.against, template.text, template.line_offset) == ("3fa9c1d2e4b50617", "안전.\n", 3)
    rule = "---\nnot front matter\n---\n"
    assert load({"sources/fragments/rule.j2": rule}).project.templates["fragments/rule.j2"].text == rule


MCP = """{"tools": [
  {"name": "search", "title": "Search", "description": "Searches.", "inputSchema": {"type": "object", "properties": {"b": {}, "a": {}}},
   "annotations": {"readOnlyHint": true}},
  {"name": "fetch", "inputSchema": {"type": "object"}}
]}"""


@pytest.mark.parametrize("file", ["sources/tools/mcp.json", "sources/tools/mcp.yaml"])
@pytest.mark.parametrize("wrapped", [False, True])
def test_an_answer_of_mcp_reads_as_it_is(file: str, wrapped: bool) -> None:
    text = f'{{"jsonrpc": "2.0", "id": 1, "result": {MCP}}}' if wrapped else MCP
    loaded = load({file: text})
    assert loaded.findings == ()
    search = loaded.project.tools["search"]
    assert search.description == "Searches."
    assert list(search.input["properties"]) == ["b", "a"]
    assert "fetch" in loaded.project.tools


EXAMPLE = "{id: a, input: {}, output: x}"


@pytest.mark.parametrize(
    ("file", "text", "place", "code"),
    [
        ("sources/tools/x.yaml", "input: {type: object}\n", ":1:1", "S003"),
        ("sources/tools/x.yaml", "description: d\nparameters: {}\n", ":2:1", "S001"),
        ("sources/tools/x.yaml", "description: d\ninput: {type: string}\n", ":1:1", "S009"),
        ("sources/tools/x.yaml", "description: d\ninput: {type: object, properties: {a: {type: txt}}}\n", ":2:46", "S009"),
        ("sources/tools/x.yaml", "description: d\ninput: {enum: {$vars: categoris}}\n", ":2:23", "S007"),
        ("sources/tools/x y.yaml", "description: d\n", ":1:1", "S010"),
        ("sources/tools/x.yaml", "description: d\nname: lookup_order\n", ":1:1", "S011"),
        ("sources/tools/x.json", '{"tools": [{"description": "d"}]}', ":1:12", "S003"),
        ("sources/tools/x.json", '{"tools": {}}', ":1:11", "S002"),
        ("sources/tools/x.json", '{"description": "a", "description": "b"}', ":1:22", "Y001"),
        ("sources/tools/x.json", '{"description": "a",}', ":1:21", "Y006"),
        ("sources/tools/x.json", '{"description": "\\ud800"}', ":1:17", "U001"),
        ("sources/tools/x.json", '{"description": NaN}', ":1:17", "Y006"),
        ("sources/tools/x.json", "", ":1:1", "Y006"),
        ("sources/schemas/x.json", '{"type": "object", "minimum": 9007199254740993}', ":1:31", "Y003"),
        ("sources/schemas/x.json", "[]", ":1:1", "Y007"),
        ("sources/schemas/x.json", '{"enum": {"$vars": "tonne"}}', ":1:20", "S007"),
        ("sources/schemas/x.json", '{"a": 1} {', ":1:10", "Y006"),
        ("sources/schemas/x.json", '{"a": 1e999}', ":1:7", "Y003"),
        ("sources/schemas/x.yaml", "type: object\n", "", "S015"),
        ("sources/notes.txt", "hello", "", "S015"),
        ("sources/variables.yml", "a: 1", "", "S015"),
        ("sources/tools/x.yaml", "", ":1:1", "Y007"),
        ("sources/cases/rply.yaml", "a: {inputs: {}}\n", "", "S013"),
        ("sources/examples/x.yaml", "owner: acm\nexamples: []\n", ":1:8", "S002"),
        ("sources/examples/x.yaml", "examples: []\n", ":1:1", "S003"),
        ("sources/examples/x.yaml", f"owner: shared\nexamples: [{EXAMPLE}, {EXAMPLE}]\n", ":2:43", "S011"),
        ("sources/examples/x.yaml", "owner: shared\nexamples: [{id: a, input: {}, output: x, from: customer}]\n", ":2:12", "S002"),
        ("sources/examples/x.yaml", "owner: shared\nexamples: [{id: a, input: {}, output: x, from: tenant:acme}]\n", ":2:12", "S014"),
        ("sources/examples/x.yaml", "owner: shared\nexamples: [{id: a, input: {}, output: x, expires: soon}]\n", ":2:12", "S002"),
        ("sources/examples/x.yaml", "owner: shared\nexamples: [{id: a, input: [], output: x}]\n", ":2:12", "S002"),
    ],
)  # fmt: skip
def test_a_slip_in_another_source(file: str, text: str, place: str, code: str) -> None:
    findings = [(str(f.place), f.code) for f in load({file: text}).findings]
    assert findings == [(file + place, code)]


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a: {inputs: {message: hi, mesage: x}}\n", "S001", ":1:27"),
        ("a: {inputs: {}}\n", "S003", ":1:1"),
        ("a: {inputs: {message: hi, urgent: 1}}\n", "S002", ":1:35"),
        ("a: {input: {message: hi}}\n", "S001", ":1:5"),
        ("a: {inputs: {message: hi}, expect: {contain: x}}\n", "S002", ":1:37"),
        ("a: {inputs: {message: hi}, history: [x]}\n", "S002", ":1:38"),
    ],
)
def test_a_slip_in_cases(text: str, code: str, place: str) -> None:
    findings = load({CASES: text}).findings
    assert (f"{CASES}{place}", code) in [(str(f.place), f.code) for f in findings], findings


def test_one_broken_file_stops_no_other() -> None:
    codes = {
        f.code
        for f in load({VARIABLES: "a: [", TOOL: b"a:\t1", EXAMPLES: b"\xff", "tenants/acme.yaml": "a: 1"}).findings
    }
    assert codes >= {"Y006", "Y008", "U002", "O001"}


def test_the_folders_are_settings() -> None:
    moved = {f"prompting/{path}": text for path, text in FILES.items()}
    settings = Settings(sources="prompting/sources", tenants="prompting/tenants")
    loaded = load({**dict.fromkeys(FILES), **moved}, settings)
    assert loaded.findings == ()
    assert list(loaded.project.prompts) == ["reply"]
    assert list(loaded.project.tenants) == ["acme"]


def test_hints_for_common_slips_of_yaml() -> None:
    def hint(file: str, text: str) -> str:
        return "; ".join(f.hint for f in load({file: text}).findings if f.place.file == file)

    assert "a comma ends a plain text" in hint(VARIABLES, "a: {type: string, description: One, two.}\n")
    assert "never a template" in hint("tenants/acme.yaml", "title: {{ x }}\n")
    assert 'as in "*"' in hint("tenants/acme.yaml", "prompts:\n  *: {enabled: false}\n")
    assert "`: `" in hint("tenants/acme.yaml", "title: Acme: the best\n")
    assert "backquote" in hint("tenants/acme.yaml", "title: `Acme`\n")
    assert "after the tag" in hint("tenants/acme.yaml", "variables: {tone: !unset}\n")


def test_values_that_can_never_be_are_found_where_they_are_listed() -> None:
    assert found({VARIABLES: "a: {type: integer, enum: [1, two]}\nproduct: {type: string}\ncategories: {}\n"}) == [
        (f"{VARIABLES}:1:30", "S009")
    ]


def test_media_has_no_default() -> None:
    change = with_front_matter("message: {type: string}", "message: {type: media, default: x}")
    assert (f"{PROMPT}:7:35", "S012") in found({**change, CASES: None})


def test_a_prompt_without_its_ending_is_seen() -> None:
    finding = only({"sources/prompts/other.j2": "---\nmodel: main\n---\nText\n"})
    assert (finding.code, finding.severity) == ("S015", "warning")


def test_an_expected_file_is_there() -> None:
    case = "a: {inputs: {message: x}, expect: {equals: expected/a.md}}\n"
    assert only({CASES: case}).code == "P004"
    assert load({CASES: case, "sources/cases/expected/a.md": "text"}).findings == ()


def test_a_broken_declaration_is_the_only_finding() -> None:
    loaded = load({VARIABLES: "product: {type: strin}\n"})
    assert {f.code for f in loaded.findings} == {"S009"}
    assert loaded.project.broken >= {"variables"}


def test_an_empty_declaration_is_warned_of() -> None:
    changes = {VARIABLES: "# nothing yet\n", "tenants/layers/base.yaml": "{}", "sources/schemas/reply.json": "{}"}
    assert [(f.code, f.severity) for f in load(changes).findings] == [("Y007", "warning")]
