=== X020: suite that can't be used

project hello
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc evals plan
! error[X020]: no suite is declared
!   hint: suites stand in sources/suites/NAME.yaml; docs/evals.md has a sample
exit 2
file sources/suites/quality.yaml
| prompts: [hello]
| runs: often
$ promptc evals plan
! error[X020]: the suite sources/suites/quality.yaml can't be read: `runs` must be an integer, and this is text
!   hint: `promptc check` says where
exit 3
file sources/suites/quality.yaml
| prompts: [hello]
| cases: [greeting]
$ promptc evals plan
! error[X020]: the suite `quality` names the case `greeting`, which none of its prompts has
!   hint: cases of `hello` stand in sources/cases/hello.yaml
exit 3

=== X021: traffic that can't be read

project hello
file sources/cases/hello.yaml
| greeting: {inputs: {message: Hello}}
file sources/suites/quality.yaml
| prompts: [hello]
| traffic: traffic.jsonl
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc evals plan
! error[X021]: the traffic `traffic.jsonl` can't be read: no such file or directory
!   hint: one JSON object a line; docs/evals.md has a sample
exit 3

=== X022: results that can't be recorded

project hello
file sources/cases/hello.yaml
| greeting: {inputs: {message: Hello}}
file sources/suites/quality.yaml
| prompts: [hello]
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
file results.csv
| artifact,suite,case,passed
| abc,quality,greeting,true
$ promptc evals record results.csv
! error[X022]: the results `results.csv` can't be recorded: `abc` is no artifact's digest
!   hint: promptfoo's JSON of an exported configuration, JUnit or CSV; docs/evals.md shows each
exit 3
file results.json
| {"results": 3}
$ promptc evals record results.json
! error[X022]: the results `results.json` can't be recorded: it can't be read ('int' object is not iterable)
!   hint: promptfoo's JSON of an exported configuration, JUnit or CSV; docs/evals.md shows each
exit 3

=== X023: damaged evidence

project hello
file sources/cases/hello.yaml
| greeting: {inputs: {message: Hello}}
file sources/suites/quality.yaml
| prompts: [hello]
$ rm tenants/globex.yaml
$ promptc build
| Built 1 target of 1 tenant in <time>
|   artifacts  1 distinct, 0 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc evals plan --format json
| {
|   "format": "promptc.evals-plan/1",
|   "moment": "build",
|   "needs": [
|     {
|       "artifact": "<digest 2>",
|       "suite": "quality",
|       "fresh": false,
|       "lacks": [
|         "no evidence of the suite `quality`"
|       ],
|       "targets": [
|         "acme/hello"
|       ],
|       "cases": [
|         "greeting"
|       ],
|       "model": {
|         "provider": "anthropic",
|         "name": "claude-sonnet-4-5"
|       },
|       "passed": 0,
|       "runs": 0,
|       "records": 0,
|       "again": 0,
|       "interval": [
|         0.0,
|         1.0
|       ],
|       "last": "",
|       "share": null
|     }
|   ]
| }
file results.csv
| artifact,suite,case,passed
| <digest 2>,quality,greeting,false
$ promptc evals record results.csv
| <digest 2>  quality  0 of 1 run passed
! 1 record
$ sed -i 's/\[0,1\]/[1,1]/' .promptc/registry/evidence/*/*.json
$ promptc evals plan 2>&1 | sed 's/evidence[^ ]*json/FILE/'
| error[X023]: the evidence `FILE` is damaged: its bytes have another digest
|   hint: remove the file, and record the results again

=== X024: results of something else

project hello
file sources/cases/hello.yaml
| greeting: {inputs: {message: Hello}}
file sources/suites/quality.yaml
| prompts: [hello]
$ rm tenants/globex.yaml
$ promptc build
| Built 1 target of 1 tenant in <time>
|   artifacts  1 distinct, 0 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc evals plan --format json
| {
|   "format": "promptc.evals-plan/1",
|   "moment": "build",
|   "needs": [
|     {
|       "artifact": "<digest 2>",
|       "suite": "quality",
|       "fresh": false,
|       "lacks": [
|         "no evidence of the suite `quality`"
|       ],
|       "targets": [
|         "acme/hello"
|       ],
|       "cases": [
|         "greeting"
|       ],
|       "model": {
|         "provider": "anthropic",
|         "name": "claude-sonnet-4-5"
|       },
|       "passed": 0,
|       "runs": 0,
|       "records": 0,
|       "again": 0,
|       "interval": [
|         0.0,
|         1.0
|       ],
|       "last": "",
|       "share": null
|     }
|   ]
| }
file results.csv
| artifact,suite,case,passed
| sha256:0000000000000000000000000000000000000000000000000000000000000000,quality,greeting,true
$ promptc evals record results.csv
! error[X024]: nothing here serves `sha256:000000000000` with the suite `quality`
!   hint: name the channel that was evaluated with `--channel`, or the suite as it is declared
exit 2
file results.csv
| artifact,suite,case,passed
| <digest 2>,quality,farewell,true
$ promptc evals record results.csv
! error[X024]: the suite `quality` has no case `farewell` for `<digest 2>`
!   hint: results name cases as sources/cases does
exit 2

=== X025: nothing to export

project hello
file sources/cases/hello.yaml
| greeting: {inputs: {message: Hello}}
file sources/suites/quality.yaml
| prompts: [hello]
$ rm tenants/globex.yaml
$ promptc build
| Built 1 target of 1 tenant in <time>
|   artifacts  1 distinct, 0 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc evals plan --format json
| {
|   "format": "promptc.evals-plan/1",
|   "moment": "build",
|   "needs": [
|     {
|       "artifact": "<digest 2>",
|       "suite": "quality",
|       "fresh": false,
|       "lacks": [
|         "no evidence of the suite `quality`"
|       ],
|       "targets": [
|         "acme/hello"
|       ],
|       "cases": [
|         "greeting"
|       ],
|       "model": {
|         "provider": "anthropic",
|         "name": "claude-sonnet-4-5"
|       },
|       "passed": 0,
|       "runs": 0,
|       "records": 0,
|       "again": 0,
|       "interval": [
|         0.0,
|         1.0
|       ],
|       "last": "",
|       "share": null
|     }
|   ]
| }
file results.csv
| artifact,suite,case,passed
| <digest 2>,quality,greeting,true
$ promptc evals record results.csv
| <digest 2>  quality  1 of 1 run passed
! 1 record
$ promptc evals export
! error[X025]: nothing lacks evidence, so there is nothing to export
!   hint: `--all` exports what is fresh, too
exit 2
