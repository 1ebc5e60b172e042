=== O001: an unknown key

project hello
file tenants/acme.yaml
| variable: {product: Acme}
$ promptc check
! tenants/acme.yaml:1:1: error[O001]: unknown key `variable`
!   hint: did you mean `variables`?
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== O002: a list where text is declared

project hello
file tenants/acme.yaml
| variables: {product: [Acme]}
$ promptc check
! tenants/acme.yaml:1:23: error[O002]: `variables.product` must be text, and this is a list
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== O003: a directive that does not fit its place

project hello
append tenants/layers/base.yaml
| prompts: {hello: {model: !append main}}
$ promptc check
! tenants/layers/base.yaml:3:26: error[O003]: `!append` doesn't fit `prompts.hello.model`, which is no list
!   hint: write the value alone
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== O004: nothing to act on

project hello
append sources/variables.yaml
| rubric: {type: string}
file tenants/acme.yaml
| variables: {product: Acme, rubric: !unset }
$ promptc check
! tenants/acme.yaml:1:36: error[O004]: `!unset` at `variables.rubric` has nothing to act on: nothing before it in the chain sets it
!   hint: remove the line
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== O005: removing what exists nowhere

project hello
file tenants/acme.yaml
| variables: {product: Acme, banned: !remove [garantee]}
$ promptc check
! tenants/acme.yaml:1:36: error[O005]: `!remove` at `variables.banned` names what no default, enum or layer gives
!   hint: did you mean `guarantee`?
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== O006: removing what exists elsewhere

project hello
file tenants/layers/strict.yaml
| variables: {banned: [forever]}
file tenants/acme.yaml
| variables: {product: Acme, banned: !remove [forever]}
$ promptc check
| Checked 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing is built yet to compare with
|   findings   4 warnings
|   root       <digest 1>
! sources/variables.yaml:3:1: warning[W401]: no prompt, tool or schema reads `banned`
!   hint: remove it, and where overlays set it
! tenants/acme.yaml:1:36: warning[O006]: `!remove` at `variables.banned` names an item that isn't in this tenant's list
!   hint: remove it from the line; it does nothing here
! tenants/acme.yaml:1:36: warning[W406]: `banned` is set to what it is without this
!   hint: remove it: it will follow what is below when that changes
! tenants/layers/strict.yaml:1:1: warning[W405]: no tenant's chain has the layer `strict`
!   hint: remove it, or extend it
!

=== O007: two items with one key

project hello
append sources/variables.yaml
| rules: {type: array, default: [], merge: {by: id}, items: {type: object, properties: {id: {type: string}, text: {type: string}}}}
file tenants/acme.yaml
| variables: {product: Acme, rules: [{id: a, text: one}, {id: a, text: two}]}
$ promptc check
! tenants/acme.yaml:1:35: error[O007]: `variables.rules[1].id` is that of an earlier item of the same list
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== O008: an item without its key

project hello
append sources/variables.yaml
| rules: {type: array, default: [], merge: {by: id}, items: {type: object, properties: {id: {type: string}, text: {type: string}}}}
file tenants/acme.yaml
| variables: {product: Acme, rules: [{text: one}]}
$ promptc check
! tenants/acme.yaml:1:35: error[O008]: `variables.rules[0]` needs the key `id` with text or a number: the list's items merge by it
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== O010: what a layer made final

project hello
file tenants/layers/base.yaml
| variables: {tone: formal}
| final: [variables.tone]
$ promptc check
! tenants/globex.yaml:4:9: error[O010]: `variables.tone` is final: `base` locks `variables.tone` (tenants/layers/base.yaml:2)
!   hint: remove this, or have `base` drop the lock
!   note: locked here: tenants/layers/base.yaml:2:9
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== O011: a tenant that extends a tenant

project hello
file tenants/acme.yaml
| extends: [globex]
| variables: {product: Acme}
$ promptc check
! tenants/acme.yaml:1:11: error[O011]: `globex` is a tenant, and only layers can be extended
!   hint: move what both need into a layer under tenants/layers and extend that
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== O012: layers in a circle

project hello
file tenants/layers/a.yaml
| extends: [b]
file tenants/layers/b.yaml
| extends: [a]
file tenants/acme.yaml
| extends: [a]
| variables: {product: Acme}
$ promptc check
! tenants/layers/a.yaml:1:11: error[O012]: layers extend each other in a circle: a → b → a
!   hint: take one `extends` out of the circle
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== O013: no order keeps every list

project hello
file tenants/layers/a.yaml
| extends: [x, y]
file tenants/layers/b.yaml
| extends: [y, x]
file tenants/layers/x.yaml
| variables: {tone: warm}
file tenants/layers/y.yaml
| variables: {tone: formal}
file tenants/acme.yaml
| extends: [a, b]
| variables: {product: Acme}
$ promptc check
! tenants/layers/b.yaml:1:11: error[O013]: no order keeps both lists: `b: [y, x]` puts `y` before `x`, `a: [x, y]` brings `x` first
!   hint: put `x` before `y` in the one, or change the other
!   note: the other list: tenants/layers/a.yaml:1:11
!   in:   acme/*
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== O014: unsetting what is required

project hello
file tenants/acme.yaml
| variables: {product: !unset }
$ promptc check
! tenants/acme.yaml:1:22: error[O014]: `variables.product` is required and has no default, so it can't be unset or removed
!   hint: give it another value, or take `required` from its declaration
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== O015: final names no path

project hello
file tenants/layers/base.yaml
| final: [variables.tones]
$ promptc check
! tenants/layers/base.yaml:1:9: error[O015]: `final` names `variables.tones`, and there is no such path
!   hint: did you mean `tone`?
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== O016: final in a tenant

project hello
file tenants/acme.yaml
| variables: {product: Acme}
| final: [variables.tone]
$ promptc check
| Checked 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing is built yet to compare with
|   findings   2 warnings
|   root       <digest 1>
! sources/variables.yaml:3:1: warning[W401]: no prompt, tool or schema reads `banned`
!   hint: remove it, and where overlays set it
! tenants/acme.yaml:2:9: warning[O016]: `final` does nothing in a tenant: nothing comes after it in a chain
!   hint: move it to a layer, or remove it
!

=== O020: two tenants with one id

project hello
file tenants/eu/Acme.yaml
| variables: {product: Acme Europe}
$ promptc check
! tenants/eu/Acme.yaml:1:1: error[O020]: tenants `Acme` and `acme` differ only in case, Unicode form or a final dot
!   hint: rename one of the two
!   note: the other: tenants/acme.yaml:1:1
!
! Not fit to build: 1 error; 2 targets did not compile, 1 target did
exit 3

=== O023: a layer with a title

project hello
file tenants/layers/base.yaml
| title: Everybody
$ promptc check
! tenants/layers/base.yaml:1:1: error[O023]: `title` names one tenant, and a layer is shared by many
!   hint: move it to the tenant's file
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== O030: a reference to what isn't there

project hello
file tenants/acme.yaml
| variables: {product: "Acme ${tune}"}
$ promptc check
! tenants/acme.yaml:1:22: error[O030]: `variables.product` asks for `${tune}`, and there is no such variable
!   hint: did you mean `tone`?
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== O031: a reference to a variable without a value

project hello
append sources/variables.yaml
| city: {type: string}
file tenants/acme.yaml
| variables: {product: "Acme ${city}"}
$ promptc check
! tenants/acme.yaml:1:22: error[O031]: `variables.product` asks for `city`, which has no value: product → city
!   hint: set `city`, or give it a default in sources/variables.yaml
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== O032: references in a circle

project hello
append sources/variables.yaml
| city: {type: string}
file tenants/acme.yaml
| variables: {product: "Acme ${city}", city: "the city of ${product}"}
$ promptc check
! tenants/acme.yaml:1:44: error[O032]: `variables.city` asks for itself: city → product → city
!   hint: write one of them out
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== O033: what begins like a reference and is none

project hello
file tenants/acme.yaml
| variables: {product: "costs ${5}"}
$ promptc check
! tenants/acme.yaml:1:22: error[O033]: `variables.product` has a `${` that begins no reference
!   hint: a reference is `${name}` or `${name.key}`; `$${` writes `${`
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

`$${` writes `${`, and any other `$` is itself:

file tenants/acme.yaml
| variables: {product: "$5, ${tone}, $${tone}"}
$ promptc show acme/hello
| acme/hello  <digest 1>
|   model   anthropic/claude-sonnet-4-5
|   inputs  message  text  required
|
| ── system ──────────────────────────────────────────────────────────────────
| You answer for $5, neutral, ${tone} in a neutral tone.
| Be brief.
|
| ── user ────────────────────────────────────────────────────────────────────
| ⟦input.message⟧

=== O034: a list inside of a text

project hello
file tenants/acme.yaml
| variables: {product: "Acme, without ${banned}"}
$ promptc check
! tenants/acme.yaml:1:22: error[O034]: `variables.product` `${banned}` can't stand in text: list has no text of its own
!   hint: ask for one of its parts, or let it stand alone as a variable's value
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== O040: a required variable without a value

project hello
file tenants/acme.yaml
| title: Acme
$ promptc check
! tenants/acme.yaml:1:1: error[O040]: required variable `product` has no value
!   hint: set `variables.product` here
!   note: declared here: sources/variables.yaml:1:1
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== O041: a variable that only tenants may set

project hello
append sources/variables.yaml
| rubric: {type: string, default: "", set_by: [tenant]}
append tenants/layers/base.yaml
|   rubric: Be exact.
$ promptc check
! tenants/layers/base.yaml:3:11: error[O041]: variable `rubric` can't be set by a layer: `set_by` allows tenants
!   note: declared here: sources/variables.yaml:4:1
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== O042: a block that is the prompt's own

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| ---
| {% block rules %}Be brief.{% endblock %}
file tenants/acme.yaml
| variables: {product: Acme}
| prompts: {hello: {blocks: {rules: Be long.}}}
$ promptc check
! tenants/acme.yaml:2:35: error[O042]: block `rules` of `hello` isn't open to tenants
!   hint: set it in a layer, or open it in the prompt with `overridable.blocks`
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== O043: config that is the prompt's own

project hello
file tenants/acme.yaml
| variables: {product: Acme}
| prompts: {hello: {config: {temperature: 1}}}
$ promptc check
! tenants/acme.yaml:2:41: error[O043]: config key `temperature` of `hello` isn't open to tenants
!   hint: set it in a layer, or open it in the prompt with `overridable.config`
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== O044: tools that are the prompt's own

project hello
file sources/tools/look_up.yaml
| description: Looks something up.
| input: {type: object, properties: {}}
file tenants/acme.yaml
| variables: {product: Acme}
| prompts: {hello: {tools: [look_up]}}
$ promptc check
! tenants/acme.yaml:2:26: error[O044]: the tools of `hello` aren't open to tenants
!   hint: set them in a layer, or write `overridable: {tools: true}` in the prompt
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== O045: a tool that is not among the optional ones

project hello
file sources/tools/look_up.yaml
| description: Looks something up.
| input: {type: object, properties: {}}
file sources/prompts/hello.prompt.j2
| ---
| model: main
| overridable: {tools: true}
| ---
| You answer for {{ vars.product }}.
file tenants/acme.yaml
| variables: {product: Acme}
| prompts: {hello: {tools: !append [look_up]}}
$ promptc check
! tenants/acme.yaml:2:26: error[O045]: `hello` doesn't let an overlay add the tool `look_up`
!   hint: it may add those of its `optional_tools` (none); add it there
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== O046: a tenant that chooses its model

project hello
file tenants/acme.yaml
| variables: {product: Acme}
| prompts: {hello: {model: main}}
$ promptc check
! tenants/acme.yaml:2:26: error[O046]: the model of `hello` isn't a tenant's to choose
!   hint: set it in a layer that the tenant extends
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== O047: a tenant that swaps models

project hello
file tenants/acme.yaml
| variables: {product: Acme}
| models: {main: main}
$ promptc check
! tenants/acme.yaml:2:16: error[O047]: `models` is for layers: a tenant can't put one model in place of another
!   hint: set it in a layer that the tenant extends
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== O048: variants that are no map

project hello
file tenants/acme.yaml
| variables: {product: Acme}
| prompts: {hello: {variants: [b]}}
$ promptc check
! tenants/acme.yaml:2:29: error[O048]: `prompts.hello.variants` must be a map of names
!   hint: write `variants: {NAME: PERCENT}`, or `variants: {only: NAME}`
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== O049: what no prompt takes

project hello
file tenants/acme.yaml
| variables: {product: Acme}
| prompts: {"*": {blocks: {greeting: Hello.}}}
$ promptc check
! tenants/acme.yaml:2:25: error[O049]: no prompt takes `prompts."*".blocks` from a tenant
!   hint: name the prompt to learn why, or remove this
! tenants/acme.yaml:2:36: error[O103]: `prompts."*".blocks.greeting`: no prompt opens this block to tenants
!   hint: mend the name, or remove this
!
! Not fit to build: 2 errors; 1 target did not compile, 1 target did
exit 3

=== O101: an unknown variable

project hello
file tenants/acme.yaml
| variables: {product: Acme, tune: warm}
$ promptc check
! tenants/acme.yaml:1:34: error[O101]: unknown variable `tune`
!   hint: did you mean `tone`?
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== O102: an unknown prompt

project hello
file tenants/acme.yaml
| variables: {product: Acme}
| prompts: {helo: {enabled: false}}
$ promptc check
! tenants/acme.yaml:2:11: error[O102]: unknown prompt `helo`
!   hint: did you mean `hello`?
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== O103: a block that no prompt opens to tenants

project hello
file tenants/acme.yaml
| variables: {product: Acme}
| prompts: {"*": {blocks: {rule: Be long.}}}
$ promptc check
! tenants/acme.yaml:2:25: error[O049]: no prompt takes `prompts."*".blocks` from a tenant
!   hint: name the prompt to learn why, or remove this
! tenants/acme.yaml:2:32: error[O103]: `prompts."*".blocks.rule`: no prompt opens this block to tenants
!   hint: did you mean `rules`?
!
! Not fit to build: 2 errors; 1 target did not compile, 1 target did
exit 3

=== O104: an unknown layer

project hello
file tenants/acme.yaml
| extends: [industry/helthcare]
| variables: {product: Acme}
file tenants/layers/industry/healthcare.yaml
| labels: {industry: healthcare}
$ promptc check
! tenants/acme.yaml:1:11: error[O104]: unknown layer `industry/helthcare`
!   hint: did you mean `industry/healthcare`?
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== O105: an unknown config key

project hello
file tenants/layers/base.yaml
| prompts: {hello: {config: {temprature: 1}}}
$ promptc check
! tenants/layers/base.yaml:1:40: error[O105]: unknown config key `prompts.hello.config.temprature`
!   hint: did you mean `temperature`?
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== O106: an unknown model

project hello
file tenants/layers/base.yaml
| prompts: {hello: {model: big}}
$ promptc check
! tenants/layers/base.yaml:1:26: error[O106]: `prompts.hello.model`: unknown model `big`
!   hint: aliases are declared in sources/models.yaml
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== O107: an unknown tool

project hello
file tenants/layers/base.yaml
| prompts: {hello: {tools: [lookup]}}
$ promptc check
! tenants/layers/base.yaml:1:26: error[O107]: `prompts.hello.tools`: unknown tool `lookup`
!   hint: tools are the files of sources/tools
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== O120: a replacement of a text that has changed

project hello
file tenants/layers/base.yaml
| prompts: {hello: {blocks: {rules: !replace {text: "Be kind.", against: 0123456789abcdef}}}}
$ promptc check
| Checked 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing is built yet to compare with
|   findings   3 warnings
|   root       <digest 1>
! sources/prompts/hello.prompt.j2:10: warning[W409]: all 2 tenants of `hello` replace the block `rules`: nobody sees its text
!   hint: leave its text empty, or make what they write its text
! sources/variables.yaml:3:1: warning[W401]: no prompt, tool or schema reads `banned`
!   hint: remove it, and where overlays set it
! tenants/layers/base.yaml:1:35: warning[O120]: `base` replaces the block `rules` of `hello`, whose text has changed since (`against: <digest 2>`, now `<digest 3>`)
!   hint: `promptc rebase base` shows the three texts; `--accept` keeps the replacement
!   note: the block: sources/prompts/hello.prompt.j2:10
!   in:   acme/hello, globex/hello
!

=== O121: a translation of a text that has changed

project hello
file sources/fragments/safety.j2
| Never promise anything.
file sources/fragments/safety.ko.j2
| ---
| against: 0123456789abcdef
| ---
| 아무것도 약속하지 마세요.
file sources/prompts/hello.prompt.j2
| ---
| model: main
| ---
| {% include "fragments/safety.j2" %}
file tenants/acme.yaml
| variables: {product: Acme}
| locale: ko
$ promptc check
| Checked 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 0 KiB
|   changes    nothing is built yet to compare with
|   findings   4 warnings
|   root       <digest 1>
! sources/fragments/safety.ko.j2:4: warning[O121]: the `ko` stand-in for `fragments/safety.j2` was written against `<digest 2>`, and the original is now `<digest 3>`
!   hint: compare it with the original, then write `against: <digest 3>`
!   note: the original: sources/fragments/safety.j2:1
! sources/variables.yaml:1:1: warning[W401]: no prompt, tool or schema reads `product`
!   hint: remove it, and where overlays set it
! sources/variables.yaml:2:1: warning[W401]: no prompt, tool or schema reads `tone`
!   hint: remove it, and where overlays set it
! sources/variables.yaml:3:1: warning[W401]: no prompt, tool or schema reads `banned`
!   hint: remove it, and where overlays set it
!
