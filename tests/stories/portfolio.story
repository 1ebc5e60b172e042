Portfolios: variants of a prompt, the share of keys that each is given, and what is released of that.

=== A variant extends the plain prompt, shares its interface, and is compiled where it is given keys

project hello
file sources/prompts/hello.concise.prompt.j2
| ---
| description: The same in one sentence.
| ---
| {% extends "prompts/hello.prompt.j2" %}
| {% block rules %}
| Answer in one sentence.
| {% endblock %}
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
append tenants/layers/base.yaml
| prompts: {hello: {blocks: {rules: Never guess.}}}
append tenants/acme.yaml
| prompts: {hello: {variants: {concise: 10}}}
$ promptc build
| Built 3 targets of 2 tenants in <time>
|   artifacts  3 distinct, 1 KiB
|   changes    2 changed, 1 added since the last build
|              ~ acme/hello
|              + acme/hello.concise
|              ~ globex/hello
|   findings   0 findings
|   root       <digest 2>
$ promptc show acme/hello.concise --format text
| acme/hello.concise  <digest 3>
|   model   anthropic/claude-sonnet-4-5
|   inputs  message  text  required
|
| ── system ──────────────────────────────────────────────────────────────────
| You answer for Acme Care in a neutral tone.
| Answer in one sentence.
| Never guess.
|
| ── user ────────────────────────────────────────────────────────────────────
| ⟦input.message⟧
$ promptc show globex/hello.concise
! error[C006]: `hello.concise` is disabled for `globex`
!   hint: `promptc explain globex prompts.hello.variants` says where
exit 2
$ promptc explain acme prompts.hello.variants
| acme  prompts.hello.variants = {"concise": 10}
|
|   default  sources/prompts/hello.prompt.j2:1:1  {}
| ▸ acme     tenants/acme.yaml:5:29               {"concise": 10}
|
| chain    base › acme
$ promptc promote prod --new --yes --who ada
| `prod`, which has no entry yet, would move to build
|   targets  4 added
|   tenants  2
|   prompts  hello 2, hello.* 1, hello.concise 1
|   plan     <digest 4>
| prod@1 is the head now
|   root      <digest 2>
|   pushed    11 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
append tenants/globex.yaml
| prompts: {hello: {variants: {only: concise}}}
$ promptc check
| Checked 4 targets of 2 tenants in <time>
|   artifacts  4 distinct, 1 KiB
|   changes    1 added since the last build
|   findings   1 warning
|   root       <digest 5>
! sources/variables.yaml:3:1: warning[W401]: no prompt, tool or schema reads `banned`
!   hint: remove it, and where overlays set it
!
$ promptc diff
! error[G001]: this project is in no git repository
!   hint: name builds or roots to compare, or `git init` here
exit 2
$ promptc build
| Built 4 targets of 2 tenants in <time>
|   artifacts  4 distinct, 1 KiB
|   changes    1 added since the last build
|              + globex/hello.concise
|   findings   0 findings
|   root       <digest 5>
$ promptc promote prod --yes --who ada
| `prod@1` would move to build
|   targets  2 added
|   tenants  1
|   prompts  hello.* 1, hello.concise 1
|   plan     <digest 6>
| prod@2 is the head now
|   root      <digest 5>
|   pushed    7 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc history prod globex
| prod@2  <time>  promote  globex/hello.*        <digest 7>  came  ada
| prod@2  <time>  promote  globex/hello.concise  <digest 8>  came  ada
| prod@1  <time>  promote  globex/hello          <digest 9>  came  ada
| last changed at prod@2, <time>
$ promptc history prod acme/hello.*
| prod@1  <time>  promote  acme/hello.*  <digest 10>  came  ada
| last changed at prod@1, <time>
file tenants/acme.yaml
| labels: {plan: enterprise}
| variables: {product: Acme Care}
| prompts: {hello: {variants: {concise: 25}}}
$ promptc build
| Built 4 targets of 2 tenants in <time>
|   artifacts  4 distinct, 1 KiB
|   changes    none since the last build
|   findings   0 findings
|   root       <digest 11>
$ promptc promote prod hello --yes --who ada --why "a quarter"
! error[V019]: no root here has a tenant `hello`
!   hint: `promptc history CHANNEL` shows what moved
exit 2
$ promptc rollback prod --to 2 --yes --who bob --why "it is curt"
! error[V020]: `prod@2` is not below the head, which is `prod@2`
!   hint: `promptc history prod` lists what there was
exit 2
$ promptc rollback prod --to 1 --tenant acme --skip-held --yes --who bob
! note[V010]: `prod` serves what `prod@1` served already; nothing was changed
$ promptc reconcile prod
! error[V021]: `prod` has nothing to reconcile: no rollback manifest belongs to it
!   hint: `promptc history prod` shows the rollbacks
exit 2
$ promptc verify
| prod@2  whole, 4 targets
| read 18 blobs, 2 entries, 0 other files
$ promptc gc --registry .promptc/registry
| .promptc/registry: 6 KiB, 0 B would be freed
| build/: 11 KiB, 0 B would be freed
$ promptc channels
| prod@2  <time>  promote  2 added from build  ada
