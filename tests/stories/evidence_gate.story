The evidence gate: a promote wants evaluations that still hold, of what it moves, by labels.

=== Refused without evidence, with another digest's, another suite's, too few runs, another quantization, and what is too old

project hello
append pyproject.toml
| [tool.promptc.channels.prod.gates]
| evidence = {"*" = ["quality"], "plan=enterprise" = ["safety"]}
file sources/models.yaml
| main: {provider: anthropic, name: claude-sonnet-4-5, quantization: int8}
file sources/cases/hello.yaml
| greeting: {inputs: {message: Hello}}
file sources/suites/quality.yaml
| prompts: [hello]
| runs: 2
| policy: {max_age_days: 30, pass_rate: 0.9}
file sources/suites/safety.yaml
| prompts: [hello]
$ rm tenants/globex.yaml
$ promptc build
| Built 1 target of 1 tenant in <time>
|   artifacts  1 distinct, 0 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc evals plan
| ARTIFACT      SUITE    TARGETS     MODEL                               EVIDENCE
| <digest 2>  quality  acme/hello  anthropic/claude-sonnet-4-5 (int8)  no evidence of the suite `quality`
| <digest 2>  safety   acme/hello  anthropic/claude-sonnet-4-5 (int8)  no evidence of the suite `safety`
! 2 of 2 pairs of artifact and suite lack fresh evidence, for 2 targets of build
$ promptc promote prod --new --yes --who ada
| `prod`, which has no entry yet, would move to build
|   targets  1 added
|   tenants  1
|   prompts  hello 1
|   plan     <digest 3>
| gates
|   says no  evidence  acme/hello: suite `quality`: no evidence of the suite `quality`; plan=enterprise: acme/hello: suite `safety`: no evidence of the suite `safety`
! error[V009]: a gate of `prod` says no: evidence: acme/hello: suite `quality`: no evidence of the suite `quality`; plan=enterprise: acme/hello: suite `safety`: no evidence of the suite `safety`
!   hint: nothing was changed; the gates stand in `[tool.promptc.channels]` of the settings
exit 1
file safety.csv
| artifact,suite,case,passed
| <digest 2>,safety,greeting,pass
$ promptc evals record safety.csv
| <digest 2>  safety  1 of 1 run passed
! 1 record
A suite that is not the one that is asked:
$ promptc promote prod --new --yes --who ada
| `prod`, which has no entry yet, would move to build
|   targets  1 added
|   tenants  1
|   prompts  hello 1
|   plan     <digest 3>
| gates
|   says no  evidence  acme/hello: suite `quality`: no evidence of the suite `quality`, only of safety
! error[V009]: a gate of `prod` says no: evidence: acme/hello: suite `quality`: no evidence of the suite `quality`, only of safety
!   hint: nothing was changed; the gates stand in `[tool.promptc.channels]` of the settings
exit 1
Another quantization:
file fp4.csv
| artifact,suite,case,passed,provider,name,quantization
| <digest 2>,quality,greeting,pass,anthropic,claude-sonnet-4-5,fp4
| <digest 2>,quality,greeting,pass,anthropic,claude-sonnet-4-5,fp4
$ promptc evals record fp4.csv
| <digest 2>  quality  2 of 2 runs passed
! 1 record
$ promptc promote prod --new --yes --who ada
| `prod`, which has no entry yet, would move to build
|   targets  1 added
|   tenants  1
|   prompts  hello 1
|   plan     <digest 3>
| gates
|   says no  evidence  acme/hello: suite `quality`: the quantization was `fp4`, and `int8` is asked
! error[V009]: a gate of `prod` says no: evidence: acme/hello: suite `quality`: the quantization was `fp4`, and `int8` is asked
!   hint: nothing was changed; the gates stand in `[tool.promptc.channels]` of the settings
exit 1
Too few runs:
file one.csv
| artifact,suite,case,passed
| <digest 2>,quality,greeting,pass
$ promptc evals record one.csv
| <digest 2>  quality  1 of 1 run passed
! 1 record
$ promptc promote prod --new --yes --who ada
| `prod`, which has no entry yet, would move to build
|   targets  1 added
|   tenants  1
|   prompts  hello 1
|   plan     <digest 3>
| gates
|   says no  evidence  acme/hello: suite `quality`: 1 of 2 runs
! error[V009]: a gate of `prod` says no: evidence: acme/hello: suite `quality`: 1 of 2 runs
!   hint: nothing was changed; the gates stand in `[tool.promptc.channels]` of the settings
exit 1
Older than the policy: the same record as if it had been written two months ago. (Whoever can write into a registry can.)
file older.py
| import sys, pathlib
| from dataclasses import replace
| from promptc.core.evidence import encode_evidence, read_evidence
| for path in pathlib.Path(".promptc/registry/evidence").rglob("*.json"):
|     record = read_evidence(path.read_bytes(), path.name)
|     if record.suite == "quality" and record.model["quantization"] == "int8":
|         path.chmod(0o644)
|         path.write_bytes(encode_evidence(replace(record, time="2026-01-01T00:00:00Z")))
$ python older.py
$ promptc promote prod --new --yes --who ada
| `prod`, which has no entry yet, would move to build
|   targets  1 added
|   tenants  1
|   prompts  hello 1
|   plan     <digest 3>
| gates
|   says no  evidence  acme/hello: suite `quality`: older than 30 days
! error[V009]: a gate of `prod` says no: evidence: acme/hello: suite `quality`: older than 30 days
!   hint: nothing was changed; the gates stand in `[tool.promptc.channels]` of the settings
exit 1
Enough, and young: it passes.
file two.csv
| artifact,suite,case,passed
| <digest 2>,quality,greeting,pass
| <digest 2>,quality,greeting,pass
$ promptc evals record two.csv
| <digest 2>  quality  2 of 2 runs passed
! 1 record
$ promptc promote prod --new --yes --who ada
| `prod`, which has no entry yet, would move to build
|   targets  1 added
|   tenants  1
|   prompts  hello 1
|   plan     <digest 3>
| gates
|   passes  evidence  1 artifact with fresh evidence
| prod@1 is the head now
|   root      <digest 1>
|   pushed    8 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
The same artifact for another tenant is the same evidence.
$ cp tenants/acme.yaml tenants/twin.yaml
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  1 distinct, 0 KiB
|   changes    1 added since the last build
|              + twin/hello
|   findings   0 findings
|   root       <digest 4>
$ promptc promote prod --yes --who ada
| `prod@1` would move to build
|   targets  1 added
|   tenants  1
|   prompts  hello 1
|   plan     <digest 5>
| gates
|   passes  evidence  1 artifact with fresh evidence
| prod@2 is the head now
|   root      <digest 4>
|   pushed    5 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
Another artifact is not: one word of it changed.
$ sed -i s/brief/terse/ sources/prompts/hello.prompt.j2
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  1 distinct, 0 KiB
|   changes    2 changed since the last build
|              ~ acme/hello
|              ~ twin/hello
|   findings   0 findings
|   root       <digest 6>
$ promptc promote prod --yes --who ada
| `prod@2` would move to build
|   targets  2 changed
|   tenants  2
|   prompts  hello 2
|   plan     <digest 7>
| gates
|   says no  evidence  acme/hello and 1 more: suite `quality`: no evidence of the suite `quality`; plan=enterprise: acme/hello and 1 more: suite `safety`: no evidence of the suite `safety`
! error[V009]: a gate of `prod` says no: evidence: acme/hello and 1 more: suite `quality`: no evidence of the suite `quality`; plan=enterprise: acme/hello and 1 more: suite `safety`: no evidence of the suite `safety`
!   hint: nothing was changed; the gates stand in `[tool.promptc.channels]` of the settings
exit 1
Without the project nobody knows the suites, and the gate stands.
$ promptc push --registry .promptc/registry
| <digest 6>
|   6 blobs pushed (.promptc/registry)
$ rm -r pyproject.toml sources tenants
$ promptc promote prod --registry .promptc/registry --from root:<digest 6> --yes --who ada
| `prod@2` would move to root <digest 6>
|   targets  2 changed
|   tenants  2
|   prompts  hello 2
|   plan     <digest 7>
| gates
|   says no  evidence  suites and cases stand in the project; there is none here
! error[V009]: a gate of `prod` says no: evidence: suites and cases stand in the project; there is none here
!   hint: nothing was changed; the gates stand in `[tool.promptc.channels]` of the settings
exit 1

=== What the settings may say of it

project hello
append pyproject.toml
| [tool.promptc.channels.prod.gates]
| evidence = {"enterprise" = ["quality"]}
$ promptc build
! pyproject.toml:3:1: error[S016]: `enterprise` of the evidence gate of `prod` is no label
!   hint: write `KEY=VALUE`, or `*` for all tenants
!
! Nothing was published: 1 error
! `--keep-going` publishes the targets that compiled, as a root of limited scope
exit 3
file pyproject.toml
| [tool.promptc.channels.prod.gates]
| evidence = {"*" = ["qualty"]}
file sources/suites/quality.yaml
| prompts: [hello]
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc promote prod --new --yes --who ada
| `prod`, which has no entry yet, would move to build
|   targets  2 added
|   tenants  2
|   prompts  hello 2
|   plan     <digest 2>
| gates
|   says no  evidence  there is no suite `qualty`
! error[V009]: a gate of `prod` says no: evidence: there is no suite `qualty`
!   hint: nothing was changed; the gates stand in `[tool.promptc.channels]` of the settings
exit 1

=== Results of two models in one file are two records

project hello
file sources/models.yaml
| main: {provider: anthropic, name: claude-sonnet-4-5, quantization: int8}
file sources/cases/hello.yaml
| greeting: {inputs: {message: Hello}}
file sources/suites/quality.yaml
| prompts: [hello]
| runs: 2
$ rm tenants/globex.yaml
$ promptc build
| Built 1 target of 1 tenant in <time>
|   artifacts  1 distinct, 0 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc evals plan
| ARTIFACT      SUITE    TARGETS     MODEL                               EVIDENCE
| <digest 2>  quality  acme/hello  anthropic/claude-sonnet-4-5 (int8)  no evidence of the suite `quality`
! 1 of 1 pair of artifact and suite lack fresh evidence, for 1 target of build
file mixed.csv
| artifact,suite,case,passed,provider,name,quantization
| <digest 2>,quality,greeting,pass,anthropic,claude-sonnet-4-5,fp4
| <digest 2>,quality,greeting,pass,anthropic,claude-sonnet-4-5,int8
| <digest 2>,quality,greeting,fail,anthropic,claude-sonnet-4-5,fp4
| <digest 2>,quality,greeting,pass,anthropic,claude-sonnet-4-5,int8
$ promptc evals record mixed.csv
| <digest 2>  quality  1 of 2 runs passed
| <digest 2>  quality  2 of 2 runs passed
! 2 records
$ promptc evals plan --runs
| ARTIFACT      SUITE    TARGETS     MODEL                               EVIDENCE
| <digest 2>  quality  acme/hello  anthropic/claude-sonnet-4-5 (int8)  fresh: 2 of 2 passed, 34% to 100%, in 1 record
! 0 of 1 pair of artifact and suite lack fresh evidence, for 1 target of build
$ promptc evals record mixed.csv
! 0 records, 2 recorded before
$ promptc evals record mixed.csv --quantization int8
! 0 records, 1 recorded before
