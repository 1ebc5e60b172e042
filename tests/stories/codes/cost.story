=== X001: no price is known

project hello
file chains.toml
| [[chain.one.step]]
| name = "ask"
| model = "anthropic/claude-sonet-4-5"
| input = 100
$ promptc cost chain chains.toml
! error[X001]: no price is known of the model `anthropic/claude-sonet-4-5`
!   hint: did you mean `anthropic/claude-sonnet-4-5`?
exit 2

=== X002: prices that can't be used

project hello
file promptc.toml
| prices = "prices.toml"
file prices.toml
| [models."anthropic/claude-sonnet-4-5"]
| input = 2.4
| ouput = 12
$ promptc cost prices sonnet
! error[X002]: the prices `prices.toml` can't be used: `models.anthropic/claude-sonnet-4-5` lacks the key `output`
!   hint: write `[models."provider/name"]` with `input` and `output` in dollars per million tokens; docs/cost.md has a sample
exit 3

=== X003: usage that can't be used

file usage.csv
| tenant,promt,calls
| acme,hello,3
$ promptc cost --usage usage.csv
! error[X003]: the usage `usage.csv` can't be used: it has no column `prompt`
!   hint: is it `promt`?
exit 3
$ promptc cost --usage nowhere.csv
! error[X003]: the usage `nowhere.csv` can't be used: there is no such file
!   hint: a header and rows with tenant, prompt, calls; docs/cost.md lists all columns
exit 3

=== X004: row that can't be counted

file usage.csv
| tenant,prompt,model,calls,input_tokens,output_tokens
| acme,hello,openai/gpt-5,3,900,60
| acme,hello,openai/gpt-5,3,nine hundred,60
$ promptc cost --usage usage.csv
! error[X004]: row 3 of `usage.csv` can't be counted: `input_tokens` is `nine hundred`, which is no whole number
!   hint: mend the row; docs/cost.md lists the columns
exit 3
file usage.csv
| tenant,prompt,model,calls,input_tokens,turns
| acme,hello,openai/gpt-5,3,900,0
$ promptc cost --usage usage.csv
! error[X004]: row 2 of `usage.csv` can't be counted: `turns` is `0`, which is no number from 1 to 100,000
!   hint: mend the row; docs/cost.md lists the columns
exit 3
file usage.csv
| tenant,prompt,model,calls,day
| acme,hello,openai/gpt-5,3,31 March
$ promptc cost --usage usage.csv
! error[X004]: `usage.csv` can't be counted: `day` is `31 March`, which is no date like `2026-03-31`
!   hint: mend the row; docs/cost.md lists the columns
exit 3

=== X006: chains that can't be used

file chains.toml
| [[chain.round.step]]
| name = "draft"
| dollars = 0.01
| then = "draft"
| otherwise = "draft"
$ promptc cost chain chains.toml
! error[X006]: the chains `chains.toml` can't be used: chain `round`: a request of `all` may go round for ever: no step that it reaches leads to an end
!   hint: docs/cost.md has a sample of such a file
exit 3
file chains.toml
| [slices]
| easy = 0.8
| hard = 0.1
| [[chain.one.step]]
| name = "draft"
| dollars = 0.01
$ promptc cost chain chains.toml
! error[X006]: the chains `chains.toml` can't be used: the shares of `slices` add up to 0.9, not to 1
!   hint: docs/cost.md has a sample of such a file
exit 3
file chains.toml
| [[chain.one.step]]
| name = "draft"
| dollars = 0.01
| otherwise = "humans"
| [[chain.one.step]]
| name = "human"
| dollars = 4
$ promptc cost chain chains.toml
! error[X006]: the chains `chains.toml` can't be used: chain `one`: `draft.otherwise` names `humans`, which is no step
!   hint: did you mean `human`?
exit 3

=== X007: no usage is named

project hello
$ promptc cost
! error[X007]: no usage is named
!   hint: name a file with `--usage FILE`, or with the setting `usage`
exit 2

=== X009: unknown strategy for a history

project hello
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc cost conversation acme/hello --history some
! error[X009]: `some` is no strategy for a history
!   hint: `full`, `none`, `last:N` (turns), or `summary:N:TOKENS`, one made every N turns
exit 2
