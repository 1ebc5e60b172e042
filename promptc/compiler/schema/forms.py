"""Forms: what each source format holds, as pydantic models read through located nodes.

    nodes -> [forms] -> plain typed values -> prompts, models, tools, examples, cases

Pydantic is known here alone. Its errors become findings with the place of the node that they are about.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from promptc.compiler.schema.nodes import Plain
from promptc.compiler.schema.types import Ambiguous, plain_value


def _as(kind: str) -> BeforeValidator:
    kinds = frozenset({kind})

    def convert(value: Any) -> Any:
        if isinstance(value, Plain):
            try:
                return plain_value(str(value), kinds)
            except Ambiguous as error:
                raise PydanticCustomError(
                    "ambiguous", "{what}", {"what": error.args[0], "hint": error.args[1]}
                ) from error
        return str(value) if isinstance(value, str) else value

    return BeforeValidator(convert)


Words = Annotated[str, _as("string")]
Count = Annotated[int, _as("integer"), Field(ge=0)]
Flag = Annotated[bool, _as("boolean")]
Data = Any


class Form(BaseModel):
    """A map with known keys and no others."""

    model_config = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True)


class ModelForm(Form):
    """One entry of models.yaml."""

    provider: Words
    name: Words
    revision: Words = ""
    quantization: Words = ""
    window: Count = 0
    config: Data = None
    refuses: list[Words] = []
    description: Words = ""


class OutputForm(Form):
    """A prompt's `output`."""

    schema_path: Words = Field(alias="schema")
    strict: Flag = False


class OverridableForm(Form):
    """What tenants may touch."""

    blocks: dict[str, Literal["append", "replace", "prepend"]] = {}
    config: list[Words] = []
    tools: Flag = False


class BudgetForm(Form):
    """A prompt's `budget`."""

    tokens: Count = 0


class PromptForm(Form):
    """A prompt's front matter."""

    description: Words = ""
    owner: Words = ""
    model: Words
    config: Data = None
    inputs: Data = None
    output: OutputForm | None = None
    tools: list[Words] = []
    optional_tools: list[Words] = []
    overridable: OverridableForm = Field(default_factory=OverridableForm)
    budget: BudgetForm = Field(default_factory=BudgetForm)
    enabled: Flag = True


class VariantForm(PromptForm):
    """A variant's front matter: what it leaves out is the plain prompt's."""

    model: Words = ""
    retired: Flag = False


class ToolForm(Form):
    """A file of sources/tools."""

    name: Words = ""
    description: Words
    input: Data = None
    strict: Flag | None = None
    native: Data = None


class McpToolForm(BaseModel):
    """One tool of MCP's `tools/list`; keys that models never see (annotations, icons, …) are passed over."""

    model_config = ConfigDict(extra="ignore", strict=True)

    name: Words
    description: Words = ""
    input_schema: Data = Field(None, alias="inputSchema")


class ExampleForm(Form):
    """One example of a set."""

    id: Words
    input: Data
    output: Data
    origin: Words = Field("synthetic", alias="from")
    consent: Words = ""
    recorded: Words = ""
    expires: Words = ""


class ExamplesForm(Form):
    """A file of sources/examples."""

    owner: Words
    set: Words = ""
    description: Words = ""
    examples: list[ExampleForm]


class CaseForm(Form):
    """One case of a file of sources/cases."""

    inputs: Data = None
    history: list[Data] = []
    tenants: list[Words] = []
    expect: Data = None
    description: Words = ""


class SuiteForm(Form):
    """A file of sources/suites."""

    description: Words = ""
    prompts: list[Words]
    cases: list[Words] = []
    judge: Words = ""
    asserts: Data = Field(None, alias="assert")
    runs: Count = 1
    policy: Data = None
    traffic: Words = ""
