Cases and recorded requests: `promptc test` says whether compiled prompts still do what people wrote down.

=== cases pass, fail, and reach nobody

project hello
file sources/cases/hello.yaml
| names-the-product:
|   tenants: [acme]
|   inputs: {message: Hi}
|   expect: {contains: ["You answer for Acme Care", "Hi"], lacks: Globex, tools: []}
| tone:
|   inputs: {message: Hi}
|   expect: {contains: in a warm tone}
| nobody:
|   tenants: [gone]
|   inputs: {message: Hi}
|   expect: {contains: Hi}
$ promptc test
| FAILED hello tone  sources/cases/hello.yaml:5:1
|   acme
|     it does not contain `in a warm tone`
| FAILED hello nobody  sources/cases/hello.yaml:8:1
|   it ran for no target: no tenant that it names has the prompt
| 1 case passed, 2 failed; 3 artifacts, 3 targets
exit 1
$ promptc test globex --format json
| {
|   "cases": [
|     {
|       "prompt": "hello",
|       "case": "tone",
|       "place": {
|         "file": "sources/cases/hello.yaml",
|         "line": 5,
|         "column": 1
|       },
|       "passed": true,
|       "runs": [
|         {
|           "digest": "<digest 1>",
|           "tenants": [
|             "globex"
|           ],
|           "problems": []
|         }
|       ]
|     }
|   ],
|   "passed": 1,
|   "failed": 0,
|   "updated": [],
|   "not_compiled": [],
|   "findings": []
| }
$ promptc test acme --format junit
| <?xml version="1.0" encoding="UTF-8"?>
| <testsuite name="promptc" tests="2" failures="1">
|   <testcase classname="hello" name="names-the-product" file="sources/cases/hello.yaml"/>
|   <testcase classname="hello" name="tone" file="sources/cases/hello.yaml">
|     <failure message="acme">  acme
|     it does not contain `in a warm tone`</failure>
|   </testcase>
| </testsuite>
exit 1

=== the whole text stands in a file, and is written when that is asked for

project hello
file sources/cases/hello.yaml
| whole:
|   tenants: [acme]
|   inputs: {message: Hi}
|   expect: {equals: whole.txt}
$ promptc test
| FAILED hello whole  sources/cases/hello.yaml:1:1
|   acme
|     there is no file `sources/cases/whole.txt`: `promptc test --update` writes it
| 0 cases passed, 1 failed; 1 artifact, 1 target
! sources/cases/hello.yaml:1:1: error[P004]: case `whole`: there is no file `whole.txt`
!   hint: the path is relative to the file of cases
exit 3
$ promptc test --update
| wrote sources/cases/whole.txt
| 1 case passed, 0 failed; 1 artifact, 1 target
$ promptc test
| 1 case passed, 0 failed; 1 artifact, 1 target
file sources/cases/whole.txt
| [system]
| You answer for Acme Care in a rude tone.
| Be brief.
|
| [user]
| Hi
$ promptc test
| FAILED hello whole  sources/cases/hello.yaml:1:1
|   acme
|     it is not what `sources/cases/whole.txt` holds:
|     - You answer for Acme Care in a rude tone.
|     + You answer for Acme Care in a neutral tone.
| 0 cases passed, 1 failed; 1 artifact, 1 target
exit 1

=== recorded requests of a hand-made system

project hello
file recorded.jsonl
| {"tenant":"acme","prompt":"hello","inputs":{"message":"Hi"},"expected":[{"role":"system","content":"You answer for Acme Care in a neutral tone.\nBe brief."},{"role":"user","content":"Hi"}]}
| {"tenant":"acme","prompt":"hello","inputs":{"message":"Hi"},"expected":[{"role":"system","content":"You answer for Acme Care  in a neutral tone.\n\nBe brief.\n"},{"role":"user","content":"Hi"}]}
| {"tenant":"globex","prompt":"hello","inputs":{"message":"Hi"},"expected":[{"role":"system","content":"You answer for Globex in a cold tone.\nBe brief."},{"role":"user","content":"Hi"}]}
| {"tenant":"gone","prompt":"hello","inputs":{},"expected":"x"}
$ promptc test --replay recorded.jsonl
| WHITESPACE line 2  acme/hello
|   -   You answer for Acme Care  in a neutral tone.
|   -
|   +   You answer for Acme Care in a neutral tone.
|   -
| DIFFERENT line 3  globex/hello
|   -   You answer for Globex in a cold tone.
|   +   You answer for Globex in a warm tone.
| DIFFERENT line 4  gone/hello
|   there is no such target, or it does not compile
| 1 identical, 1 whitespace, 2 different
exit 1
$ promptc test --replay recorded.jsonl --format json
| {
|   "lines": [
|     {
|       "line": 1,
|       "target": "acme/hello",
|       "verdict": "identical",
|       "problem": "",
|       "diff": []
|     },
|     {
|       "line": 2,
|       "target": "acme/hello",
|       "verdict": "whitespace",
|       "problem": "",
|       "diff": [
|         "-   You answer for Acme Care  in a neutral tone.",
|         "-   ",
|         "+   You answer for Acme Care in a neutral tone.",
|         "-   "
|       ]
|     },
|     {
|       "line": 3,
|       "target": "globex/hello",
|       "verdict": "different",
|       "problem": "",
|       "diff": [
|         "-   You answer for Globex in a cold tone.",
|         "+   You answer for Globex in a warm tone."
|       ]
|     },
|     {
|       "line": 4,
|       "target": "gone/hello",
|       "verdict": "different",
|       "problem": "there is no such target, or it does not compile",
|       "diff": []
|     }
|   ],
|   "identical": 1,
|   "whitespace": 1,
|   "different": 2,
|   "findings": []
| }
exit 1
$ promptc test acme --replay recorded.jsonl
! error[C001]: --replay goes with --format text or json alone: its lines name their targets
!   hint: try `promptc test --help`
exit 2

=== C040: a file of recorded requests that can't be read

project hello
file recorded.jsonl
| {"tenant":"acme"}
$ promptc test --replay recorded.jsonl
! error[C040]: `recorded.jsonl`, line 1: it has no `prompt`
!   hint: write {"tenant": …, "prompt": …, "inputs": {…}, "expected": …} on each line
exit 2

=== rules are proven over every artifact, and wrong ones are refused

project hello
file sources/rules.yaml
| tenant:*: {contains: Be brief., lacks: guarantee}
| label:tier=gold: {contains: Welcome}
| prompt:hello: {contains: cold, because: the house style asks for it}
$ promptc check --only W601,W602
| Checked 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing is built yet to compare with
|   findings   1 error, 1 warning
|   root       <digest 1>
! sources/rules.yaml:3:15: error[W601]: a rule for `prompt:hello` doesn't hold (because: the house style asks for it): `cold`: the prompt does not contain it
!   hint: `promptc show TENANT/PROMPT` shows the compiled prompt; mend it, or the rule
!   in:   acme/hello, globex/hello
! sources/rules.yaml:2:18: warning[W602]: a rule is for `label:tier=gold`, and no target is that
!   hint: mend the words, or remove the rule: it proves nothing
!
exit 3
file sources/rules.yaml
| tenants: {contains: x}
| tenant:a*: {holds: x}
| tenant:b*: {because: nothing}
| tenant:c*:
| - {matches: '(a+)+b'}
| - {matches: '(a'}
| - {matches: '(a)\1'}
| - {max_tokens: many}
| prompt:hello: brief
$ promptc check
! sources/rules.yaml:1:1: error[S002]: `tenants` names no group of targets
!   hint: write `label:KEY=VALUE`, `tenant:GLOB` or `prompt:NAME`; several words in one key must all hold
! sources/rules.yaml:2:13: error[S001]: unknown fact `holds`
!   hint: facts are `contains`, `lacks`, `matches`, `has_tool`, `lacks_tool`, `model`, `max_tokens`, `because`
! sources/rules.yaml:3:12: error[S002]: `tenant:b*` says nothing that must hold
!   hint: facts are `contains`, `lacks`, `matches`, `has_tool`, `lacks_tool`, `model`, `max_tokens`, `because`
! sources/rules.yaml:5:3: error[S002]: `(a+)+b` repeats what repeats, which can take very long
!   hint: write it without that, or use `contains`
! sources/rules.yaml:6:3: error[S002]: `(a` is not a regular expression
!   hint: write it without that, or use `contains`
! sources/rules.yaml:7:3: error[S002]: `(a)\1` refers back or looks around, which can't be bounded
!   hint: write it without that, or use `contains`
! sources/rules.yaml:8:16: error[S002]: `tenant:c*.max_tokens` must be an integer, and this is text
! sources/rules.yaml:9:1: error[S002]: `prompt:hello` must be a map of facts
!   hint: write one of `contains`, `lacks`, `matches`, `has_tool`, `lacks_tool`, `model`, `max_tokens`, `because` with what must hold
!
! Not fit to build: 8 errors
exit 3
