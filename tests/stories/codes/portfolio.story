What is said of variants and of the shares that overlays give them.

=== X050: a variant with another interface

project hello
file sources/tools/look.yaml
| description: Looks.
| input: {type: object, properties: {}}
file sources/prompts/hello.short.prompt.j2
| ---
| inputs: {message: {type: string}, more: {type: string, default: ""}}
| output: {schema: schemas/reply.json}
| tools: [look]
| overridable: {blocks: {rules: replace}}
| ---
| {% extends "prompts/hello.prompt.j2" %}
file sources/schemas/reply.json
| {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"], "additionalProperties": false}
$ promptc build
! sources/prompts/hello.short.prompt.j2:2:1: error[X050]: the `inputs` of `hello.short` are not those of `hello`
!   hint: leave `inputs` out: a variant shares them, so that services need not know which one is drawn
!   note: `hello`: sources/prompts/hello.prompt.j2:1:1
! sources/prompts/hello.short.prompt.j2:3:1: error[X050]: the `output` of `hello.short` are not those of `hello`
!   hint: leave `output` out: a variant shares them, so that services need not know which one is drawn
!   note: `hello`: sources/prompts/hello.prompt.j2:1:1
! sources/prompts/hello.short.prompt.j2:4:9: error[X050]: `hello.short` gives the tool `look`, which `hello` does not
!   hint: name it among the `tools` or `optional_tools` of `hello`, too
!   note: `hello`: sources/prompts/hello.prompt.j2:1:1
! sources/prompts/hello.short.prompt.j2:5:1: error[X050]: the `overridable` of `hello.short` are not those of `hello`
!   hint: leave `overridable` out: a variant shares them, so that services need not know which one is drawn
!   note: `hello`: sources/prompts/hello.prompt.j2:1:1
!
! Nothing was published: 4 errors; 2 targets did not compile, 2 targets did
! `--keep-going` publishes the targets that compiled, as a root of limited scope
exit 3

=== T016: a variant lacks a block that tenants may override

project hello
file sources/prompts/hello.short.prompt.j2
| ---
| ---
| {% message role="user" %}
| {{ input.message }}
| {% endmessage %}
$ promptc build
! sources/prompts/hello.short.prompt.j2:1:1: error[T016]: `overridable` names the block `rules`, which this prompt does not have
!   hint: write a `{% block … %}` of that name inside a message
!
! Nothing was published: 1 error
! `--keep-going` publishes the targets that compiled, as a root of limited scope
exit 3

=== X051: variants without a plain prompt, and names that mean something

project hello
file sources/prompts/helo.short.prompt.j2
| ---
| description: Short.
| ---
| Hello.
file sources/prompts/hello.plain.prompt.j2
| ---
| description: Short.
| ---
| Hello.
file sources/prompts/hello.a.b.prompt.j2
| ---
| description: Short.
| ---
| Hello.
$ promptc build
! sources/prompts/hello.a.b.prompt.j2: error[S010]: `hello.a.b` can't name a prompt
!   hint: letters, digits, `_` and `-`; a variant is called `PROMPT.VARIANT.prompt.j2`
! sources/prompts/hello.plain.prompt.j2: error[X051]: `plain` can't name a variant
!   hint: `plain`, `only` mean something in overlays
! sources/prompts/helo.short.prompt.j2:1:1: error[X051]: `short` is a variant of `helo`, and there is no such prompt
!   hint: did you mean `hello`?
!
! Nothing was published: 3 errors; 6 targets did not compile, 2 targets did
! `--keep-going` publishes the targets that compiled, as a root of limited scope
exit 3

=== X053: shares that can't be given: too much, of unknown variants, of one alone, odd numbers

project hello
file sources/prompts/hello.short.prompt.j2
| {% extends "prompts/hello.prompt.j2" %}
file sources/prompts/hello.warm.prompt.j2
| ---
| ---
| {% extends "prompts/hello.prompt.j2" %}
append tenants/layers/base.yaml
| prompts: {hello: {variants: {short: 60}}}
append tenants/acme.yaml
| prompts: {hello: {variants: {warm: 60}}}
append tenants/globex.yaml
| prompts: {hello: {variants: {shrt: 10}}, hello.short: {enabled: false}}
file tenants/initech.yaml
| variables: {product: Initech}
| prompts: {hello: {variants: {short: 10.001}}}
file tenants/umbrella.yaml
| variables: {product: Umbrella}
| prompts: {hello: {variants: {only: short, warm: 1}}}
$ promptc build
! tenants/acme.yaml:5:29: error[X053]: the variants of `hello` add up to 120 %: `short 60`, `warm 60`
!   hint: what is left of 100 is the plain prompt's; `!replace` the map to say it anew
! tenants/globex.yaml:5:36: error[X052]: `hello` has no variant `shrt`
!   hint: did you mean `short`?
! tenants/globex.yaml:5:42: error[X054]: `hello.short` is a variant of `hello`, and is given what is said of that
!   hint: say it of `hello`; its share of keys is `variants: {short: PERCENT}`
! tenants/initech.yaml:2:37: error[O048]: `prompts.hello.variants.short` must be a percent of at most two decimals
!   hint: write it as `10` or `0.25`
! tenants/umbrella.yaml:2:36: error[O048]: `prompts.hello.variants.only` names one variant and stands alone
!   hint: write `variants: {only: NAME}`, or percents
!
! Nothing was published: 5 errors; 12 targets did not compile, 0 targets did
exit 3

=== X055: a variant that is retired is given no keys, whatever overlays say

project hello
file sources/prompts/hello.short.prompt.j2
| ---
| retired: true
| ---
| {% extends "prompts/hello.prompt.j2" %}
append tenants/acme.yaml
| prompts: {hello: {variants: {short: 10}}}
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   1 warning
|   root       <digest 1>
! tenants/acme.yaml:5:37: warning[X055]: `hello.short` is retired, and is given no keys any more
!   hint: remove it from `variants` here
!
$ promptc list --format json
| [
|   {
|     "target": "acme/hello",
|     "tenant": "acme",
|     "prompt": "hello",
|     "labels": {
|       "plan": "enterprise"
|     },
|     "owner": "",
|     "model": "anthropic/claude-sonnet-4-5",
|     "bytes": 344,
|     "digest": "<digest 2>"
|   },
|   {
|     "target": "globex/hello",
|     "tenant": "globex",
|     "prompt": "hello",
|     "labels": {
|       "plan": "free"
|     },
|     "owner": "",
|     "model": "anthropic/claude-sonnet-4-5",
|     "bytes": 338,
|     "digest": "<digest 3>"
|   }
| ]
! tenants/acme.yaml:5:37: warning[X055]: `hello.short` is retired, and is given no keys any more
!   hint: remove it from `variants` here

=== O010: what is final of a prompt is final of its variants

project hello
file sources/prompts/hello.short.prompt.j2
| ---
| description: Short.
| ---
| {% extends "prompts/hello.prompt.j2" %}
append tenants/layers/base.yaml
| prompts: {hello: {variants: {short: 5}}}
| final: [prompts.hello.blocks, prompts.hello.variants]
append tenants/acme.yaml
| prompts: {hello: {variants: {short: 10}, blocks: {rules: Guess.}}}
$ promptc build
! tenants/acme.yaml:5:29: error[O010]: `prompts.hello.variants` is final: `base` locks `prompts.hello.variants` (tenants/layers/base.yaml:4)
!   hint: remove this, or have `base` drop the lock
!   note: locked here: tenants/layers/base.yaml:4:31
! tenants/acme.yaml:5:50: error[O010]: `prompts.hello.blocks` is final: `base` locks `prompts.hello.blocks` (tenants/layers/base.yaml:4)
!   hint: remove this, or have `base` drop the lock
!   note: locked here: tenants/layers/base.yaml:4:9
!
! Nothing was published: 2 errors; 2 targets did not compile, 2 targets did
! `--keep-going` publishes the targets that compiled, as a root of limited scope
exit 3

=== X060: a portfolio of what isn't there

project hello
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc portfolio
! error[X060]: no prompt here has a variant
!   hint: `sources/prompts/PROMPT.VARIANT.prompt.j2` is one; docs/portfolios.md shows it
exit 2
file sources/prompts/hello.short.prompt.j2
| {% extends "prompts/hello.prompt.j2" %}
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    none since the last build
|   findings   0 findings
|   root       <digest 1>
$ promptc portfolio helo
! error[X061]: `helo` has no variants
!   hint: did you mean `hello`?
exit 2
$ promptc portfolio --by plam
! error[X062]: no tenant has a label `plam`
!   hint: did you mean `plan`?
exit 2

=== X054: a variant is not overridden by itself

project hello
file sources/prompts/hello.short.prompt.j2
| {% extends "prompts/hello.prompt.j2" %}
append tenants/acme.yaml
| prompts: {hello: {variants: {only: short}}}
$ promptc override acme/hello.short rules
! error[X054]: `hello.short` is a variant of `hello`, and is given what is said of that
!   hint: `promptc override acme/hello BLOCK` replaces the block in both
exit 2
$ promptc override acme/hello rules
| Wrote a replacement for rules into tenants/acme.yaml:
|
| prompts:
|   hello:
|     blocks:
|       rules: !replace
|         # Replaces this text of sources/prompts/hello.prompt.j2:
|         #   Be brief.
|         against: <digest 1>
|         text: |
|           Be brief.
$ promptc build
| Built 3 targets of 2 tenants in <time>
|   artifacts  3 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 2>
$ promptc show acme/hello.short --format json
| {"config":{},"format":"promptc.artifact/1","inputs":{"message":{"type":"string"}},"messages":[{"content":["You answer for Acme Care in a neutral tone.\nBe brief.\n"],"role":"system"},{"content":[{"slot":["input","message"]}],"role":"user"}],"model":{"name":"claude-sonnet-4-5","provider":"anthropic","window":200000},"prompt":"hello.short","tools":[]}
