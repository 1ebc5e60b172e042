What `promptc diff` says to somebody who reviews a change.

=== One line of a template, and the tenant that goes its own way

project hello
$ git init -q -b main . && git add -A && git commit -q -m "The start"
$ promptc diff
| main (<digest 1>) → the working tree
| nothing that is served differs

A line of the prompt changes, and globex asks for something else at the same time:

$ sed -i 's/^Be brief.$/Be brief and exact./' sources/prompts/hello.prompt.j2
$ sed -i 's/Globex/Globex Two/' tenants/globex.yaml
$ promptc diff
| main (<digest 1>) → the working tree
| 2 targets changed, 0 unchanged
|   odd      globex/hello  differ in a way that few others do
|   classes  2 text  (targets; one may have several)
|   size     +24 characters in all
|   cache    2 targets with another stable prefix: what a provider cached of it is lost
|   plan     <digest 2>
|
| [1] text  system, line 2  1 target
|     ── system
|   - You answer for Globex in a warm tone.
|   + You answer for Globex Two in a warm tone.
|     Be brief and exact.
|     e.g. globex/hello  product: Globex → Globex Two
|     why    tenants/globex.yaml:3:12  vars.product: "Globex" → "Globex Two"
|     in     hello 1
|     for    globex/hello
|     cache  ends the stable prefix of 1 target
|     plan   <digest 3>…
|
| [2] text  system, line 3  2 targets of 2 tenants, identical
|     You answer for {product} in a {tone} tone.
|   - Be brief.
|   + Be brief and exact.
|     ── user
|     why    sources/prompts/hello.prompt.j2:11  prompts/hello.prompt.j2
|     in     hello 2
|     who    plan=enterprise: 1, plan=free: 1
|     e.g.   acme/hello
|     cache  ends the stable prefix of 1 target
|     plan   <digest 2>…
|
| edits
|   sources/prompts/hello.prompt.j2:11  group 2
|   tenants/globex.yaml:3               group 1
$ promptc diff --stat
| main (<digest 1>) → the working tree
| 2 targets changed, 0 unchanged
|   odd      globex/hello  differ in a way that few others do
|   classes  2 text  (targets; one may have several)
|   size     +24 characters in all
|   cache    2 targets with another stable prefix: what a provider cached of it is lost
|   plan     <digest 2>
|
|   [1]  text  system  1  You answer for Globex Two in a warm tone.  tenants/globex.yaml:3:12
|   [2]  text  system  2  Be brief and exact.                        sources/prompts/hello.prompt.j2:11
$ promptc diff --name-only
| ~ acme/hello
| ~ globex/hello
$ promptc diff --exit-code --name-only acme
! error[G003]: git knows no commit `acme` here
!   hint: `git log` shows what there is; tenants are chosen with `--select`
exit 2
$ promptc diff --exit-code --name-only --select acme
| ~ acme/hello
exit 1
$ promptc diff main --select globex/hello --stat
| main → the working tree
| 1 target changed, 1 unchanged
|   classes  1 text  (targets; one may have several)
|   size     +14 characters in all
|   cache    1 target with another stable prefix: what a provider cached of it is lost
|   plan     <digest 3>
|
|   [1]  text  system  1  Be brief and exact.                        sources/prompts/hello.prompt.j2:11
|   [2]  text  system  1  You answer for Globex Two in a warm tone.  tenants/globex.yaml:3:12
$ promptc diff main --select nobody
! error[C003]: unknown tenant `nobody`
exit 2

=== What was built is a side, too

project hello
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc diff build
| the last build → the working tree
| nothing that is served differs
append tenants/layers/base.yaml
|   tone: formal
$ promptc diff build
| the last build → the working tree
| 1 target changed, 1 unchanged
|   classes  1 text  (targets; one may have several)
|   size     -1 characters in all
|   cache    1 target with another stable prefix: what a provider cached of it is lost
|   plan     <digest 2>
|
| [1] text  system, line 2  1 target
|     ── system
|   - You answer for Acme Care in a neutral tone.
|   + You answer for Acme Care in a formal tone.
|     Be brief.
|     e.g. acme/hello  tone: neutral → formal
|     why    tenants/layers/base.yaml:3:9  vars.tone: "neutral" → "formal"
|     in     hello 1
|     for    acme/hello
|     cache  ends the stable prefix of 1 target
|     plan   <digest 2>…
|
| edits
|   tenants/layers/base.yaml:3  group 1
$ promptc diff build --format json --output review.json && python3 -c "import json; d = json.load(open('review.json')); print(d['format'], d['counts'])"
| promptc.review/1 {'changed': 1, 'added': 0, 'removed': 0, 'unchanged': 1, 'classes': {'text': 1}, 'not_compiled': 0, 'characters': -1, 'prefix': 1, 'allocations': 0}
! the last build → the working tree: 1 target changed, 1 unchanged
! written to review.json
$ promptc diff root:0000
! error[G008]: `sha256:0000` names no root here
!   hint: write more of its digest; `promptc list` shows the last root
exit 2

=== A comment changes nothing, and that is said

project hello
$ git init -q -b main . && git add -A && git commit -q -m "The start"
append tenants/layers/base.yaml
|   # nothing but a comment
$ promptc diff --exit-code
| main (<digest 1>) → the working tree
| nothing that is served differs
|
| edits
|   tenants/layers/base.yaml:3  changes no artifact

=== Tenants and prompts come and go

project hello
$ git init -q -b main . && git add -A && git commit -q -m "The start"
file tenants/initech.yaml
| variables: {product: Initech, tone: warm}
remove tenants/globex.yaml
$ promptc diff
| main (<digest 1>) → the working tree
| 0 targets changed, 1 added, 1 removed, 1 unchanged
|   classes  1 text  (targets; one may have several)
|   size     -3 characters in all
|   cache    1 target with another stable prefix: what a provider cached of it is lost
|   plan     <digest 2>
|
| [1] text  new tenant, system, line 2  1 target
|     ── system
|   - You answer for Initech in a neutral tone.
|   + You answer for Initech in a warm tone.
|     Be brief.
|     e.g. initech/hello  tone: neutral → warm
|     why    tenants/initech.yaml:1:1  tenant `initech`
|     in     hello 1
|     for    initech/hello
|     cache  ends the stable prefix of 1 target
|     plan   <digest 3>…
|
| added
|   + hello 1: initech/hello
|
| removed
|   - hello 1: globex/hello
|
| edits
|   tenants/globex.yaml   targets: 1 removed
|   tenants/initech.yaml  group 1

=== What does not compile is said first, and exits with 3

project hello
$ git init -q -b main . && git add -A && git commit -q -m "The start"
file tenants/globex.yaml
| variables: {prodct: Globex}
$ promptc diff
| 1 target of the working tree could not be compiled: globex/hello
| main (<digest 1>) → the working tree
| 0 targets changed, 1 no longer compiled, 1 unchanged
|   broken  1 target no longer compiled
|   size    0 characters in all
|   plan    <digest 2>
|
| does not compile any more
|   ! hello 1: globex/hello
|
| edits
|   tenants/globex.yaml:1  targets: 1 removed
! tenants/globex.yaml:1:1: error[O040]: required variable `product` has no value
!   hint: set `variables.product` here
!   note: declared here: sources/variables.yaml:1:1
! tenants/globex.yaml:1:21: error[O101]: unknown variable `prodct`
!   hint: did you mean `product`?
exit 3
$ promptc diff --format github
| ::error file=tenants/globex.yaml,line=1,col=1,title=promptc O040::required variable `product` has no value%0Ahint: set `variables.product` here%0Anote: declared here: sources/variables.yaml:1:1
| ::error file=tenants/globex.yaml,line=1,col=21,title=promptc O101::unknown variable `prodct`%0Ahint: did you mean `product`?
exit 3
$ git commit -q -a -m "A mistake" && git checkout -q HEAD~1 -- tenants && promptc diff HEAD
| 1 target of HEAD could not be compiled: globex/hello
| HEAD → the working tree
| 0 targets changed, 1 added, 1 unchanged
|   size  0 characters in all
|   plan  <digest 3>
|
| added
|   + hello 1: globex/hello
|
| edits
|   tenants/globex.yaml:1  targets: 1 added
exit 3

=== A confidential value is never shown, nor what is made of it

project hello
append sources/variables.yaml
| account: {type: string, default: "", confidential: true}
$ sed -i 's/^Be brief.$/Account {{ vars.account }}, in short {{ vars.account[:3] }}./' sources/prompts/hello.prompt.j2
append tenants/acme.yaml
|   account: A-4711
$ git init -q -b main . && git add -A && git commit -q -m "The start"
$ sed -i 's/A-4711/B-9922/' tenants/acme.yaml
$ promptc diff
| main (<digest 1>) → the working tree
| 1 target changed, 1 unchanged
|   classes  1 text  (targets; one may have several)
|   size     0 characters in all
|   cache    1 target with another stable prefix: what a provider cached of it is lost
|   plan     <digest 2>
|
| [1] text  system, line 3  1 target
|     You answer for {product} in a {tone} tone.
|   - {confidential}
|   + {confidential}
|     ── user
|     e.g. acme/hello  account: {account} → {account}, another one
|     why    tenants/acme.yaml:5:12  vars.account: {account} → {account}, another one
|     in     hello 1
|     for    acme/hello
|     cache  ends the stable prefix of 1 target
|     plan   <digest 2>…
|
| edits
|   tenants/acme.yaml:5  group 1
$ promptc diff --reveal --stat
| main (<digest 1>) → the working tree
| 1 target changed, 1 unchanged
|   classes  1 text  (targets; one may have several)
|   size     0 characters in all
|   cache    1 target with another stable prefix: what a provider cached of it is lost
|   plan     <digest 2>
|
|   [1]  text  system  1  Account B-9922, in short B-9.  tenants/acme.yaml:5:12

=== Data is compared by structure

project hello
append sources/models.yaml
| large: {provider: anthropic, name: claude-large, window: 1000, config: {temperature: 0.5}}
$ git init -q -b main . && git add -A && git commit -q -m "The start"
$ sed -i 's/temperature: 0.5/temperature: 0.7/' sources/models.yaml
append tenants/globex.yaml
| prompts: {hello: {model: large}}
$ promptc diff
| 1 target of the working tree could not be compiled: globex/hello
| main (<digest 1>) → the working tree
| 0 targets changed, 1 no longer compiled, 1 unchanged
|   broken  1 target no longer compiled
|   size    0 characters in all
|   plan    <digest 2>
|
| does not compile any more
|   ! hello 1: globex/hello
|
| edits
|   sources/models.yaml:2  no effect was seen in the targets that were looked at
|   tenants/globex.yaml:5  targets: 1 removed
! tenants/globex.yaml:5:26: error[O046]: the model of `hello` isn't a tenant's to choose
!   hint: set it in a layer that the tenant extends
exit 3

=== Words that name nothing

project hello
$ promptc diff
! error[G001]: this project is in no git repository
!   hint: name builds or roots to compare, or `git init` here
exit 2
$ git init -q -b main . && promptc diff
! error[G003]: git knows no commit `HEAD` here
!   hint: nothing is committed yet: `git add -A`, then `git commit`
exit 2
$ promptc diff build
! error[G008]: nothing was built here yet
!   hint: `promptc build` makes a build to compare with
exit 2
$ git add -A && git commit -q -m "The start" && promptc diff nonsense
! error[G003]: git knows no commit `nonsense` here
!   hint: `git log` shows what there is; tenants are chosen with `--select`
exit 2
$ promptc diff prod@42
! error[G007]: `prod@42` is a moment of a channel, and the registry of this project has no such channel
!   hint: `git:WORD` names a revision of git; `promptc channels` lists those that are there
exit 2
$ git checkout -q --orphan other && git commit -q -m "Another beginning" && promptc diff
! error[G004]: no commit is both in `main` and here
!   hint: `git fetch origin main`, or name BASE
exit 2
$ git rm -rq --cached sources && git commit -q -m "Without sources" && promptc diff HEAD
! error[G006]: `HEAD` holds no folder `sources` here
!   hint: name a commit in which this project is
exit 2
$ PATH=$(dirname $(command -v promptc)) promptc diff HEAD
! error[G002]: there is no git here
!   hint: install git, or compare builds or roots
exit 6

=== A clone that does not hold everything

project hello
$ git init -q -b main . && git config uploadpack.allowFilter true && git add -A && git commit -q -m "The start"
$ sed -i 's/^Be brief.$/Be brief and exact./' sources/prompts/hello.prompt.j2 && git commit -q -a -m "More"
$ git clone -q --filter=blob:none "file://$PWD" partial && promptc -C partial diff HEAD~1
! error[G005]: `<digest 1>` is not in this clone
!   hint: `git fetch --refetch` brings what is missing
exit 7
$ git clone -q --depth 1 "file://$PWD" shallow && promptc -C shallow diff HEAD~1
! error[G003]: git knows no commit `HEAD~1` here
!   hint: this clone is shallow: `git fetch --unshallow` brings the rest (in CI: `fetch-depth: 0`)
exit 2

=== A tokenizer that is not there

project hello
append pyproject.toml
| tokenizer = "vocabulary.tiktoken"
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc diff build
! error[G009]: the tokenizer `vocabulary.tiktoken` can't be used: there is no such file of at most 64 MiB
!   hint: name one below the project's folder
exit 6
