Portfolios: variants of a prompt, the share of keys that each is given, and what is released of that.

=== A variant extends the plain prompt, is compiled where it is given keys, and its shares are released as targets are

project hello
file sources/prompts/hello.concise.prompt.j2
| ---
| description: The same in one sentence.
| ---
| {% extends "prompts/hello.prompt.j2" %}
| {% block rules %}
| Answer in one sentence.
| {% endblock %}
A variant that nobody gives keys is compiled for nobody.
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
| prod@1 is the head now
|   root      <digest 1>
|   pushed    9 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
What an overlay says of a prompt holds for its variants: Acme gives a tenth of its keys to the concise one.
append tenants/layers/base.yaml
| prompts: {hello: {blocks: {rules: Never guess.}}}
append tenants/acme.yaml
| prompts: {hello: {variants: {concise: 10}}}
$ promptc build
| Built 3 targets of 2 tenants in <time>
|   artifacts  3 distinct, 1 KiB
|   changes    2 changed, 2 added since the last build
|              ~ acme/hello
|              + acme/hello.*
|              + acme/hello.concise
|              ~ globex/hello
|   findings   0 findings
|   root       <digest 3>
$ promptc show acme/hello.concise
| acme/hello.concise  <digest 4>
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
$ promptc promote prod --yes --who ada
| `prod@1` would move to build
|   targets  2 changed, 2 added
|   tenants  2
|   prompts  hello 2, hello.* 1, hello.concise 1
|   plan     <digest 5>
| prod@2 is the head now
|   root      <digest 3>
|   pushed    10 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc show acme/hello.concise --at prod --format json
| {"config":{},"format":"promptc.artifact/1","inputs":{"message":{"type":"string"}},"messages":[{"content":["You answer for Acme Care in a neutral tone.\nAnswer in one sentence.\nNever guess."],"role":"system"},{"content":[{"slot":["input","message"]}],"role":"user"}],"model":{"name":"claude-sonnet-4-5","provider":"anthropic","window":200000},"prompt":"hello.concise","tools":[]}
A quarter, and everything for Globex. No text changes for Acme, and yet something is to be released.
file tenants/acme.yaml
| labels: {plan: enterprise}
| variables: {product: Acme Care}
| prompts: {hello: {variants: {concise: 25}}}
append tenants/globex.yaml
| prompts: {hello: {variants: {only: concise}}}
$ promptc build
| Built 4 targets of 2 tenants in <time>
|   artifacts  4 distinct, 1 KiB
|   changes    1 changed, 2 added since the last build
|              ~ acme/hello.*
|              + globex/hello.*
|              + globex/hello.concise
|   findings   0 findings
|   root       <digest 6>
$ promptc diff prod
| prod@2 → the working tree
| 0 targets changed, 1 added, shares of variants for 2 tenants, 3 unchanged
|   size  0 characters in all
|   plan  <digest 7>
|
| added
|   + hello.concise 1: globex/hello.concise
|
| shares of variants, by tenants
|   ~ hello: concise 10 % → concise 25 % 1: acme
|   ~ hello: plain alone → concise 100 % 1: globex
$ promptc promote prod acme/hello --yes --who ada --why "a quarter"
| `prod@2` would move to build
|   targets     1 changed
|   tenants     1
|   prompts     hello.* 1
|   not chosen  2 other targets differ
|   plan        <digest 8>
| prod@3 is the head now
|   root      <digest 9>
|   pushed    7 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc diff prod@2 prod@3 --format markdown
| <!-- promptc:review -->
|
| ### promptc: shares of variants differ for 1 tenant
|
| **0 changed** (0 tenants), 3 unchanged; `prod@2` (3 targets of 2 tenants) → `prod@3` (3 targets of 2 tenants)
|
| **Other shares of variants for 1 tenant**
|
| - `hello: concise 10 % → concise 25 %`: 1 (`acme`)
|
| characters +0; plan `<digest 8>`
$ promptc history prod acme/hello.*
| prod@3  <time>  promote  acme/hello.*  <digest 10>  changed  ada  a quarter
| prod@2  <time>  promote  acme/hello.*  <digest 11>  came     ada
| last changed at prod@3, <time>
A rollback gives the shares back, too, and names the cohorts that it touches.
$ promptc rollback prod --to 2 --yes --who bob --why "too curt"
| prod@3 would go back to prod@2 (<time>)
|   targets  1 back to what they were
|   tenants  1: acme
|   prompts  hello.* 1
| prod@4 is the head now
|
| prod@4: 1 target rolled back (too curt)
|   served   0 suspect digests from <time> to <time>
|   entries  prod@3 to prod@3
|
| [1] pending  cohorts  leave out of experiments the 1 tenant that was served a suspect allocation; it touches the shares of `hello` (concise 25 % to concise 10 % for 1 tenant)
|     `promptc reconcile prod@4 --done cohorts-<digest 12>` when it is done
|
| 1 step pending
$ promptc promote prod acme --yes --who ada
! error[V008]: `acme/hello.*` is held since `prod@4` (too curt)
!   hint: `promptc unhold prod acme/hello.*` lets it go; `--skip-held` promotes the others
exit 1
$ promptc rollback prod --to 1 --yes --who bob
| prod@4 would go back to prod@1 (<time>)
|   targets  3 back to what they were
|   tenants  2: acme, globex
|   prompts  hello 2, hello.* 1
|   stay     1 target younger than prod@1
| prod@5 is the head now
|
| prod@5: 3 targets rolled back
|   served   2 suspect digests from <time> to <time>
|   entries  prod@2 to prod@4
|
| [1] pending  cohorts  leave out of experiments the 2 tenants that were served a suspect prompt; it touches `hello` (90 % of the keys of 1 tenant), the shares of `hello` (concise 10 % to the plain one alone for 1 tenant)
|     `promptc reconcile prod@5 --done cohorts-<digest 13>` when it is done
|
| 1 step pending
$ promptc verify
| prod@5  whole, 3 targets
| read 37 blobs, 5 entries, 0 other files
file tenants/acme.yaml
| labels: {plan: enterprise}
| variables: {product: Acme Care}
Where no shares are left, the plain prompt has all keys again; that takes no `--remove`.
$ promptc unhold prod --who ada
| 0 targets still held at prod@6
$ promptc promote prod --from prod@3 --yes --who ada
| `prod@6` would move to prod@3
|   targets  2 changed, 1 added
|   tenants  2
|   prompts  hello 2, hello.* 1
|   plan     <digest 14>
| prod@7 is the head now
|   root      <digest 9>
|   pushed    0 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc build
| Built 3 targets of 2 tenants in <time>
|   artifacts  3 distinct, 1 KiB
|   changes    2 removed since the last build
|              - acme/hello.*
|              - acme/hello.concise
|   findings   0 findings
|   root       <digest 15>
$ promptc promote prod --yes --who ada
| `prod@7` would move to build
|   targets  2 added, 1 removed
|   tenants  2
|   prompts  hello.* 2, hello.concise 1
|   stays    1 target that the source lacks (`--remove` takes them away)
|   plan     <digest 16>
| prod@8 is the head now
|   root      <digest 17>
|   pushed    8 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc channels
| prod@8  <time>  promote  2 added, 1 removed from build  ada

=== A variant is retired: nobody draws it, and its targets go where they are removed

project hello
file sources/prompts/hello.concise.prompt.j2
| ---
| description: The same in one sentence.
| ---
| {% extends "prompts/hello.prompt.j2" %}
append tenants/layers/base.yaml
| prompts: {hello: {variants: {concise: 50}}}
$ promptc build prompt:hello
| Built 4 targets of 2 tenants in <time>
|   artifacts  4 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>  (limited scope)
$ promptc promote prod --new --yes --who ada
| `prod`, which has no entry yet, would move to build
|   targets  6 added
|   tenants  2
|   prompts  hello 2, hello.* 2, hello.concise 2
|   plan     <digest 2>
| prod@1 is the head now
|   root      <digest 3>
|   pushed    12 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
file sources/prompts/hello.concise.prompt.j2
| ---
| description: The same in one sentence.
| retired: true
| ---
| {% extends "prompts/hello.prompt.j2" %}
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    4 removed since the last build
|              - acme/hello.*
|              - acme/hello.concise
|              - globex/hello.*
|              - globex/hello.concise
|   findings   1 warning
|   root       <digest 4>
! tenants/layers/base.yaml:3:39: warning[X055]: `hello.concise` is retired, and is given no keys any more
!   hint: remove it from `variants` here
!
$ promptc promote prod --remove --yes --who ada
| `prod@1` would move to build
|   targets   4 removed
|   tenants   2
|   prompts   hello.* 2, hello.concise 2
|   findings  0 errors, 1 warning in the build
|   plan      <digest 5>
| prod@2 is the head now
|   root      <digest 4>
|   pushed    6 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ promptc diff prod@1 prod
| prod@1 → prod@2
| 0 targets changed, 2 removed, shares of variants for 2 tenants, 2 unchanged
|   size  0 characters in all
|   plan  <digest 5>
|
| removed
|   - hello.concise 2: acme/hello.concise, globex/hello.concise
|
| shares of variants, by tenants
|   ~ hello: concise 50 % → plain alone 2: acme, globex
! tenants/layers/base.yaml:3:39: warning[X055]: `hello.concise` is retired, and is given no keys any more
!   hint: remove it from `variants` here

=== What each segment is given, what evidence says of it, what it costs, and which variant nobody needs

project hello
file sources/prompts/hello.concise.prompt.j2
| ---
| description: The same in one sentence.
| ---
| {% extends "prompts/hello.prompt.j2" %}
| {% block rules %}
| One sentence.
| {% endblock %}
file sources/prompts/hello.chatty.prompt.j2
| ---
| description: The same at length.
| ---
| {% extends "prompts/hello.prompt.j2" %}
| {% block rules %}
| Tell the customer all that you know of the matter, with examples, and ask whether they want to hear more of it.
| {% endblock %}
file sources/prompts/hello.formal.prompt.j2
| ---
| description: Nobody is given it.
| ---
| {% extends "prompts/hello.prompt.j2" %}
file sources/cases/hello.yaml
| greeting: {inputs: {message: Hello}}
file sources/suites/quality.yaml
| prompts: [hello]
append tenants/layers/base.yaml
| prompts: {hello: {variants: {concise: 20, chatty: 10}}}
$ promptc build
| Built 6 targets of 2 tenants in <time>
|   artifacts  6 distinct, 2 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc portfolio
| hello: 3 variants for 2 tenants of build
|   SEGMENT                    TENANTS  VARIANT  KEYS  EVIDENCE                                     TOKENS    INPUT OF 1,000 CALLS
|   chatty 10 %, concise 20 %  2        plain    70 %  quality: no evidence of the suite `quality`  12 to 14  $0.0390
|                                       chatty   10 %  quality: no evidence of the suite `quality`  38 to 39  $0.1155
|                                       concise  20 %  quality: no evidence of the suite `quality`  13 to 15  $0.0420
|   no segment needs `hello.formal`: it is given no keys
|
| tokens: an estimate: UTF-8 bytes of the compiled text over four
| prices: genai-prices 0.2.3 of 2026-11-10
Variants take the plain prompt's cases, and a suite that is asked of it is asked of them.
$ promptc evals plan
| ARTIFACT      SUITE    TARGETS               MODEL                        EVIDENCE
| <digest 2>  quality  acme/hello.concise    anthropic/claude-sonnet-4-5  no evidence of the suite `quality`
| <digest 3>  quality  globex/hello          anthropic/claude-sonnet-4-5  no evidence of the suite `quality`
| <digest 4>  quality  acme/hello            anthropic/claude-sonnet-4-5  no evidence of the suite `quality`
| <digest 5>  quality  globex/hello.chatty   anthropic/claude-sonnet-4-5  no evidence of the suite `quality`
| <digest 6>  quality  globex/hello.concise  anthropic/claude-sonnet-4-5  no evidence of the suite `quality`
| <digest 7>  quality  acme/hello.chatty     anthropic/claude-sonnet-4-5  no evidence of the suite `quality`
! 6 of 6 pairs of artifact and suite lack fresh evidence, for 6 targets of build
file results.py
| import json, subprocess
| plan = json.loads(subprocess.run(["promptc", "evals", "plan", "--format", "json"], capture_output=True, check=True).stdout)
| passed = {"hello": 18, "hello.concise": 17, "hello.chatty": 15}
| with open("results.csv", "w") as file:
|     print("artifact,suite,case,passed", file=file)
|     for need in plan["needs"]:
|         prompt = need["targets"][0].partition("/")[2]
|         for run in range(20):
|             print(need["artifact"], "quality", "greeting", str(run < passed[prompt]).lower(), sep=",", file=file)
$ python results.py
$ promptc evals record results.csv
| <digest 2>  quality  17 of 20 runs passed
| <digest 3>  quality  18 of 20 runs passed
| <digest 4>  quality  18 of 20 runs passed
| <digest 5>  quality  15 of 20 runs passed
| <digest 6>  quality  17 of 20 runs passed
| <digest 7>  quality  15 of 20 runs passed
! 6 records
$ promptc portfolio --by plan
| hello: 3 variants for 2 tenants of build
|   SEGMENT          TENANTS  VARIANT  KEYS  EVIDENCE                       TOKENS  INPUT OF 1,000 CALLS
|   plan=enterprise  1        plain    70 %  quality: 18 of 20, 70% to 97%  14      $0.0420
|                             chatty   10 %  quality: 15 of 20, 53% to 89%  39      $0.1170
|                             concise  20 %  quality: 17 of 20, 64% to 95%  15      $0.0450
|   plan=free        1        plain    70 %  quality: 18 of 20, 70% to 97%  12      $0.0360
|                             chatty   10 %  quality: 15 of 20, 53% to 89%  38      $0.1140
|                             concise  20 %  quality: 17 of 20, 64% to 95%  13      $0.0390
|   no segment needs `hello.chatty`: wherever it is given keys, `hello` passes at least as often and costs no more; the intervals overlap, so that more runs may say otherwise
|   no segment needs `hello.concise`: wherever it is given keys, `hello` passes at least as often and costs no more; the intervals overlap, so that more runs may say otherwise
|   no segment needs `hello.formal`: it is given no keys
|
| tokens: an estimate: UTF-8 bytes of the compiled text over four
| prices: genai-prices 0.2.3 of 2026-11-10
file usage.csv
| tenant,prompt,variant,calls,input_tokens,output_tokens
| acme,hello,,700,21000,70000
| acme,hello,concise,200,5000,8000
| acme,hello,chatty,100,6000,40000
| globex,hello,,70,2100,7000
| globex,hello,concise,20,500,700
$ promptc portfolio hello --by plan --usage usage.csv --format markdown
| ### `hello`: 3 variants in `build`
|
| | Segment | Tenants | Variant | Keys | Evidence | Tokens | Input of 1,000 calls | Calls | A call |
| |---|---|---|---|---|---|---|---|---|
| | `plan=enterprise` | `1` | `plain` | `70 %` | `quality: 18 of 20, 70% to 97%` | `14` | `$0.0420` | `700` | `$0.001590` |
| |  |  | `chatty` | `10 %` | `quality: 15 of 20, 53% to 89%` | `39` | `$0.1170` | `100` | `$0.006180` |
| |  |  | `concise` | `20 %` | `quality: 17 of 20, 64% to 95%` | `15` | `$0.0450` | `200` | `$0.000675` |
| | `plan=free` | `1` | `plain` | `70 %` | `quality: 18 of 20, 70% to 97%` | `12` | `$0.0360` | `70` | `$0.001590` |
| |  |  | `chatty` | `10 %` | `quality: 15 of 20, 53% to 89%` | `38` | `$0.1140` | `0` |  |
| |  |  | `concise` | `20 %` | `quality: 17 of 20, 64% to 95%` | `13` | `$0.0390` | `20` | `$0.000600` |
|
| - No segment needs `hello.chatty`: wherever it is given keys, `hello` passes at least as often and costs no more; the intervals overlap, so that more runs may say otherwise
| - No segment needs `hello.formal`: it is given no keys
|
| `tokens: an estimate: UTF-8 bytes of the compiled text over four`
| `prices: genai-prices 0.2.3 of 2026-11-10`
$ promptc cost --usage usage.csv --by variant
| $1.99 in 30 days, $1.99 a month of 30 days
|   usage   usage.csv: 5 rows, 1,090 calls
|   prices  genai-prices 0.2.3 of 2026-11-10
|   tokens  as billed
|   note    the file has no column `day`: it is taken for 30 days
|
| VARIANT           COST  SHARE  CALLS     A CALL   INPUT  CACHED  OUTPUT
| hello            $1.22  61.5%    770  $0.001590  23,100      0%  77,000
| hello.chatty   $0.6180  31.1%    100  $0.006180   6,000      0%  40,000
| hello.concise  $0.1470   7.4%    220  $0.000668   5,500      0%   8,700
|
| what the average hides
|   mean       $0.9946 a tenant; the tenant in the middle costs $0.9946
|   top 0.1 %  1 tenant: 93.8% of the cost
|   top 1 %    1 tenant: 93.8% of the cost
|   top 10 %   1 tenant: 93.8% of the cost
|   gini       0.438  (0: all alike, 1: one has it all)

=== On the example: a shorter reply for a tenth of everybody's keys, with the sample of usage

project example
project usage
file sources/prompts/support-reply.brief.prompt.j2
| ---
| description: The reply, without the checks before sending.
| ---
| {% extends "prompts/support-reply.prompt.j2" %}
| {% block task %}
| Answer each question of the message from the documents, the orders or the conversation, in as few sentences as possible.
|
| ## Refund policy
| {% include "fragments/refunds.j2" %}
| {% endblock %}
$ sed -i '/^prompts:/a\  support-reply: {variants: {brief: 10}}' tenants/layers/base.yaml
$ promptc build
| ...
$ promptc portfolio support-reply --by plan
| support-reply: 1 variant for 35 tenants of build
|   SEGMENT          TENANTS  VARIANT  KEYS  EVIDENCE  TOKENS          INPUT OF 1,000 CALLS
|   plan=free        17       plain    90 %  no suite  2,414 to 2,789  $2.48
|                             brief    10 %  no suite  2,236 to 2,611  $2.30
|   plan=pro         13       plain    90 %  no suite  2,408 to 2,927  $8.31
|                             brief    10 %  no suite  2,230 to 2,749  $7.77
|   plan=enterprise  5        plain    90 %  no suite  2,483 to 3,384  $8.93
|                             brief    10 %  no suite  2,305 to 3,206  $8.39
|
| no suite is declared, so that nothing says how well variants answer
| tokens: an estimate: UTF-8 bytes of the compiled text over four
| prices: genai-prices 0.2.3 of 2026-11-10
$ promptc portfolio --usage usage/sample.csv.gz --format markdown
| ### `support-reply`: 1 variant in `build`
|
| | Segment | Tenants | Variant | Keys | Evidence | Tokens | Input of 1,000 calls | Calls | A call |
| |---|---|---|---|---|---|---|---|---|
| | `brief 10 %` | `35` | `plain` | `90 %` | `no suite` | `2,408 to 3,384` | `$5.56` | `113,223` | `$0.009805` |
| |  |  | `brief` | `10 %` | `no suite` | `2,230 to 3,206` | `$5.20` | `0` |  |
|
| `no suite is declared, so that nothing says how well variants answer`
| ``usage/sample.csv.gz has no column `variant`: all calls are the plain prompt's``
| `tokens: an estimate: UTF-8 bytes of the compiled text over four`
| `prices: genai-prices 0.2.3 of 2026-11-10`
