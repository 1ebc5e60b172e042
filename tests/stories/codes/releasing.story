=== V001: a channel that is not there

project hello
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc promote staging --new --yes --who ann
| `staging`, which has no entry yet, would move to build
|   targets  2 added
|   tenants  2
|   prompts  hello 2
|   plan     <digest 2>
| staging@1 is the head now
|   root      <digest 1>
|   pushed    9 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc history stagin
! error[V001]: the registry `.promptc/registry` has no channel `stagin`
!   hint: did you mean `staging`?
exit 2
$ promptc pin prod
! error[V001]: the registry `.promptc/registry` has no channel `prod`
!   hint: channels are: `staging`
exit 2

=== V002: an entry that is not there

project hello
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
|   pushed    9 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc show acme/hello --at prod@7
! error[V002]: there is no entry `prod@7`
!   hint: `promptc history prod` lists them
exit 2
$ promptc show acme/hello --at prod@2019-01-01
! error[V002]: `prod` had no entry yet at <time>
!   hint: `promptc history prod` lists them with their times
exit 2

=== V003: an entry that somebody edited

project hello
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
|   pushed    9 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ sed -i 's/"ann"/"bob"/' .promptc/registry/channels/prod/entries/1.json
$ promptc history prod
! error[V003]: entry `prod@1` is damaged: its bytes are not what was written
!   hint: `promptc verify` says what is still safe to serve, `promptc verify --repair` restores from another registry
exit 4

=== V004: an entry that was taken out of the history

project hello
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
|   pushed    9 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc mark prod good --who ann
| prod@1 is good, says prod@2
$ promptc mark prod good --who ann --why twice
| prod@2 is good, says prod@3
$ rm .promptc/registry/channels/prod/entries/2.json
$ promptc history prod
! error[V004]: the history of `prod` is broken: the entry before `prod@3` is missing
!   hint: somebody edited the registry by hand; `promptc verify` says what is still safe to serve
exit 4

=== V005: a channel of another registry

project hello
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
|   pushed    9 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc push --registry other
| <digest 1>
|   9 blobs pushed (other)
$ cp -r .promptc/registry/channels/prod other/channels/
$ promptc history prod --registry other
! error[V005]: `prod@1` is of the lineage `<digest 3>…`, and this registry's is `<digest 4>…`
!   hint: it was made with another registry: name that one, or make it anew here
exit 4

=== V006: a channel that has no entry yet

project hello
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc push
| <digest 1>
|   9 blobs pushed (.promptc/registry)
$ promptc promote prod
! error[V006]: `prod` has no entry yet
!   hint: add `--new` to begin it, so that a misspelt name does not become a channel
exit 2

=== V007: a part of a build removes nothing

project hello
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
|   pushed    9 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ echo 'variables: {tone: loud}' >> tenants/acme.yaml
$ promptc build --keep-going
| Built 1 target of 1 tenant in <time>
|   artifacts  1 distinct, 0 KiB
|   changes    none since the last build
|   findings   1 error
|   missing    1 target did not compile and is not in this root
|   root       <digest 3>  (limited scope)
! tenants/acme.yaml:5:1: error[Y001]: key `variables` is given twice, first at 3:1
!   hint: remove one of the two
!   note: first given here: tenants/acme.yaml:3:1
!
exit 3
$ promptc promote prod --remove --yes
! error[V007]: the source is a root of limited scope, which says nothing of the targets that it lacks
!   hint: build without a selection and without `--keep-going`, or leave out `--remove`
exit 2

=== V008: a target that is held

project hello
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
|   pushed    9 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc hold prod acme --who ann --why "until the audit is over"
| 1 target held since prod@2
$ sed -i 's/^Be brief.$/Be brief and exact./' sources/prompts/hello.prompt.j2
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    2 changed since the last build
|              ~ acme/hello
|              ~ globex/hello
|   findings   0 findings
|   root       <digest 3>
$ promptc promote prod --yes
! error[V008]: `acme/hello` is held since `prod@2` (until the audit is over)
!   hint: `promptc unhold prod acme/hello` lets it go; `--skip-held` promotes the others
exit 1
$ promptc promote prod --yes --skip-held --who ann
| `prod@2` would move to build
|   targets  1 changed
|   tenants  1
|   prompts  hello 1
|   held     1 target left out
|   plan     <digest 4>
| prod@3 is the head now
|   root      <digest 5>
|   pushed    6 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc unhold prod acme/hello --who ann
| 0 targets still held at prod@4
$ promptc promote prod --yes --who ann
| `prod@4` would move to build
|   targets  1 changed
|   tenants  1
|   prompts  hello 1
|   plan     <digest 6>
| prod@5 is the head now
|   root      <digest 3>
|   pushed    4 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all

=== V010: nothing is left to do

project hello
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
|   pushed    9 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc unhold prod
! note[V010]: nothing of that is held in `prod`; `promptc channels` counts what is

=== V011: a registry that is not there

project hello
$ promptc history prod
! error[V011]: there is no registry at `.promptc/registry`
!   hint: `promptc promote CHANNEL --new` or `promptc push` makes it
exit 2
$ promptc history prod --registry sources
! error[V011]: there is no registry at `sources`
!   hint: `promptc promote CHANNEL --new` or `promptc push` makes it
exit 2
$ promptc history prod --registry ftp://example.org/prompts
! error[V011]: this promptc opens no registry at `ftp://`
!   hint: name a folder; other kinds come with an extra (docs/registry.md)
exit 2

=== V012: another plan than was approved

project hello
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc promote prod --new --yes --expect 0123456789abcdef
! error[V012]: the plan is `<digest 2>…`, and `<digest 3>` was expected
!   hint: what would move is not what was approved: look at `promptc diff` again
exit 1

=== V013: what was revoked does not come back

project hello
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
|   pushed    9 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc list
| TARGET        LABELS           OWNER  MODEL                        SIZE        DIGEST
| acme/hello    plan=enterprise         anthropic/claude-sonnet-4-5     0.3 KiB  <digest 3>
| globex/hello  plan=free               anthropic/claude-sonnet-4-5     0.3 KiB  <digest 4>
! 2 targets, 2 distinct artifacts
$ promptc revoke <digest 3> --why "it promised refunds" --who ann
| <digest 3>… is revoked (revoked@1)
$ sed -i 's/^Be brief.$/Be brief and exact./' sources/prompts/hello.prompt.j2
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    2 changed since the last build
|              ~ acme/hello
|              ~ globex/hello
|   findings   0 findings
|   root       <digest 5>
$ promptc promote prod --yes --who ann
| `prod@1` would move to build
|   targets  2 changed
|   tenants  2
|   prompts  hello 2
|   plan     <digest 6>
| prod@2 is the head now
|   root      <digest 5>
|   pushed    8 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc promote prod --from prod@1 --yes --who ann
! error[V013]: `<digest 3>…` was revoked by ann: it promised refunds
!   hint: build it anew without what was wrong with it, or lift it with `promptc revoke --lift <digest 3>…`
exit 1
$ promptc revoke <digest 3> --lift --who ann
| <digest 3>… may be served again (revoked@2)
$ promptc promote prod --from prod@1 --yes --who ann
| `prod@2` would move to prod@1
|   targets  2 changed
|   tenants  2
|   prompts  hello 2
|   plan     <digest 7>
| prod@3 is the head now
|   root      <digest 1>
|   pushed    0 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all

=== V017: no name of a channel

project hello
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc promote Prod! --new --yes
! error[V017]: `Prod!` is no name of a channel
!   hint: use up to 64 small letters, digits, `-`, `_` and `.`, as in `prod`
exit 2
$ promptc promote prod --new --yes --who ann
| `prod`, which has no entry yet, would move to build
|   targets  2 added
|   tenants  2
|   prompts  hello 2
|   plan     <digest 2>
| prod@1 is the head now
|   root      <digest 1>
|   pushed    9 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc pin prod --as "Billing Team"
! error[V017]: `service/Billing Team` is no name of a service
!   hint: use up to 64 small letters, digits, `-`, `_` and `.`, as in `prod`
exit 2

=== V018: no plan

project hello
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc promote prod --new --plan plan.json
| `prod`, which has no entry yet, would move to build
|   targets  2 added
|   tenants  2
|   prompts  hello 2
|   plan     <digest 2>
! written to plan.json; `promptc promote plan.json` does it
$ promptc promote nosuch.json --yes
! error[V018]: there is no plan file `nosuch.json`
!   hint: `--plan FILE` writes one
exit 2
$ sed -i 's/acme/acne/' plan.json
$ promptc promote plan.json --yes
! error[V018]: `plan.json` is no plan, or was edited
!   hint: `promptc promote CHANNEL --plan FILE` writes one; what it says can't be changed by hand
exit 2

=== V019: words that name nothing in a channel

project hello
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
|   pushed    9 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc hold prod acne
! error[V019]: no root here has a tenant `acne`
!   hint: did you mean `acme`?
exit 2
$ promptc hold prod label:plan=fre
! error[V019]: no tenant has the label `plan=fre`
!   hint: did you mean `plan=free`?
exit 2
$ promptc show acme/helo --at prod
! error[V019]: `prod@1` has no target `acme/helo`
!   hint: it has `acme/hello`
exit 2

=== N002: a plan whose target moved meanwhile

project hello
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
|   pushed    9 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ sed -i 's/^Be brief.$/Be brief and exact./' sources/prompts/hello.prompt.j2
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    2 changed since the last build
|              ~ acme/hello
|              ~ globex/hello
|   findings   0 findings
|   root       <digest 3>
$ promptc promote prod acme --plan plan.json
| `prod@1` would move to build
|   targets     1 changed
|   tenants     1
|   prompts     hello 1
|   not chosen  1 other target differs
|   plan        <digest 4>
! written to plan.json; `promptc promote plan.json` does it
$ sed -i 's/^Be brief and exact.$/Be kind./' sources/prompts/hello.prompt.j2
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    2 changed since the last build
|              ~ acme/hello
|              ~ globex/hello
|   findings   0 findings
|   root       <digest 5>
$ promptc promote prod acme --yes --who bob
| `prod@1` would move to build
|   targets     1 changed
|   tenants     1
|   prompts     hello 1
|   not chosen  1 other target differs
|   plan        <digest 6>
| prod@2 is the head now
|   root      <digest 7>
|   pushed    6 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc promote plan.json --yes --who ann
| `prod@1` would move to build
|   targets  1 changed
|   tenants  1
|   prompts  hello 1
|   plan     <digest 4>
! error[N002]: `acme/hello` moved since the plan was made in `prod@2` by bob
!   hint: look at `promptc history prod acme/hello`, and plan again
exit 5

=== K001: a pin that was edited by hand

project hello
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
|   pushed    9 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc pin prod
| promptc.lock is written: prod@1
|   root      <digest 1>
|   registry  .promptc/registry
$ sed -i 's/"entry": 1/"entry": 2/' promptc.lock
$ promptc pin --check
! error[K001]: `promptc.lock` is no pin: it does not have the digest that it names, so it was edited by hand
!   hint: `promptc pin CHANNEL -o FILE` writes one; nothing is served by this one
exit 4
$ promptc pin prod
! error[K001]: `promptc.lock` is no pin: it does not have the digest that it names, so it was edited by hand
!   hint: take `promptc.lock` away first, or name another file with `-o`
exit 4
$ rm promptc.lock
$ promptc pin prod
| promptc.lock is written: prod@1
|   root      <digest 1>
|   registry  .promptc/registry
$ sed -i '1i <<<<<<< ours' promptc.lock
$ promptc pin --check
! error[K001]: `promptc.lock` is no pin: it has the marks of a merge that was not finished
!   hint: `promptc pin CHANNEL -o FILE` writes one; nothing is served by this one
exit 4

=== K002: no pin file

project hello
$ promptc pin --check
! error[K002]: there is no pin file `promptc.lock`
!   hint: `promptc pin CHANNEL -o FILE` writes one
exit 4
$ promptc pin --update -o other.lock
! error[K002]: there is no pin file `other.lock`
!   hint: `promptc pin CHANNEL -o FILE` writes one
exit 4

=== K003: a pin whose artifact is gone

project hello
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
|   pushed    9 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc pin prod
| promptc.lock is written: prod@1
|   root      <digest 1>
|   registry  .promptc/registry
$ promptc pin --check
| promptc.lock is whole: prod@1
|   root  <digest 1>
|   read  2 targets, 2 artifacts
$ rm .promptc/registry/blobs/packs/*
$ promptc pin --check
! error[K003]: the pin's root can't be served: `<digest 1>` is missing
!   hint: `promptc verify --repair` restores it; until then a service serves what it has verified before
exit 4

=== K004: a pin that the history does not know

project hello
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
|   pushed    9 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc pin prod
| promptc.lock is written: prod@1
|   root      <digest 1>
|   registry  .promptc/registry
$ rm -r .promptc/registry/channels
$ sed -i 's/^Be brief.$/Be brief and exact./' sources/prompts/hello.prompt.j2
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    2 changed since the last build
|              ~ acme/hello
|              ~ globex/hello
|   findings   0 findings
|   root       <digest 3>
$ promptc promote prod --new --yes --who ann
| `prod`, which has no entry yet, would move to build
|   targets  2 added
|   tenants  2
|   prompts  hello 2
|   plan     <digest 4>
| prod@1 is the head now
|   root      <digest 3>
|   pushed    8 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc pin --check
! error[K004]: the pin names the root `<digest 1>…`, and `prod@1` has `<digest 3>…`
!   hint: the pin was not made from this registry's history; write it anew with `promptc pin CHANNEL`
exit 4

=== K005: a pin of a newer promptc

project hello
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
|   pushed    9 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc pin prod
| promptc.lock is written: prod@1
|   root      <digest 1>
|   registry  .promptc/registry
$ sed -i 's,promptc.pin/1,promptc.pin/2,' promptc.lock
$ promptc pin --check
! error[K005]: `promptc.lock`: the format `promptc.pin/2` is not known to this promptc
!   hint: it was written by a newer promptc: upgrade this one
exit 4

=== K006: a pin that is behind its channel

project hello
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
|   pushed    9 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc pin prod
| promptc.lock is written: prod@1
|   root      <digest 1>
|   registry  .promptc/registry
$ promptc pin --check --fresh
| promptc.lock is whole: prod@1
|   root   <digest 1>
|   read   2 targets, 2 artifacts
|   fresh  prod@1 serves the same
$ sed -i 's/^Be brief.$/Be brief and exact./' sources/prompts/hello.prompt.j2
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    2 changed since the last build
|              ~ acme/hello
|              ~ globex/hello
|   findings   0 findings
|   root       <digest 3>
$ promptc promote prod --yes --who ann
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
$ promptc pin --check
| promptc.lock is whole: prod@1
|   root  <digest 1>
|   read  2 targets, 2 artifacts
$ promptc pin --check --fresh
! error[K006]: the pin is 1 entry behind `prod@2`, which serves 2 targets otherwise
!   hint: `promptc diff prod@1 prod@2` shows them, `promptc pin --update` takes them over
exit 1
$ promptc pin --update acme/hello
| promptc.lock moved: prod@1
|   root        <digest 1>
|   registry    .promptc/registry
|   exceptions  acme/hello
|   moved       1 target: acme/hello
$ promptc pin --check --fresh
! error[K006]: the pin is 1 entry behind `prod@2`, which serves 1 target otherwise
!   hint: `promptc diff prod@1 prod@2` shows them, `promptc pin --update` takes them over
exit 1
$ promptc pin --update
| promptc.lock moved: prod@2
|   root      <digest 3>
|   registry  .promptc/registry
|   moved     1 target: globex/hello
$ promptc pin --check --fresh
| promptc.lock is whole: prod@2
|   root   <digest 3>
|   read   2 targets, 2 artifacts
|   fresh  prod@2 serves the same

=== K007: a pin that needs what the service lacks

project hello
$ promptc build && promptc promote prod --new --yes --who ann --registry registry && promptc pin prod --registry registry
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
| `prod`, which has no entry yet, would move to build
|   targets  2 added
|   tenants  2
|   prompts  hello 2
|   plan     <digest 2>
| prod@1 is the head now
|   root      <digest 1>
|   pushed    9 blobs
|   registry  registry
| promptc.lock is written: prod@1
|   root      <digest 1>
|   registry  registry
file provides.json
| {"tools": [], "prompts": {"hello": []}}
$ promptc pin --check --provides provides.json
! error[K007]: the service lacks the input `message` of `hello`, which `acme/hello` needs
!   hint: deploy a service that has it, or pin an entry that does not need it
exit 1
file provides.json
| {"tools": ["refund"], "prompts": {"hello": ["message"]}}
$ promptc pin --check --provides provides.json
| promptc.lock is whole: prod@1
|   root  <digest 1>
|   read  2 targets, 2 artifacts

=== K008: a file that does not say what a service has

project hello
$ promptc build && promptc promote prod --new --yes --who ann --registry registry && promptc pin prod --registry registry
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
| `prod`, which has no entry yet, would move to build
|   targets  2 added
|   tenants  2
|   prompts  hello 2
|   plan     <digest 2>
| prod@1 is the head now
|   root      <digest 1>
|   pushed    9 blobs
|   registry  registry
| promptc.lock is written: prod@1
|   root      <digest 1>
|   registry  registry
file provides.json
| {"tools": "all"}
$ promptc pin --check --provides provides.json
! error[K008]: `provides.json` does not say what a service has
!   hint: write `{"tools": ["NAME"], "prompts": {"PROMPT": ["INPUT"]}}`; leave out what it does not say
exit 2
$ promptc pin --provides provides.json prod
! error[C001]: --update and --check exclude each other; --fresh and --provides go with --check, --fallback with neither
!   hint: try `promptc pin --help`
exit 2

=== G010: sources of then that are nowhere any more

project hello
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
|   pushed    9 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc explain acme/hello tone --at prod
| acme  tone = "neutral"
|
| ▸ default  sources/variables.yaml:2:1  "neutral"
|
| chain    base › acme
| read by  hello  sources/prompts/hello.prompt.j2:9
$ sed -i 's/^Be brief.$/Be brief and exact./' sources/prompts/hello.prompt.j2
$ promptc explain acme/hello tone --at prod
! error[G010]: what `prod@1` was built of is not all here: `sources/prompts/hello.prompt.j2`
!   hint: it was built of no commit
exit 2
$ promptc show acme/hello --at prod
| acme/hello  <digest 3>
|   model   anthropic/claude-sonnet-4-5
|   inputs  message  text  required
|
| ── system ──────────────────────────────────────────────────────────────────
| You answer for Acme Care in a neutral tone.
| Be brief.
|
| ── user ────────────────────────────────────────────────────────────────────
| ⟦input.message⟧

=== C022: nobody is there to say yes

project hello
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc promote prod --new
| `prod`, which has no entry yet, would move to build
|   targets  2 added
|   tenants  2
|   prompts  hello 2
|   plan     <digest 2>
|
| new: acme/hello
| new: globex/hello
! error[C022]: nobody is here to be asked
!   hint: look at what is said above, and add `--yes`
exit 2

=== V009: a gate that says no

project hello
append pyproject.toml
|
| [tool.promptc.channels.prod.gates]
| checks = "clean"
| approvals = ["bob", "eve"]
| command = ["python3", "smoke.py"]
file smoke.py
| import json, sys
| plan = json.load(sys.stdin)
| print(f"{len(plan['moves'])} targets of {plan['channel']} answered")
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
| gates
|   says no  checks     0 errors and 1 warning
|   says no  approvals  0 of 2 approvals of bob, eve; `promptc approve <digest 2>` gives one
|   passes   command    `python3 smoke.py` exits with 0: 2 targets of prod answered
! error[V009]: a gate of `prod` says no: checks: 0 errors and 1 warning; approvals: 0 of 2 approvals of bob, eve; `promptc approve <digest 2>` gives one
!   hint: nothing was changed; the gates stand in `[tool.promptc.channels]` of the settings
exit 1
append pyproject.toml
|
| [tool.promptc.checks]
| W401 = "off"
$ promptc approve <digest 2> --who bob
| bob approves the plan <digest 2>
$ promptc approve <digest 2> --who bob
! note[V010]: bob has approved that plan already; nothing was changed
$ promptc promote prod --new --yes --who eve
| `prod`, which has no entry yet, would move to build
|   targets  2 added
|   tenants  2
|   prompts  hello 2
|   plan     <digest 2>
| gates
|   passes   checks     0 errors and 0 warnings
|   says no  approvals  1 of 2 approvals of bob, eve (bob); `promptc approve <digest 2>` gives one
|   passes   command    `python3 smoke.py` exits with 0: 2 targets of prod answered
! error[V009]: a gate of `prod` says no: approvals: 1 of 2 approvals of bob, eve (bob); `promptc approve <digest 2>` gives one
!   hint: nothing was changed; the gates stand in `[tool.promptc.channels]` of the settings
exit 1
$ promptc promote prod --new --plan plan.json
| `prod`, which has no entry yet, would move to build
|   targets  2 added
|   tenants  2
|   prompts  hello 2
|   plan     <digest 2>
! written to plan.json; `promptc promote plan.json` does it
$ promptc approve plan.json --who eve --why "read all of it"
| eve approves the plan <digest 2>
$ promptc promote prod --new --yes --who ann
| `prod`, which has no entry yet, would move to build
|   targets  2 added
|   tenants  2
|   prompts  hello 2
|   plan     <digest 2>
| gates
|   passes  checks     0 errors and 0 warnings
|   passes  approvals  2 of 2 approvals of bob, eve (bob, eve)
|   passes  command    `python3 smoke.py` exits with 0: 2 targets of prod answered
| prod@1 is the head now
|   root      <digest 1>
|   pushed    1 blob
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all

=== V020: nothing to go back to

project hello
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
|   pushed    9 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc rollback prod --yes
! error[V020]: `prod` never served anything else than it does now
!   hint: there is nothing to go back to; `promptc promote` moves it to something else
exit 2
$ promptc rollback prod --to 1 --yes
! error[V020]: `prod@1` is not below the head, which is `prod@1`
!   hint: `promptc history prod` lists what there was
exit 2

=== V021: an entry without a manifest

project hello
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
|   pushed    9 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc reconcile prod
! error[V021]: `prod` has nothing to reconcile: no rollback manifest belongs to it
!   hint: `promptc history prod` shows the rollbacks
exit 2

=== V022: no such step

project hello
append pyproject.toml
|
| [tool.promptc.reconcile.histories]
| strategy = "drop"
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
$ sed -i 's/^Be brief.$/Promise a refund./' sources/prompts/hello.prompt.j2
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
| [1] pending  histories  drop the turns that 2 suspect prompts wrote for 2 tenants
|     `promptc reconcile prod@3 --done histories-<digest 5>` when it is done
|
| 1 step pending
$ promptc reconcile prod --done history --who ann
! error[V022]: `prod@3` has no step `history`
!   hint: did you mean `histories`?
exit 2

=== V071: a file that is no private key

project hello
$ promptc build && promptc promote prod --new --yes --who ann --registry registry
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
| `prod`, which has no entry yet, would move to build
|   targets  2 added
|   tenants  2
|   prompts  hello 2
|   plan     <digest 2>
| prod@1 is the head now
|   root      <digest 1>
|   pushed    9 blobs
|   registry  registry
$ promptc sign prod --key pyproject.toml --registry registry
! error[V071]: `pyproject.toml` is no private key of promptc
!   hint: `promptc keys new FILE` makes one; it is PEM, Ed25519, without a password
exit 2
$ promptc sign prod --registry registry
! error[C001]: missing option `--key`
!   hint: try `promptc sign --help`
exit 2
$ promptc keys new key.pem | cut -c1-3
| key
|   t
$ promptc keys new key.pem
! error[D009]: `key.pem` is there already
!   hint: choose another name, or remove it first
exit 5
$ promptc keys public key.pem | wc -c
| 65
$ promptc sign prod --key key.pem --registry registry | sed 's/by [0-9a-f]*/by KEY/'
| prod@1 is signed by KEY until <time>
|   and 1 build record
