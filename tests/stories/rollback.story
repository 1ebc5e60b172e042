What happens when a bad prompt was promoted, and what is left to be done after it is gone.

=== A rollback gives targets back what they were, holds them there, and says what is left

project hello
append pyproject.toml
|
| [tool.promptc.reconcile.histories]
| strategy = "summarise"
| store = "the desk's database"
| hook = "desk"
| [tool.promptc.reconcile.caches]
| keyed_by_digest = ["answers"]
| hook = "purge"
| [tool.promptc.reconcile.cohorts]
| strategy = "exclude"
| [tool.promptc.hooks.desk]
| command = ["python3", "desk.py"]
| [tool.promptc.hooks.purge]
| command = ["python3", "-c", "import sys; sys.exit('the cache is away')"]
| retries = 0
file desk.py
| import json, os, sys
| step = json.load(sys.stdin)
| print(f"{step['step']['strategy']} for {', '.join(step['tenants'])}")
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc promote prod --new --yes --who ann
| `prod`, which has no entry yet, would move to build
|   targets  2 added
|   tenants  2
|   prompts  hello 2
|   plan     <digest 2>
| prod@1 is the head now
|   root      <digest 1>
|   pushed    10 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc mark prod good --who ann --why "a week without complaints"
| prod@1 is good, says prod@2
$ promptc pin prod --as billing --who ann
| promptc.lock is written: prod@2
|   root      <digest 1>
|   registry  .promptc/registry

A bad prompt ships to all, and one service pins it:

$ sed -i 's/^Be brief.$/Promise a refund to everybody./' sources/prompts/hello.prompt.j2
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    2 changed since the last build
|              ~ acme/hello
|              ~ globex/hello
|   findings   0 findings
|   root       <digest 3>
$ promptc promote prod --yes --who bob --why "friendlier"
| `prod@2` would move to build
|   targets  2 changed
|   tenants  2
|   prompts  hello 2
|   plan     <digest 4>
| prod@3 is the head now
|   root      <digest 3>
|   pushed    8 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc pin --update
| promptc.lock moved: prod@3
|   root      <digest 3>
|   registry  .promptc/registry
|   moved     2 targets: acme/hello, globex/hello
$ promptc deployed billing --who ci
| billing serves prod@3 now (service/billing@2)
$ promptc rollback prod --dry-run
| prod@3 would go back to prod@1 (<time>)
|   targets  2 back to what they were
|   tenants  2: acme, globex
|   prompts  hello 2
$ promptc rollback prod --yes --who ann --why "it promises refunds"
| prod@3 would go back to prod@1 (<time>)
|   targets  2 back to what they were
|   tenants  2: acme, globex
|   prompts  hello 2
| prod@4 is the head now
|
| prod@4: 2 targets rolled back (it promises refunds)
|   served   2 suspect digests from <time> to <time>
|   entries  prod@3 to prod@3
|
| [1] pending  histories  replace the turns by a summary in the desk's database that 2 suspect prompts wrote for 2 tenants
|     hook `desk`
|
| [2] to know  caches  2 cached prefixes at the provider go cold for 2 tenants: their next requests pay for them once more
|     1 tenant of anthropic: 53 characters, <digest 5> -> <digest 6>, the old one lasts up to 5 min
|     1 tenant of anthropic: 47 characters, <digest 7> -> <digest 8>, the old one lasts up to 5 min
|
| [3] pending  caches  purge what `answers` keeps for 2 digests
|     hook `purge`
|
| [4] pending  cohorts  leave out of experiments the 2 tenants that were served a suspect prompt
|     `promptc reconcile prod@4 --done cohorts-<digest 9>` when it is done
|
| [5] pending  services  `billing` serves 2 suspect targets by its pin of `prod@3`
|     $ promptc pin --update
|     $ promptc deployed billing --pin promptc.lock
|     `promptc reconcile prod@4 --done services-<digest 10>` when it is done
|
| 4 steps pending; 2 of them by a hook: `promptc reconcile prod@4`
$ promptc show acme/hello --at prod
| acme/hello  <digest 11>
|   model   anthropic/claude-sonnet-4-5
|   inputs  message  text  required
|
| ── system ──────────────────────────────────────────────────────────────────
| You answer for Acme Care in a neutral tone.
| Be brief.
|
| ── user ────────────────────────────────────────────────────────────────────
| ⟦input.message⟧
$ promptc history prod acme/hello
| prod@4  <time>  rollback  acme/hello  <digest 11>  changed  ann  it promises refunds
| prod@3  <time>  promote   acme/hello  <digest 12>  changed  bob  friendlier
| prod@1  <time>  promote   acme/hello  <digest 11>  came     ann
| last changed at prod@4, <time>

The next promote would bring it back:

$ promptc promote prod --yes --who bob
! error[V008]: `acme/hello`, `globex/hello` are held since `prod@4` (it promises refunds)
!   hint: `promptc unhold prod acme/hello` lets it go; `--skip-held` promotes the others
exit 1

What is left to be done:

$ promptc reconcile prod --who ann
| prod@4: 2 targets rolled back (it promises refunds)
|   served   2 suspect digests from <time> to <time>
|   entries  prod@3 to prod@3
|
| [1] done  histories  replace the turns by a summary in the desk's database that 2 suspect prompts wrote for 2 tenants
|     done by ann, <time> (hook desk: exits with 0: summarise for acme, globex)
|
| [2] to know  caches  2 cached prefixes at the provider go cold for 2 tenants: their next requests pay for them once more
|     1 tenant of anthropic: 53 characters, <digest 5> -> <digest 6>, the old one lasts up to 5 min
|     1 tenant of anthropic: 47 characters, <digest 7> -> <digest 8>, the old one lasts up to 5 min
|
| [3] pending  caches  purge what `answers` keeps for 2 digests
|     hook `purge` exits with 1: the cache is away
|
| [4] pending  cohorts  leave out of experiments the 2 tenants that were served a suspect prompt
|     `promptc reconcile prod@4 --done cohorts-<digest 9>` when it is done
|
| [5] pending  services  `billing` serves 2 suspect targets by its pin of `prod@3`
|     $ promptc pin --update
|     $ promptc deployed billing --pin promptc.lock
|     `promptc reconcile prod@4 --done services-<digest 10>` when it is done
|
| 3 steps pending; 1 of them by a hook: `promptc reconcile prod@4`
exit 1
$ promptc reconcile prod --waive caches --who ann --why "the cache was emptied by a restart"
| prod@4: 2 targets rolled back (it promises refunds)
|   served   2 suspect digests from <time> to <time>
|   entries  prod@3 to prod@3
|
| [1] done  histories  replace the turns by a summary in the desk's database that 2 suspect prompts wrote for 2 tenants
|     done by ann, <time> (hook desk: exits with 0: summarise for acme, globex)
|
| [2] to know  caches  2 cached prefixes at the provider go cold for 2 tenants: their next requests pay for them once more
|     1 tenant of anthropic: 53 characters, <digest 5> -> <digest 6>, the old one lasts up to 5 min
|     1 tenant of anthropic: 47 characters, <digest 7> -> <digest 8>, the old one lasts up to 5 min
|
| [3] waived  caches  purge what `answers` keeps for 2 digests
|     waived by ann, <time> (the cache was emptied by a restart)
|
| [4] pending  cohorts  leave out of experiments the 2 tenants that were served a suspect prompt
|     `promptc reconcile prod@4 --done cohorts-<digest 9>` when it is done
|
| [5] pending  services  `billing` serves 2 suspect targets by its pin of `prod@3`
|     $ promptc pin --update
|     $ promptc deployed billing --pin promptc.lock
|     `promptc reconcile prod@4 --done services-<digest 10>` when it is done
|
| 2 steps pending
exit 1
$ promptc pin --update
| promptc.lock moved: prod@4
|   root      <digest 1>
|   registry  .promptc/registry
|   moved     2 targets: acme/hello, globex/hello
$ promptc deployed billing --who ci
| billing serves prod@4 now (service/billing@3)
$ promptc reconcile prod --done cohorts --who ann
| prod@4: 2 targets rolled back (it promises refunds)
|   served   2 suspect digests from <time> to <time>
|   entries  prod@3 to prod@3
|
| [1] done  histories  replace the turns by a summary in the desk's database that 2 suspect prompts wrote for 2 tenants
|     done by ann, <time> (hook desk: exits with 0: summarise for acme, globex)
|
| [2] to know  caches  2 cached prefixes at the provider go cold for 2 tenants: their next requests pay for them once more
|     1 tenant of anthropic: 53 characters, <digest 5> -> <digest 6>, the old one lasts up to 5 min
|     1 tenant of anthropic: 47 characters, <digest 7> -> <digest 8>, the old one lasts up to 5 min
|
| [3] waived  caches  purge what `answers` keeps for 2 digests
|     waived by ann, <time> (the cache was emptied by a restart)
|
| [4] done  cohorts  leave out of experiments the 2 tenants that were served a suspect prompt
|     done by ann, <time>
|
| [5] done  services  `billing` serves 2 suspect targets by its pin of `prod@3`
|     $ promptc pin --update
|     $ promptc deployed billing --pin promptc.lock
|     done by ci, <time> (it serves `prod@4` now)
|
| all steps are done or waived
$ promptc reconcile prod --format markdown
| ### Rollback of `prod`: 2 targets of 2 tenants
|
| `ann` moved `prod@3` to what `prod@1` served, at <time>: `it promises refunds`. The entry is `prod@4`.
|
| What is suspect was served from <time> to <time> (`prod@3` to `@3`), 2 digests.
|
| **all steps are done or waived**
|
| - [x] **histories**: replace the turns by a summary in the desk's database that 2 suspect prompts wrote for 2 tenants: done by `ann` (`hook desk: exits with 0: summarise for acme, globex`)
| - [x] **caches**: 2 cached prefixes at the provider go cold for 2 tenants: their next requests pay for them once more
|   - `1 tenant of anthropic: 53 characters, <digest 5> -> <digest 6>, the old one lasts up to 5 min`
|   - `1 tenant of anthropic: 47 characters, <digest 7> -> <digest 8>, the old one lasts up to 5 min`
| - [x] **caches**: purge what `answers` keeps for 2 digests: waived by `ann` (`the cache was emptied by a restart`)
| - [x] **cohorts**: leave out of experiments the 2 tenants that were served a suspect prompt: done by `ann`
| - [x] **services**: `billing` serves 2 suspect targets by its pin of `prod@3`: done by `ci` (``it serves `prod@4` now``)
|   - `$ promptc pin --update`
|   - `$ promptc deployed billing --pin promptc.lock`
$ promptc reconcile prod --format json | python3 -c "import json, sys; d = json.load(sys.stdin); print(d['pending'], [s['place'] for s in d['manifest']['steps']])"
| 0 ['histories', 'caches', 'caches', 'cohorts', 'services']

=== A prompt that is mended goes forward again, and leaves marks, too

project hello
append pyproject.toml
|
| [tool.promptc.reconcile.histories]
| strategy = "mark"
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc promote prod --new --yes --who ann
| `prod`, which has no entry yet, would move to build
|   targets  2 added
|   tenants  2
|   prompts  hello 2
|   plan     <digest 2>
| prod@1 is the head now
|   root      <digest 1>
|   pushed    10 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ sed -i 's/^Be brief.$/Promise a refund to everybody./' sources/prompts/hello.prompt.j2
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    2 changed since the last build
|              ~ acme/hello
|              ~ globex/hello
|   findings   0 findings
|   root       <digest 3>
$ promptc promote prod --yes --who bob
| `prod@1` would move to build
|   targets  2 changed
|   tenants  2
|   prompts  hello 2
|   plan     <digest 4>
| prod@2 is the head now
|   root      <digest 3>
|   pushed    8 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc rollback prod --tenant acme --yes --who ann
| prod@2 would go back to prod@1 (<time>, the entry before; none below the head is marked good)
|   targets  1 back to what they were
|   tenants  1: acme
|   prompts  hello 1
| prod@3 is the head now
|
| prod@3: 1 target rolled back
|   served   1 suspect digest from <time> to <time>
|   entries  prod@2 to prod@2
|
| [1] pending  histories  mark the turns that 1 suspect prompt wrote for 1 tenant
|     `promptc reconcile prod@3 --done histories-<digest 5>` when it is done
|
| 1 step pending
$ promptc rollback prod --to 1 --yes --who ann
| prod@3 would go back to prod@1 (<time>)
|   targets  1 back to what they were
|   tenants  1: globex
|   prompts  hello 1
| prod@4 is the head now
|
| prod@4: 1 target rolled back
|   served   1 suspect digest from <time> to <time>
|   entries  prod@2 to prod@3
|
| [1] pending  histories  mark the turns that 1 suspect prompt wrote for 1 tenant
|     `promptc reconcile prod@4 --done histories-<digest 6>` when it is done
|
| 1 step pending
$ sed -i 's/^Promise a refund to everybody.$/Be brief and kind./' sources/prompts/hello.prompt.j2
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    2 changed since the last build
|              ~ acme/hello
|              ~ globex/hello
|   findings   0 findings
|   root       <digest 7>
$ promptc promote prod --yes --who bob
| `prod@4` would move to build
|   targets  2 changed
|   tenants  2
|   prompts  hello 2
|   plan     <digest 8>
| prod@5 is the head now
|   root      <digest 7>
|   pushed    11 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc reconcile prod --dry-run
| prod@5: 2 targets moved forward again
|   served   2 replaced digests from <time> to <time>
|   entries  prod@3 to prod@4
|
| [1] pending  histories  mark the turns that 2 replaced prompts wrote for 2 tenants
|     `promptc reconcile prod@5 --done histories-<digest 9>` when it is done
|
| 1 step pending
exit 1
$ promptc history prod
| prod@5  <time>  promote   2 changed from build   bob
| prod@4  <time>  rollback  1 changed from prod@1  ann
| prod@3  <time>  rollback  1 changed from prod@1  ann
| prod@2  <time>  promote   2 changed from build   bob
| prod@1  <time>  promote   2 added from build     ann

=== The contract of a prompt is a part of what a rollback changes

project hello
append pyproject.toml
|
| [tool.promptc.reconcile.contracts]
| consumers = {hello = ["the mail gateway"]}
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc promote prod --new --yes --who ann
| `prod`, which has no entry yet, would move to build
|   targets  2 added
|   tenants  2
|   prompts  hello 2
|   plan     <digest 2>
| prod@1 is the head now
|   root      <digest 1>
|   pushed    10 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ sed -i 's/^  message: .*/&\n  order: {type: string}/' sources/prompts/hello.prompt.j2
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    2 changed since the last build
|              ~ acme/hello
|              ~ globex/hello
|   findings   0 findings
|   root       <digest 3>
$ promptc promote prod --yes --who bob
| `prod@1` would move to build
|   targets  2 changed
|   tenants  2
|   prompts  hello 2
|   plan     <digest 4>
| prod@2 is the head now
|   root      <digest 3>
|   pushed    8 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc rollback prod --yes --who ann
| prod@2 would go back to prod@1 (<time>, the entry before; none below the head is marked good)
|   targets  2 back to what they were
|   tenants  2: acme, globex
|   prompts  hello 2
| prod@3 is the head now
|
| prod@3: 2 targets rolled back
|   served   2 suspect digests from <time> to <time>
|   entries  prod@2 to prod@2
|
| [1] pending  contracts  the contract of `hello` changes for 2 tenants; the mail gateway reads it
|     input order: goes
|     `promptc reconcile prod@3 --done contracts-<digest 5>` when it is done
|
| 1 step pending

=== A prompt that reads another's output is named when that output changes

project hello
file sources/schemas/case.json
| {"type": "object", "properties": {"due": {"type": "string"}}, "required": ["due"], "additionalProperties": false}
file sources/prompts/classify.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}}
| output: {schema: schemas/case.json, strict: true}
| ---
| Sort: {{ input.message }}
file sources/prompts/plan.prompt.j2
| ---
| model: main
| inputs:
|   due: {type: string, reads: classify.output.due, format: date}
| ---
| Plan until {{ input.due }}.
$ promptc check --only W706
| Checked 6 targets of 2 tenants in <time>
|   artifacts  4 distinct, 1 KiB
|   changes    nothing is built yet to compare with
|   findings   1 warning
|   root       <digest 1>
! sources/prompts/plan.prompt.j2:4:30: warning[W706]: `classify.output.due` may be any text, and the form `date` is taken (input `due`)
!   hint: write the same `format` on both sides
!   note: what it reads: sources/schemas/case.json:1:35
!   in:   acme/plan, globex/plan
!
$ promptc build
| Built 6 targets of 2 tenants in <time>
|   artifacts  4 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc promote prod --new --yes --who ann
| `prod`, which has no entry yet, would move to build
|   targets  6 added
|   tenants  2
|   prompts  classify 2, hello 2, plan 2
|   plan     <digest 2>
| prod@1 is the head now
|   root      <digest 1>
|   pushed    11 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ sed -i 's/"due": {"type": "string"}/"due": {"type": "string", "format": "date"}/' sources/schemas/case.json
$ promptc check --only W706
| Checked 6 targets of 2 tenants in <time>
|   artifacts  4 distinct, 1 KiB
|   changes    2 changed since the last build
|   findings   0 findings
|   root       <digest 3>
$ promptc build
| Built 6 targets of 2 tenants in <time>
|   artifacts  4 distinct, 1 KiB
|   changes    2 changed since the last build
|              ~ acme/classify
|              ~ globex/classify
|   findings   0 findings
|   root       <digest 3>
$ promptc promote prod --yes --who bob
| `prod@1` would move to build
|   targets  2 changed
|   tenants  2
|   prompts  classify 2
|   plan     <digest 4>
| prod@2 is the head now
|   root      <digest 3>
|   pushed    7 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc rollback prod --yes --who ann
| prod@2 would go back to prod@1 (<time>, the entry before; none below the head is marked good)
|   targets  2 back to what they were
|   tenants  2: acme, globex
|   prompts  classify 2
| prod@3 is the head now
|
| prod@3: 2 targets rolled back
|   served   1 suspect digest from <time> to <time>
|   entries  prod@2 to prod@2
|
| [1] pending  contracts  the contract of `classify` changes for 2 tenants; `plan` reads it
|     output.schema.properties.due.format: "date" -> nothing
|     `promptc reconcile prod@3 --done contracts-<digest 5>` when it is done
|
| 1 step pending

=== A rollback needs nothing but the registry

project hello
append pyproject.toml
|
| [tool.promptc.reconcile.histories]
| strategy = "drop"
| hook = "desk"
| [tool.promptc.hooks.desk]
| command = ["sh", "-c", "echo dropped"]
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc promote prod --new --yes --who ann
| `prod`, which has no entry yet, would move to build
|   targets  2 added
|   tenants  2
|   prompts  hello 2
|   plan     <digest 2>
| prod@1 is the head now
|   root      <digest 1>
|   pushed    10 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ sed -i 's/^Be brief.$/Promise a refund to everybody./' sources/prompts/hello.prompt.j2
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    2 changed since the last build
|              ~ acme/hello
|              ~ globex/hello
|   findings   0 findings
|   root       <digest 3>
$ promptc promote prod --yes --who bob
| `prod@1` would move to build
|   targets  2 changed
|   tenants  2
|   prompts  hello 2
|   plan     <digest 4>
| prod@2 is the head now
|   root      <digest 3>
|   pushed    8 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ mv .promptc/registry registry && rm -r sources tenants build pyproject.toml .promptc
$ promptc rollback prod --registry registry --yes --who ann
| prod@2 would go back to prod@1 (<time>, the entry before; none below the head is marked good)
|   targets  2 back to what they were
|   tenants  2: acme, globex
|   prompts  hello 2
| prod@3 is the head now
|
| prod@3: 2 targets rolled back
|   served   2 suspect digests from <time> to <time>
|   entries  prod@2 to prod@2
|
| [1] pending  histories  drop the turns that 2 suspect prompts wrote for 2 tenants
|     hook `desk`
|
| 1 step pending; 1 of them by a hook: `promptc reconcile prod@3`
$ promptc reconcile prod --registry registry --who ann
! hook `desk` would run sh -c echo dropped
! error[C022]: nobody is here to be asked
!   hint: look at what is said above, and add `--yes`
exit 2
$ promptc reconcile prod --registry registry --who ann --yes
| prod@3: 2 targets rolled back
|   served   2 suspect digests from <time> to <time>
|   entries  prod@2 to prod@2
|
| [1] done  histories  drop the turns that 2 suspect prompts wrote for 2 tenants
|     done by ann, <time> (hook desk: exits with 0: dropped)
|
| all steps are done or waived
! hook `desk` would run sh -c echo dropped
