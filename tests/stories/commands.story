What each command does, on a small project of one's own.

=== A project from nothing

$ promptc init shop
| Started a project in shop
|   + .gitignore
|   + .pre-commit-config.yaml
|   + .vscode/settings.json
|   + build/.gitignore
|   + promptc.toml
|   + sources/cases/reply.yaml
|   + sources/fragments/safety.j2
|   + sources/models.yaml
|   + sources/prompts/reply.prompt.j2
|   + sources/variables.yaml
|   + tenants/acme.yaml
|   + tenants/globex.yaml
|   + tenants/layers/base.yaml
|   + tenants/layers/plan/enterprise.yaml
|
| Next:
|   cd shop && promptc build
|   promptc show acme/reply --case refund
|   promptc new tenant initech
$ promptc -C shop build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc -C shop build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    none since the last build
|   findings   0 findings
|   root       <digest 1>
$ promptc list -C shop
| TARGET        LABELS           OWNER         MODEL           SIZE        DIGEST
| acme/reply    plan=enterprise  team-support  openai/gpt-4.1     0.7 KiB  <digest 2>
| globex/reply                   team-support  openai/gpt-4.1     0.6 KiB  <digest 3>
! 2 targets, 2 distinct artifacts
$ promptc -C shop show acme/reply
| acme/reply  <digest 2>
|   model   openai/gpt-4.1
|   config  max_tokens 800, temperature 0
|   inputs  customer_name  text  default ""
|           message        text  required
|
| ── system ──────────────────────────────────────────────────────────────────
| You are the assistant of Acme. Answer in a formal tone.
| ⟦if input.customer_name⟧Greet ⟦input.customer_name⟧ by name.
| ⟦end⟧
| Say so when you are not sure. Never invent facts about Acme.
| Never use these words: guarantee, unlimited.
| Name the account manager when a request needs a person.
|
| ── history ─────────────────────────────────────────────────────────────────
| the conversation so far, passed through untouched
|
| ── user ────────────────────────────────────────────────────────────────────
| ⟦input.message⟧
$ promptc -C shop show acme/reply --case refund
| ── system ──────────────────────────────────────────────────────────────────
| You are the assistant of Acme. Answer in a formal tone.
| Greet Ada by name.
|
| Say so when you are not sure. Never invent facts about Acme.
| Never use these words: guarantee, unlimited.
| Name the account manager when a request needs a person.
|
| ── user ────────────────────────────────────────────────────────────────────
| I was charged twice this month. Can I have the second payment back?
$ promptc -C shop show <digest 2> --format openai --case refund
| {
|   "model": "gpt-4.1",
|   "messages": [
|     {
|       "role": "system",
|       "content": "You are the assistant of Acme. Answer in a formal tone.\nGreet Ada by name.\n\nSay so when you are not sure. Never invent facts about Acme.\nNever use these words: guarantee, unlimited.\nName the account manager when a request needs a person."
|     },
|     {
|       "role": "user",
|       "content": "I was charged twice this month. Can I have the second payment back?"
|     }
|   ],
|   "max_completion_tokens": 800,
|   "temperature": 0
| }
$ promptc -C shop explain acme banned_words
| acme  banned_words = ["guarantee", "unlimited"]
|
|   default  sources/variables.yaml:15:1    []
|   base     tenants/layers/base.yaml:3:17  ["guarantee"]
| ▸ acme     tenants/acme.yaml:8:17         joins ["unlimited"] → ["guarantee", "unlimited"]
|
| chain    base › plan/enterprise › acme
| read by  reply  sources/prompts/reply.prompt.j2:23, sources/prompts/reply.prompt.j2:24
$ promptc -C shop graph acme
| reply  1 target
| ├─ prompt sources/prompts/reply.prompt.j2
| │  ├─ reads banned_words, product, tone
| │  └─ include sources/fragments/safety.j2
| │     └─ reads product
| ├─ model main (openai/gpt-4.1)
| └─ targets
|    └─ acme/reply  base › plan/enterprise › acme
$ promptc -C shop graph --from sources/fragments/safety.j2
| sources/fragments/safety.j2 reaches 2 targets of 2
| └─ include in sources/prompts/reply.prompt.j2  2 targets
|    ├─ acme/reply
|    └─ globex/reply

=== A tenant more

$ promptc init .
| Started a project in .
|   + .gitignore
|   + .pre-commit-config.yaml
|   + .vscode/settings.json
|   + build/.gitignore
|   + promptc.toml
|   + sources/cases/reply.yaml
|   + sources/fragments/safety.j2
|   + sources/models.yaml
|   + sources/prompts/reply.prompt.j2
|   + sources/variables.yaml
|   + tenants/acme.yaml
|   + tenants/globex.yaml
|   + tenants/layers/base.yaml
|   + tenants/layers/plan/enterprise.yaml
|
| Next:
|   promptc build
|   promptc show acme/reply --case refund
|   promptc new tenant initech
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc new tenant initech --set product=Initech --extends plan/enterprise --title "Initech Ltd"
| Wrote tenants/initech.yaml
|
| Next:
|   promptc check initech
$ cat tenants/initech.yaml
| # Tenant initech: what differs from the layers below it. All that isn't set here comes from them.
| extends: [plan/enterprise]
| title: Initech Ltd
| # locale: en
| variables:
|
|   # The product's name as customers know it. Required.
|   product: Initech
|
|   # How answers sound.
|   # One of: neutral, warm, formal.
|   # tone: "neutral"
|
|   # Words that answers never use. What stands here joins the value below it (unique).
|   # banned_words: []
|
| # What this tenant may change in prompts; `promptc override TENANT/PROMPT BLOCK` writes a replacement.
| # prompts:
| #   reply:
| #     config: {temperature: 0.2}
| #     blocks:
| #       greeting: …  # replace
| #       rules: …  # append
$ promptc build
| Built 3 targets of 3 tenants in <time>
|   artifacts  3 distinct, 2 KiB
|   changes    1 added since the last build
|              + initech/reply
|   findings   0 findings
|   root       <digest 2>
$ promptc list initech --format json
| [
|   {
|     "target": "initech/reply",
|     "tenant": "initech",
|     "prompt": "reply",
|     "labels": {
|       "plan": "enterprise"
|     },
|     "owner": "team-support",
|     "model": "openai/gpt-4.1",
|     "bytes": 708,
|     "digest": "<digest 3>"
|   }
| ]
$ promptc new tenant umbrella --set prodct=Umbrella
! error[C009]: unknown variable `prodct`
!   hint: did you mean `product`?
exit 2
$ promptc new tenant hooli --set product=Hooli --set tone=loud
! tenants/hooli.yaml:11:9: error[O002]: `variables.tone` must be one of `neutral`, `warm`, `formal`
! error[C019]: `hooli` would be wrong
!   hint: mend what is said above; nothing was written
exit 2
$ ls tenants
| acme.yaml
| globex.yaml
| initech.yaml
| layers

=== An override, and what happens when its base changes

$ promptc init .
| Started a project in .
|   + .gitignore
|   + .pre-commit-config.yaml
|   + .vscode/settings.json
|   + build/.gitignore
|   + promptc.toml
|   + sources/cases/reply.yaml
|   + sources/fragments/safety.j2
|   + sources/models.yaml
|   + sources/prompts/reply.prompt.j2
|   + sources/variables.yaml
|   + tenants/acme.yaml
|   + tenants/globex.yaml
|   + tenants/layers/base.yaml
|   + tenants/layers/plan/enterprise.yaml
|
| Next:
|   promptc build
|   promptc show acme/reply --case refund
|   promptc new tenant initech
$ promptc override acme/reply rules --text "Offer a call."
| Wrote a replacement for rules into tenants/acme.yaml:
|
| prompts:
|   reply:
|     blocks:
|       rules: !replace
|         # Replaces this text of sources/prompts/reply.prompt.j2:
|         #   (empty)
|         against: <digest 1>
|         text: |-
|           Offer a call.
$ cat tenants/acme.yaml
| # A tenant: its id is this file's name, folders only sort. Later wins: base, then what it extends, then this file.
| extends: [plan/enterprise]
| title: Acme GmbH
| labels: {owner: team-support}
| variables:
|   product: Acme
|   tone: formal
|   banned_words: [unlimited]          # joins `guarantee` of the base layer
| prompts:
|   reply:
|     blocks:
|       rules: !replace
|         # Replaces this text of sources/prompts/reply.prompt.j2:
|         #   (empty)
|         against: <digest 1>
|         text: |-
|           Offer a call.
|     config: {temperature: 0}
$ promptc show acme/reply --case refund
| ── system ──────────────────────────────────────────────────────────────────
| You are the assistant of Acme. Answer in a formal tone.
| Greet Ada by name.
|
| Say so when you are not sure. Never invent facts about Acme.
| Never use these words: guarantee, unlimited.
| Offer a call.
|
| ── user ────────────────────────────────────────────────────────────────────
| I was charged twice this month. Can I have the second payment back?
$ promptc check
| Checked 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing is built yet to compare with
|   findings   0 findings
|   root       <digest 2>
$ promptc override globex/reply greeting
| Wrote a replacement for greeting into tenants/globex.yaml:
|
| prompts:
|   reply:
|     blocks:
|       greeting:
|         # Replaces this text of sources/prompts/reply.prompt.j2:
|         #   {% if input.customer_name %}
|         #   Greet {{ input.customer_name }} by name.
|         #   {% endif %}
|         against: <digest 3>
|         text: |
|           Write the replacement here.
!
! the base holds conditions or loops, which overlay text can't: edit the text before you build
$ sed -i 's/Greet {{/Kindly greet {{/' sources/prompts/reply.prompt.j2
$ promptc check
| Checked 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing is built yet to compare with
|   findings   1 warning
|   root       <digest 4>
! tenants/globex.yaml:13:9: warning[O120]: `globex` replaces the block `greeting` of `reply`, whose text has changed since (`against: <digest 3>`, now `<digest 5>`)
!   hint: `promptc rebase globex` shows the three texts; `--accept` keeps the replacement
!   note: the block: sources/prompts/reply.prompt.j2:16
!   in:   globex/reply
!
$ promptc rebase globex
| globex · reply · greeting  tenants/globex.yaml:13:9
|   base when it was written (<digest 3>)
|     │ {% if input.customer_name %}
|     - Greet {{ input.customer_name }} by name.
|     │ {% endif %}
|   base now (<digest 5>)
|     │ {% if input.customer_name %}
|     + Kindly greet {{ input.customer_name }} by name.
|     │ {% endif %}
|   replacement
|     │ Write the replacement here.
|
| 1 override to look at
| Edit the replacement, or keep it as it is; then `promptc rebase --accept` writes the new `against`.
exit 1
$ promptc rebase --accept
| Accepted 1 override in tenants/globex.yaml
$ promptc rebase
| No override is stale
$ promptc check
| Checked 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing is built yet to compare with
|   findings   0 findings
|   root       <digest 4>

=== Nothing is published while anything is wrong

$ promptc init .
| Started a project in .
|   + .gitignore
|   + .pre-commit-config.yaml
|   + .vscode/settings.json
|   + build/.gitignore
|   + promptc.toml
|   + sources/cases/reply.yaml
|   + sources/fragments/safety.j2
|   + sources/models.yaml
|   + sources/prompts/reply.prompt.j2
|   + sources/variables.yaml
|   + tenants/acme.yaml
|   + tenants/globex.yaml
|   + tenants/layers/base.yaml
|   + tenants/layers/plan/enterprise.yaml
|
| Next:
|   promptc build
|   promptc show acme/reply --case refund
|   promptc new tenant initech
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
file tenants/globex.yaml
| variables:
|   produkt: Globex
|   tone: cosy
$ promptc build
! tenants/globex.yaml:1:1: error[O040]: required variable `product` has no value
!   hint: set `variables.product` here
!   note: declared here: sources/variables.yaml:4:1
! tenants/globex.yaml:2:12: error[O101]: unknown variable `produkt`
!   hint: did you mean `product`?
! tenants/globex.yaml:3:9: error[O002]: `variables.tone` must be one of `neutral`, `warm`, `formal`
!
! Nothing was published: 3 errors; 1 target did not compile, 1 target did
! `--keep-going` publishes the targets that compiled, as a root of limited scope
exit 3
$ promptc build acme
| Built 1 target of 1 tenant in <time>
|   artifacts  1 distinct, 1 KiB
|   changes    none since the last build
|   findings   0 findings
|   root       <digest 2>  (limited scope)
$ promptc build --keep-going
| Built 1 target of 1 tenant in <time>
|   artifacts  1 distinct, 1 KiB
|   changes    none since the last build
|   findings   3 errors
|   missing    1 target did not compile and is not in this root
|   root       <digest 2>  (limited scope)
! tenants/globex.yaml:1:1: error[O040]: required variable `product` has no value
!   hint: set `variables.product` here
!   note: declared here: sources/variables.yaml:4:1
! tenants/globex.yaml:2:12: error[O101]: unknown variable `produkt`
!   hint: did you mean `product`?
! tenants/globex.yaml:3:9: error[O002]: `variables.tone` must be one of `neutral`, `warm`, `formal`
!
exit 3
$ promptc list
| TARGET        LABELS           OWNER         MODEL           SIZE        DIGEST
| acme/reply    plan=enterprise  team-support  openai/gpt-4.1     0.7 KiB  <digest 3>
| globex/reply                                                             not compiled
! tenants/globex.yaml:1:1: error[O040]: required variable `product` has no value
!   hint: set `variables.product` here
!   note: declared here: sources/variables.yaml:4:1
! tenants/globex.yaml:2:12: error[O101]: unknown variable `produkt`
!   hint: did you mean `product`?
! tenants/globex.yaml:3:9: error[O002]: `variables.tone` must be one of `neutral`, `warm`, `formal`
! 2 targets, 1 distinct artifact, 1 of them not compiled
exit 3
$ promptc check --format json globex
| {
|   "root": null,
|   "scope": "selected",
|   "published": false,
|   "targets": 0,
|   "tenants": 0,
|   "distinct": 0,
|   "bytes": 0,
|   "changes": null,
|   "not_compiled": [
|     "globex/reply"
|   ],
|   "findings": [
|     {
|       "code": "O040",
|       "severity": "error",
|       "message": "required variable `product` has no value",
|       "hint": "set `variables.product` here",
|       "place": {
|         "file": "tenants/globex.yaml",
|         "line": 1,
|         "column": 1
|       },
|       "related": [
|         {
|           "text": "declared here",
|           "place": {
|             "file": "sources/variables.yaml",
|             "line": 4,
|             "column": 1
|           }
|         }
|       ],
|       "trail": [],
|       "targets": []
|     },
|     {
|       "code": "O101",
|       "severity": "error",
|       "message": "unknown variable `produkt`",
|       "hint": "did you mean `product`?",
|       "place": {
|         "file": "tenants/globex.yaml",
|         "line": 2,
|         "column": 12
|       },
|       "related": [],
|       "trail": [],
|       "targets": []
|     },
|     {
|       "code": "O002",
|       "severity": "error",
|       "message": "`variables.tone` must be one of `neutral`, `warm`, `formal`",
|       "hint": "",
|       "place": {
|         "file": "tenants/globex.yaml",
|         "line": 3,
|         "column": 9
|       },
|       "related": [],
|       "trail": [],
|       "targets": []
|     }
|   ],
|   "errors": 3,
|   "warnings": 0,
| ...
exit 3

=== Selections limit the work and name things

$ promptc init .
| Started a project in .
|   + .gitignore
|   + .pre-commit-config.yaml
|   + .vscode/settings.json
|   + build/.gitignore
|   + promptc.toml
|   + sources/cases/reply.yaml
|   + sources/fragments/safety.j2
|   + sources/models.yaml
|   + sources/prompts/reply.prompt.j2
|   + sources/variables.yaml
|   + tenants/acme.yaml
|   + tenants/globex.yaml
|   + tenants/layers/base.yaml
|   + tenants/layers/plan/enterprise.yaml
|
| Next:
|   promptc build
|   promptc show acme/reply --case refund
|   promptc new tenant initech
$ promptc check label:plan=enterprise
| Checked 1 target of 1 tenant in <time>
|   artifacts  1 distinct, 1 KiB
|   changes    nothing is built yet to compare with
|   findings   0 findings
|   root       <digest 1>  (limited scope)
$ promptc check tenant:g* --exclude prompt:reply
! error[C006]: no enabled target is left to compile
!   hint: `promptc list` shows those that are
exit 2
$ promptc list acme/reply prompt:reply --exclude acme
| TARGET        LABELS  OWNER         MODEL           SIZE        DIGEST
| globex/reply          team-support  openai/gpt-4.1     0.6 KiB  <digest 2>
! 1 target, 1 distinct artifact

=== A value that would drive the terminal

$ promptc init .
| Started a project in .
|   + .gitignore
|   + .pre-commit-config.yaml
|   + .vscode/settings.json
|   + build/.gitignore
|   + promptc.toml
|   + sources/cases/reply.yaml
|   + sources/fragments/safety.j2
|   + sources/models.yaml
|   + sources/prompts/reply.prompt.j2
|   + sources/variables.yaml
|   + tenants/acme.yaml
|   + tenants/globex.yaml
|   + tenants/layers/base.yaml
|   + tenants/layers/plan/enterprise.yaml
|
| Next:
|   promptc build
|   promptc show acme/reply --case refund
|   promptc new tenant initech
file inputs.json
| {"message": "\u001b[2Jhello \u202e there"}
$ promptc show acme/reply --input inputs.json
| ── system ──────────────────────────────────────────────────────────────────
| You are the assistant of Acme. Answer in a formal tone.
|
| Say so when you are not sure. Never invent facts about Acme.
| Never use these words: guarantee, unlimited.
| Name the account manager when a request needs a person.
|
| ── user ────────────────────────────────────────────────────────────────────
| \x1b[2Jhello \u{202E} there
$ promptc show acme/reply --input inputs.json --format json
| [
|   {
|     "role": "system",
|     "content": [
|       {
|         "type": "text",
|         "text": "You are the assistant of Acme. Answer in a formal tone.\n\nSay so when you are not sure. Never invent facts about Acme.\nNever use these words: guarantee, unlimited.\nName the account manager when a request needs a person."
|       }
|     ]
|   },
|   {
|     "role": "user",
|     "content": [
|       {
|         "type": "text",
|         "text": "\u001b[2Jhello \u202e there"
|       }
|     ]
|   }
| ]

=== Codes and commands explained

$ promptc help O040
| O040  required variable without a value
|
| The variable is declared as required, and nothing in the tenant's chain sets it.
|
| How to mend it: Set it in the tenant's file, or extend a layer that sets it.
$ promptc help rebase
| Usage: promptc rebase [OPTIONS] [TENANT[/PROMPT] | LAYER]...
|
|   Show the three texts of each stale override: the base as it was, the base as it is, and the
|   replacement.
|
|   Exits with 1 while something is stale, and with 0 when nothing is or --accept has dealt with it.
|
| Options:
|   --accept              Keep the replacements as they are: update `against`.
|   --format [text|json]  How to write the answer.  [default: text]
|   -C DIR                Work as if started in DIR.
|   -h, --help            Show this message and exit.

=== GitHub shows what is wrong at its line, with the values allowed

project hello
file tenants/acme.yaml
| extends: [plan/enterprize]
| variables: {product: Acme Care, tone: loud}
$ promptc check --format github
| ::error file=tenants/acme.yaml,line=1,col=11,title=promptc O104::unknown layer `plan/enterprize`%0Ahint: layers are the files under tenants/layers
| ::error file=tenants/acme.yaml,line=2,col=39,title=promptc O002::`variables.tone` must be one of `neutral`, `warm`, `formal`
! Not fit to build: 2 errors; 1 target did not compile, 1 target did
exit 3
