Evidence: evaluations that are bound to what was evaluated, and refused for anything else.

=== Two tenants, one suite: what lacks, what is recorded, what is fresh

project hello
file sources/models.yaml
| main: {provider: anthropic, name: claude-sonnet-4-5, revision: "20250929", quantization: int8}
file sources/cases/hello.yaml
| greeting:
|   inputs: {message: Hello}
| refund:
|   inputs: {message: I want my money back}
file sources/suites/quality.yaml
| description: What a person would call a good answer.
| prompts: [hello]
| judge: exact
| runs: 2
| policy: {max_age_days: 30, pass_rate: 0.75}
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc evals plan
| ARTIFACT      SUITE    TARGETS       MODEL                                         EVIDENCE
| <digest 2>  quality  acme/hello    anthropic/claude-sonnet-4-5 (20250929, int8)  no evidence of the suite `quality`
| <digest 3>  quality  globex/hello  anthropic/claude-sonnet-4-5 (20250929, int8)  no evidence of the suite `quality`
! 2 of 2 pairs of artifact and suite lack fresh evidence, for 2 targets of build
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
|         "greeting",
|         "refund"
|       ],
|       "model": {
|         "provider": "anthropic",
|         "name": "claude-sonnet-4-5",
|         "revision": "20250929",
|         "quantization": "int8"
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
|     },
|     {
|       "artifact": "<digest 3>",
|       "suite": "quality",
|       "fresh": false,
|       "lacks": [
|         "no evidence of the suite `quality`"
|       ],
|       "targets": [
|         "globex/hello"
|       ],
|       "cases": [
|         "greeting",
|         "refund"
|       ],
|       "model": {
|         "provider": "anthropic",
|         "name": "claude-sonnet-4-5",
|         "revision": "20250929",
|         "quantization": "int8"
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
| <digest 2>,quality,greeting,true
| <digest 2>,quality,refund,true
| <digest 2>,quality,refund,false
$ promptc evals record results.csv
| <digest 2>  quality  3 of 4 runs passed
! 1 record
$ promptc evals plan --runs
| ARTIFACT      SUITE    TARGETS       MODEL                                         EVIDENCE
| <digest 3>  quality  globex/hello  anthropic/claude-sonnet-4-5 (20250929, int8)  no evidence of the suite `quality`
| <digest 2>  quality  acme/hello    anthropic/claude-sonnet-4-5 (20250929, int8)  fresh: 3 of 4 passed, 30% to 95%, in 1 record
! 1 of 2 pairs of artifact and suite lack fresh evidence, for 2 targets of build

The same artifact serves another tenant: it is evaluated once.

$ cp tenants/acme.yaml tenants/twin.yaml
$ promptc build
| Built 3 targets of 3 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    1 added since the last build
|              + twin/hello
|   findings   0 findings
|   root       <digest 4>
$ promptc evals plan --runs
| ARTIFACT      SUITE    TARGETS                MODEL                                         EVIDENCE
| <digest 3>  quality  globex/hello           anthropic/claude-sonnet-4-5 (20250929, int8)  no evidence of the suite `quality`
| <digest 2>  quality  acme/hello and 1 more  anthropic/claude-sonnet-4-5 (20250929, int8)  fresh: 3 of 4 passed, 30% to 95%, in 1 record
! 1 of 2 pairs of artifact and suite lack fresh evidence, for 3 targets of build

Recording the same file again makes nothing of it, and what has no answer is not counted.

$ promptc evals record results.csv
! 0 records, 1 recorded before

Older than the policy allows:

$ promptc evals plan --runs --at 2099-01-01T00:00Z
| ARTIFACT      SUITE    TARGETS                MODEL                                         EVIDENCE
| <digest 2>  quality  acme/hello and 1 more  anthropic/claude-sonnet-4-5 (20250929, int8)  older than 30 days
| <digest 3>  quality  globex/hello           anthropic/claude-sonnet-4-5 (20250929, int8)  no evidence of the suite `quality`
! 2 of 2 pairs of artifact and suite lack fresh evidence, for 3 targets of build

Evidence of one artifact says nothing of another: two of its words changed.

$ sed -i 's/Be brief./Be very brief./' sources/prompts/hello.prompt.j2
$ promptc build
| Built 3 targets of 3 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    3 changed since the last build
|              ~ acme/hello
|              ~ globex/hello
|              ~ twin/hello
|   findings   0 findings
|   root       <digest 5>
$ promptc evals plan --exit-code
| ARTIFACT      SUITE    TARGETS                MODEL                                         EVIDENCE
| <digest 6>  quality  acme/hello and 1 more  anthropic/claude-sonnet-4-5 (20250929, int8)  no evidence of the suite `quality`
| <digest 7>  quality  globex/hello           anthropic/claude-sonnet-4-5 (20250929, int8)  no evidence of the suite `quality`
! 2 of 2 pairs of artifact and suite lack fresh evidence, for 3 targets of build
exit 1

=== Another quantization, too few runs, another suite, another set of cases

project hello
file sources/models.yaml
| main: {provider: anthropic, name: claude-sonnet-4-5, quantization: int8}
file sources/cases/hello.yaml
| greeting: {inputs: {message: Hello}}
file sources/suites/quality.yaml
| prompts: [hello]
| runs: 3
file sources/suites/safety.yaml
| prompts: [hello]
$ rm tenants/globex.yaml
$ promptc build
| Built 1 target of 1 tenant in <time>
|   artifacts  1 distinct, 0 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc evals plan --format json --suite safety
| {
|   "format": "promptc.evals-plan/1",
|   "moment": "build",
|   "needs": [
|     {
|       "artifact": "<digest 2>",
|       "suite": "safety",
|       "fresh": false,
|       "lacks": [
|         "no evidence of the suite `safety`"
|       ],
|       "targets": [
|         "acme/hello"
|       ],
|       "cases": [
|         "greeting"
|       ],
|       "model": {
|         "provider": "anthropic",
|         "name": "claude-sonnet-4-5",
|         "quantization": "int8"
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
file other-quantization.csv
| artifact,suite,case,passed,provider,name,quantization
| <digest 2>,quality,greeting,pass,anthropic,claude-sonnet-4-5,fp4
| <digest 2>,quality,greeting,pass,anthropic,claude-sonnet-4-5,fp4
| <digest 2>,quality,greeting,pass,anthropic,claude-sonnet-4-5,fp4
$ promptc evals record other-quantization.csv
| <digest 2>  quality  3 of 3 runs passed
! 1 record
$ promptc evals plan
| ARTIFACT      SUITE    TARGETS     MODEL                               EVIDENCE
| <digest 2>  quality  acme/hello  anthropic/claude-sonnet-4-5 (int8)  the quantization was `fp4`, and `int8` is asked
| <digest 2>  safety   acme/hello  anthropic/claude-sonnet-4-5 (int8)  no evidence of the suite `safety`, only of quality
! 2 of 2 pairs of artifact and suite lack fresh evidence, for 2 targets of build
file few.xml
| <testsuite>
|   <testcase classname="quality.<digest 2>" name="greeting"/>
|   <testcase classname="quality.<digest 2>" name="greeting"><error message="no answer"/></testcase>
| </testsuite>
$ promptc evals record few.xml
| <digest 2>  quality  1 of 1 run passed
! 1 record, 1 run without an answer not counted
$ promptc evals plan
| ARTIFACT      SUITE    TARGETS     MODEL                               EVIDENCE
| <digest 2>  quality  acme/hello  anthropic/claude-sonnet-4-5 (int8)  1 of 3 runs
| <digest 2>  safety   acme/hello  anthropic/claude-sonnet-4-5 (int8)  no evidence of the suite `safety`, only of quality
! 2 of 2 pairs of artifact and suite lack fresh evidence, for 2 targets of build

Running again until it passes shows: all runs count together, those that were declared and those that were not.

file again.csv
| artifact,suite,case,passed
| <digest 2>,quality,greeting,fail
| <digest 2>,quality,greeting,fail
| <digest 2>,quality,greeting,pass
| <digest 2>,quality,greeting,pass
$ promptc evals record again.csv
| <digest 2>  quality  2 of 4 runs passed
! 1 record
$ promptc evals plan --runs
| ARTIFACT      SUITE    TARGETS     MODEL                               EVIDENCE
| <digest 2>  safety   acme/hello  anthropic/claude-sonnet-4-5 (int8)  no evidence of the suite `safety`, only of quality
| <digest 2>  quality  acme/hello  anthropic/claude-sonnet-4-5 (int8)  fresh: 3 of 5 passed, 23% to 88%, in 2 records, 2 more than declared
! 1 of 2 pairs of artifact and suite lack fresh evidence, for 2 targets of build
$ promptc evals discriminate --days 0
| SUITE    CASE      PASSED  ARTIFACTS  SINCE
| quality  greeting  6 of 8  1          0 days
! 0 cases of 1 tell nothing apart any more
append sources/cases/hello.yaml
| refund: {inputs: {message: I want my money back}}
$ promptc build
| Built 1 target of 1 tenant in <time>
|   artifacts  1 distinct, 0 KiB
|   changes    none since the last build
|   findings   0 findings
|   root       <digest 1>
$ promptc evals plan --suite quality
| ARTIFACT      SUITE    TARGETS     MODEL                               EVIDENCE
| <digest 2>  quality  acme/hello  anthropic/claude-sonnet-4-5 (int8)  its cases changed since
! 1 of 1 pair of artifact and suite lack fresh evidence, for 1 target of build

=== Cases must still look like what customers send

project hello
file sources/cases/hello.yaml
| greeting: {inputs: {message: Hello}}
| refund: {inputs: {message: I want my money back}}
file traffic.jsonl
| {"prompt": "hello", "inputs": {"message": "I was charged twice. Money?"}}
| {"prompt": "hello", "inputs": {"message": "Please send me last year's invoices."}}
file sources/suites/quality.yaml
| prompts: [hello]
| traffic: traffic.jsonl
| policy: {min_share: 0.8}
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
|         "greeting",
|         "refund"
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
|       "share": 0.5
|     }
|   ]
| }
file results.csv
| artifact,suite,case,passed
| <digest 2>,quality,greeting,yes
| <digest 2>,quality,refund,yes
$ promptc evals record results.csv
| <digest 2>  quality  2 of 2 runs passed
! 1 record
$ promptc evals plan
| ARTIFACT      SUITE    TARGETS     MODEL                        EVIDENCE
| <digest 2>  quality  acme/hello  anthropic/claude-sonnet-4-5  50% of the cases look like recorded traffic, and 80% must
! 1 of 1 pair of artifact and suite lack fresh evidence, for 1 target of build

=== A sample of each shape, exported for promptfoo

project example
file sources/suites/tone.yaml
| prompts: [support-reply]
| cases: [first-message, hostile-text]
| assert: [{type: contains, value: Channel}]
$ promptc build
| Built 145 targets of 35 tenants in <time>
|   artifacts  144 distinct, 1,624 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc evals plan --by shape --sample 1
| SUITE  PROMPT         SAMPLE        STANDS FOR
| tone   support-reply  <digest 2>  6 artifacts, 6 targets
| tone   support-reply  <digest 3>  2 artifacts, 2 targets
| ...
! 29 evaluations instead of 35; a sample is evidence of itself alone
$ promptc evals export --by shape --sample 1 --provider echo -o out
! 58 tests for promptfoo in out
!   cd out && promptfoo eval -c promptfooconfig.json -o results.json --no-cache --no-table
$ python -c "import json; c = json.load(open('out/promptfooconfig.json')); print(c['providers'], sorted(c['tests'][0]), c['tests'][0]['metadata']['case'])"
| ['echo'] ['assert', 'description', 'metadata', 'vars'] first-message
