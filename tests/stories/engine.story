What a build does again after an edit, and how to ask it why, for whoever edits prompts and wonders.

=== An edit, and why it costs what it costs

project hello
$ promptc build --explain
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   again      2 targets: nothing was built before  tenants/acme.yaml
|   findings   0 findings
|   root       <digest 1>

A value in a layer that every chain begins with. Acme's prompt prints it; Globex says otherwise itself:

append tenants/layers/base.yaml
|   tone: formal
$ promptc why acme/hello
| acme/hello  would be compiled again, and would come out different
|
|   printed  vars.tone  tenants/layers/base.yaml:3:9
|     - "neutral"
|     + "formal"
$ promptc why globex/hello
| globex/hello  was compiled for the first time: it was not built before
$ promptc build --explain
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    1 changed since the last build
|              ~ acme/hello
|   again      2 targets, 1 came out different: `variables.tone` of layer base  tenants/layers/base.yaml:3:9
|                - nothing
|                + "formal"
|   findings   0 findings
|   root       <digest 2>
$ promptc why acme/hello
| acme/hello  was compiled again by the last build, and came out different
|
|   printed  vars.tone  tenants/layers/base.yaml:3:9
|     - "neutral"
|     + "formal"
$ promptc why globex/hello
| globex/hello  was compiled again by the last build, and came out the same: nothing that it asks for had changed

Nothing is left to do, and what the last build that did something did can still be asked:

$ promptc build --explain
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    none since the last build
|   again      nothing was compiled again
|   findings   0 findings
|   root       <digest 2>
$ promptc why acme
| acme/hello  was compiled again by the last build, and came out different
|
|   printed  vars.tone  tenants/layers/base.yaml:3:9
|     - "neutral"
|     + "formal"

A comment in a tenant's overlay is read, and is no reason to come out otherwise:

append tenants/acme.yaml
| # Asked for by Ann.
$ promptc why acme/hello
| acme/hello  would be compiled again, and would come out the same: nothing that it asks for has changed
$ promptc build --explain
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    none since the last build
|   again      1 target, none came out different: only comments in overlays  tenants/acme.yaml
|   findings   0 findings
|   root       <digest 2>
$ promptc why acme/hello
| acme/hello  was compiled again by the last build, and came out the same: nothing that it asks for had changed
$ promptc why globex/hello
| globex/hello  was kept by the last build, and nothing that it is made of has changed since

Nor is one in a layer, and then not even a tenant is looked at:

append tenants/layers/base.yaml
| # Legal has seen this.
$ promptc build --explain
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    none since the last build
|   again      nothing was compiled again
|   findings   0 findings
|   root       <digest 2>

A line of a template, by file and line, with both texts:

file edit.py
| import pathlib
| prompt = pathlib.Path("sources/prompts/hello.prompt.j2")
| prompt.write_text(prompt.read_text().replace("Be brief.", "Be brief and exact."))
$ python3 edit.py
$ promptc why acme/hello
| acme/hello  would be compiled again, and would come out different
|
|   template  prompts/hello.prompt.j2  sources/prompts/hello.prompt.j2:11
|     - Be brief.
|     + Be brief and exact.
$ promptc build --explain
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    2 changed since the last build
|              ~ acme/hello
|              ~ globex/hello
|   again      2 targets, 2 came out different: template prompts/hello.prompt.j2  sources/prompts/hello.prompt.j2:11
|                - Be brief.
|                + Be brief and exact.
|   findings   0 findings
|   root       <digest 3>

A tenant that comes, and one that goes:

file tenants/initech.yaml
| variables: {product: Initech}
$ promptc why initech/hello
| initech/hello  would be compiled for the first time: it was not built yet
$ promptc build --explain
| Built 3 targets of 3 tenants in <time>
|   artifacts  3 distinct, 1 KiB
|   changes    1 added since the last build
|              + initech/hello
|   again      1 target: new tenants  tenants/initech.yaml
|   findings   0 findings
|   root       <digest 4>
$ promptc why initech
| initech/hello  was compiled for the first time: it was not built before
remove tenants/initech.yaml
$ promptc build --explain
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    1 removed since the last build
|              - initech/hello
|   again      1 target: tenants are gone
|   findings   0 findings
|   root       <digest 3>

=== A variable that nobody asks for reaches nobody

project hello
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
append tenants/acme.yaml
|   banned: [never]
$ promptc why acme/hello
| acme/hello  would be compiled again, and would come out the same: nothing that it asks for has changed
$ promptc build --explain
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    none since the last build
|   again      1 target, none came out different: `variables.banned` of tenants  tenants/acme.yaml:5:11
|                - nothing
|                + ["never"]
|   findings   0 findings
|   root       <digest 1>
$ promptc why acme/hello --format json
| {
|   "target": "acme/hello",
|   "tense": "did",
|   "same": true,
|   "causes": []
| }

=== A line of a file of sign-ups is a tenant as any other

project hello
file tenants/signups.jsonl
| {"id": "one", "variables": {"product": "One"}}
| {"id": "two", "variables": {"product": "Two"}}
$ promptc build
| Built 4 targets of 4 tenants in <time>
|   artifacts  4 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
file tenants/signups.jsonl
| {"id": "zero", "variables": {"product": "Zero"}}
| {"id": "one", "variables": {"product": "One"}}
| {"id": "two", "variables": {"product": "Two and a half"}}
$ promptc why two
| two/hello  would be compiled again, and would come out different
|
|   printed  vars.product  tenants/signups.jsonl:3:40
|     - "Two"
|     + "Two and a half"
$ promptc build --explain
| Built 5 targets of 5 tenants in <time>
|   artifacts  5 distinct, 2 KiB
|   changes    1 changed, 1 added since the last build
|              ~ two/hello
|              + zero/hello
|   again      1 target, 1 came out different: `variables.product` of tenants  tenants/signups.jsonl:3:40
|                - "Two"
|                + "Two and a half"
|              1 target: new tenants  tenants/signups.jsonl
|   findings   0 findings
|   root       <digest 2>
$ promptc why one
| one/hello  was kept by the last build, and nothing that it is made of has changed since

=== Everything that differs is said, first what a build meets first

project hello
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
file tenants/acme.yaml
| title: Acme
| labels: {plan: enterprise}
| variables:
|   product: Acme Care Plus
| prompts:
|   hello:
|     blocks: {rules: "+ Name the plan."}
append sources/prompts/hello.prompt.j2
| {% if vars.tone == "formal" %}Sign in full.{% endif %}
file sources/models.yaml
| main: {provider: anthropic, name: claude-sonnet-4-5, window: 100000}
$ promptc why acme/hello
| acme/hello  would be compiled again, and would come out different
|
|   template  prompts/hello.prompt.j2  sources/prompts/hello.prompt.j2:17
|     -
|     + {% if vars.tone == "formal" %}Sign in full.{% endif %}
|
| also
|   printed  vars.product  tenants/acme.yaml:4:12
|     - "Acme Care"
|     + "Acme Care Plus"
|   model  model `main`  sources/models.yaml:1:1
|     - {"alias": "main", "provider": "anthropic", "name": "claude-sonnet-4-5", "revision": "", "quantization": "", "window": 200000, "config": {}, "refuses": []}
|     + {"alias": "main", "provider": "anthropic", "name": "claude-sonnet-4-5", "revision": "", "quantization": "", "window": 100000, "config": {}, "refuses": []}
|   block  block `rules`  tenants/acme.yaml:7:21
|     - []
|     + ["+ Name the plan."]
$ promptc build --explain
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    2 changed since the last build
|              ~ acme/hello
|              ~ globex/hello
|   again      2 targets, 2 came out different: model main  sources/models.yaml:1:1
|              2 targets, 2 came out different: template prompts/hello.prompt.j2  sources/prompts/hello.prompt.j2:17
|                -
|                + {% if vars.tone == "formal" %}Sign in full.{% endif %}
|              1 target, 1 came out different: `prompts.hello.blocks` of tenants  tenants/acme.yaml:7:13
|                - nothing
|                + {"rules": "+ Name the plan."}
|              1 target, 1 came out different: `variables.product` of tenants  tenants/acme.yaml:4:12
|                - "Acme Care"
|                + "Acme Care Plus"
|   findings   0 findings
|   root       <digest 2>

=== A prompt that inspects a value says what it asked

project hello
append sources/prompts/hello.prompt.j2
| {% if vars.banned | length > 1 %}Mind the list.{% endif %}
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
file tenants/acme.yaml
| title: Acme
| labels: {plan: enterprise}
| variables:
|   product: Acme Care
|   banned: [never]
$ promptc why acme/hello
| acme/hello  would be compiled again, and would come out different
|
|   asked  vars.banned  tenants/acme.yaml:5:11
|     - ["guarantee"]
|     + ["guarantee", "never"]

=== Not trusting any of it

project hello
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc build --verify
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    none since the last build
|   findings   0 findings
|   verified   2 targets compiled again without any cache, every byte the same
|   root       <digest 1>
$ promptc build --check-traces 5
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    none since the last build
|   findings   0 findings
|   verified   2 targets compiled again without any cache, every byte the same
|   root       <digest 1>
$ promptc check --jobs 2
| Checked 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    none since the last build
|   findings   1 warning
|   root       <digest 1>
! sources/variables.yaml:3:1: warning[W401]: no prompt, tool or schema reads `banned`
!   hint: remove it, and where overlays set it
!

After an edit, what is new is compared with itself and what was kept with what it was:

file tenants/globex.yaml
| labels: {plan: free}
| variables: {product: Globex Two, tone: warm}
$ promptc build --check-traces 5
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    1 changed since the last build
|              ~ globex/hello
|   findings   0 findings
|   verified   2 targets compiled again without any cache, every byte the same
|   root       <digest 2>
$ promptc build --check-traces 1 --format json | python3 -c "import json, sys; print(json.load(sys.stdin)['verified'])"
| 1

=== A confidential value is not shown, and that it changed is

project hello
append sources/variables.yaml
| desk: {type: string, confidential: true, default: ""}
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}}
| ---
| {% message role="system" %}
| You answer for {{ vars.product }}; escalate to {{ vars.desk }}.
| {% endmessage %}
| {% message role="user" %}
| {{ input.message }}
| {% endmessage %}
append tenants/acme.yaml
|   desk: +49 30 1234
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
file tenants/acme.yaml
| title: Acme
| labels: {plan: enterprise}
| variables:
|   product: Acme Care
|   desk: +49 30 9876
$ promptc why acme/hello
| acme/hello  would be compiled again, and would come out different
|
|   printed  vars.desk  tenants/acme.yaml:5:9
|     - {desk}
|     + {desk}, another one
$ promptc why acme/hello --reveal
| acme/hello  would be compiled again, and would come out different
|
|   printed  vars.desk  tenants/acme.yaml:5:9
|     - "+49 30 1234"
|     + "+49 30 9876"
$ promptc build --explain
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    1 changed since the last build
|              ~ acme/hello
|   again      1 target, 1 came out different: `variables.desk` of tenants  tenants/acme.yaml:5:9
|                - {desk}
|                + {desk}, another one
|   findings   0 findings
|   root       <digest 2>
$ promptc why acme/hello
| acme/hello  was compiled again by the last build, and came out different
|
|   printed  vars.desk  tenants/acme.yaml:5:9
|     - {desk}
|     + {desk}, another one
$ promptc why acme/hello --reveal --format json
| {
|   "target": "acme/hello",
|   "tense": "did",
|   "same": false,
|   "causes": [
|     {
|       "kind": "value",
|       "what": "vars.desk",
|       "before": "\"+49 30 1234\"",
|       "after": "\"+49 30 9876\"",
|       "place": "tenants/acme.yaml:5:9"
|     }
|   ]
| }

=== What can't be asked

project hello
$ promptc why acme/hello
| acme/hello  would be compiled for the first time: it was not built yet
$ promptc why nonsense
! error[C003]: unknown tenant `nonsense`
!   hint: tenants are: `acme`, `globex`
exit 2
$ promptc why acme/nonsense
! error[C004]: unknown prompt `nonsense`
!   hint: prompts are: `hello`
exit 2
$ promptc why prompt:hello
! error[C007]: `prompt:hello` names no single target
!   hint: write `TENANT/PROMPT`
exit 2
$ promptc why
! error[C001]: missing argument `TENANT/PROMPT`
!   hint: try `promptc why --help`
exit 2
$ promptc build --jobs 0
! error[C001]: invalid value for `--jobs` / `-j`: 0 is not in the range 1<=x<=64
!   hint: try `promptc build --help`
exit 2
$ promptc build --jobs many
! error[C001]: invalid value for `--jobs` / `-j`: `many` is not a valid integer range
!   hint: try `promptc build --help`
exit 2
$ promptc build --check-traces 0
! error[C001]: invalid value for `--check-traces`: 0 is not in the range x>=1
!   hint: try `promptc build --help`
exit 2

=== A text beside overlays is a part of what a tenant says

project hello
file tenants/acme.yaml
| variables: {product: !file acme.txt}
file tenants/acme.txt
| Acme Care
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
file tenants/acme.txt
| Acme Care Plus
$ promptc why acme/hello
| acme/hello  would be compiled again, and would come out different
|
|   printed  vars.product  tenants/acme.yaml:1:22
|     - "Acme Care\n"
|     + "Acme Care Plus\n"
$ promptc build --explain
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    1 changed since the last build
|              ~ acme/hello
|   again      1 target, 1 came out different: texts that tenants read  tenants/acme.txt
|   findings   0 findings
|   root       <digest 2>
$ promptc why acme/hello
| acme/hello  was compiled again by the last build, and came out different
|
|   printed  vars.product  tenants/acme.yaml:1:22
|     - "Acme Care\n"
|     + "Acme Care Plus\n"
