What prompts cost: usage, conversations, chains, and what a change adds.

=== The sample: 2,000 tenants for 90 days, and what an average hides

project usage
$ promptc cost --usage usage/sample.csv.gz --revenue usage/revenue.csv --limit 5
| $13,032 in 90 days, $4,344 a month of 30 days
|   usage   usage/sample.csv.gz: 38,914 rows, 2,307,335 calls
|   prices  genai-prices 0.2.3 of 2026-11-10
|   tokens  as billed
|
| TENANT      COST  SHARE      CALLS     A CALL          INPUT  CACHED       OUTPUT  RESOLVED AT     PAYS
| t00001    $5,355  41.1%  1,047,599  $0.005112  2,687,813,436     36%  230,756,226    $0.007542    $0.00
| t00002    $2,072  15.9%    386,802  $0.005357  1,027,680,938     36%   87,573,802    $0.008478  $120.00
| t00003    $1,111   8.5%    200,565  $0.005541    542,084,252     34%   45,517,403    $0.008758    $0.00
| daon     $705.85   5.4%    122,855  $0.005745    331,408,526     28%   28,033,546    $0.008520  $120.00
| su-0001  $458.89   3.5%     83,042  $0.005526    222,611,760     27%   18,470,042    $0.007988    $0.00
| … and 1,995 other tenants, $3,329 together: `--limit`, `--format json`
|
| what the average hides
|   mean       $6.52 a tenant; the tenant in the middle costs $0.0549
|   top 0.1 %  2 tenants: 57.0% of the cost
|   top 1 %    20 tenants: 89.0% of the cost
|   top 10 %   200 tenants: 97.3% of the cost
|   gini       0.980  (0: all alike, 1: one has it all)
|   losing     1,126 tenants of 2,000 cost more than they pay
|              t00001 pays $0.00, costs $5,355
|              t00002 pays $120.00, costs $2,072
|              t00003 pays $0.00, costs $1,111
|              daon pays $120.00, costs $705.85
|              su-0001 pays $0.00, costs $458.89
|
| length of conversations in turns: p50 1, p90 1, p99 4, max 60
|   turns  conversations   cost       each
|   1              90.7%  62.7%  $0.004634
|   2               5.8%  12.6%    $0.0146
|   3-4             2.6%   9.4%    $0.0245
|   5-8             0.6%   4.6%    $0.0506
|   9-16            0.3%   4.4%    $0.1178
|   17-32           0.0%   2.3%    $0.4047
|   33-60           0.0%   4.0%      $1.95
$ promptc cost --usage usage/sample.csv.gz --by prompt
| $13,032 in 90 days, $4,344 a month of 30 days
|   usage   usage/sample.csv.gz: 38,914 rows, 2,307,335 calls
|   prices  genai-prices 0.2.3 of 2026-11-10
|   tokens  as billed
|
| PROMPT               COST  SHARE    CALLS     A CALL          INPUT  CACHED       OUTPUT  RESOLVED AT
| support-reply      $9,339  71.7%  977,417  $0.009555  2,936,759,328     39%  241,692,000      $0.0175
| agent              $2,089  16.0%  278,573  $0.007501  1,008,201,366     33%  120,415,554      $0.0132
| escalation-brief  $747.79   5.7%   92,635  $0.008072    223,919,880     11%   49,560,472      $0.0104
| classify          $447.78   3.4%  686,080  $0.000653  1,417,074,240     23%   43,735,512    $0.000820
| summarize-thread  $283.85   2.2%  205,265  $0.001383    539,401,560     10%   54,417,870    $0.001777
| upsell            $124.04   1.0%   67,365  $0.001841    101,778,408     10%    6,319,314    $0.002259
|
| what the average hides
|   mean       $6.52 a tenant; the tenant in the middle costs $0.0549
|   top 0.1 %  2 tenants: 57.0% of the cost
|   top 1 %    20 tenants: 89.0% of the cost
|   top 10 %   200 tenants: 97.3% of the cost
|   gini       0.980  (0: all alike, 1: one has it all)
|
| length of conversations in turns: p50 1, p90 1, p99 4, max 60
|   turns  conversations   cost       each
|   1              90.7%  62.7%  $0.004634
|   2               5.8%  12.6%    $0.0146
|   3-4             2.6%   9.4%    $0.0245
|   5-8             0.6%   4.6%    $0.0506
|   9-16            0.3%   4.4%    $0.1178
|   17-32           0.0%   2.3%    $0.4047
|   33-60           0.0%   4.0%      $1.95
$ promptc cost --usage usage/sample.csv.gz --by outcome
| $13,032 in 90 days, $4,344 a month of 30 days
|   usage   usage/sample.csv.gz: 38,914 rows, 2,307,335 calls
|   prices  genai-prices 0.2.3 of 2026-11-10
|   tokens  as billed
|
| OUTCOME       COST  SHARE      CALLS     A CALL          INPUT  CACHED       OUTPUT  RESOLVED AT
| resolved   $10,100  77.5%  1,805,214  $0.005595  4,864,009,538     30%  402,221,319    $0.006630
| escalated   $1,443  11.1%    247,469  $0.005830    669,326,948     30%   57,369,067            -
| retried     $1,113   8.5%    183,496  $0.006064    498,644,514     30%   42,487,367            -
| failed     $376.50   2.9%     71,156  $0.005291    195,153,782     33%   14,062,969            -
|
| what the average hides
|   mean       $6.52 a tenant; the tenant in the middle costs $0.0549
|   top 0.1 %  2 tenants: 57.0% of the cost
|   top 1 %    20 tenants: 89.0% of the cost
|   top 10 %   200 tenants: 97.3% of the cost
|   gini       0.980  (0: all alike, 1: one has it all)
|
| length of conversations in turns: p50 1, p90 1, p99 4, max 60
|   turns  conversations   cost       each
|   1              90.7%  62.7%  $0.004634
|   2               5.8%  12.6%    $0.0146
|   3-4             2.6%   9.4%    $0.0245
|   5-8             0.6%   4.6%    $0.0506
|   9-16            0.3%   4.4%    $0.1178
|   17-32           0.0%   2.3%    $0.4047
|   33-60           0.0%   4.0%      $1.95
$ promptc cost --usage usage/sample.csv.gz --by variant --format html --output cost.html
! written to cost.html
$ python -c "page = open('cost.html').read(); print('<script' in page, 'http://' in page.replace('http://www.w3.org/2000/svg', ''), 'Gini' in page)"
| False False True
$ promptc cost --usage usage/sample.csv.gz --format svg --output lorenz.svg
! written to lorenz.svg
$ promptc cost --usage usage/sample.csv.gz --format png --output lorenz.png
! written to lorenz.png
$ python -c "print(open('lorenz.png', 'rb').read(8))"
| b'\x89PNG\r\n\x1a\n'

=== A hand-computed bill: cached and uncached input, output, a month

A month of Sonnet 4.5 at 3, 0.30 and 15 dollars a million: 1,000,000 input of which 400,000 came from the cache, and
100,000 output are 600,000 × 3 + 400,000 × 0.30 + 100,000 × 15 = 1.80 + 0.12 + 1.50 = 3.42 dollars.

file usage.csv
| day,Tenant,prompt,model,calls,input tokens,cached tokens,output tokens,outcome,revenue
| 2026-03-01,acme,reply,anthropic/claude-sonnet-4-5,500,600000,400000,60000,resolved,20
| 2026-03-30,acme,reply,anthropic/claude-sonnet-4-5,500,400000,0,40000,failed,20
| 2026-03-30,globex,reply,somebody/unknown-1,7,1000,0,10,resolved,9
$ promptc cost --usage usage.csv
| $3.42 in 30 days, $3.42 a month of 30 days
|   usage     usage.csv: 3 rows, 1,000 calls
|   prices    genai-prices 0.2.3 of 2026-11-10
|   tokens    as billed
|   no price  somebody/unknown-1: 7 calls not in these sums
|
| TENANT   COST   SHARE  CALLS     A CALL      INPUT  CACHED   OUTPUT  RESOLVED AT    PAYS
| acme    $3.42  100.0%  1,000  $0.003420  1,000,000     40%  100,000    $0.006840  $40.00
$ promptc cost --usage usage.csv --format json
| {"format": "promptc.cost/1", "usage": "usage.csv", "rows": 3, "days": 30, "by": "tenant", "prices": "genai-prices 0.2.3 of 2026-11-10", "tokens": "as billed", "notes": [], "total": {"name": "total", "calls": 1000, "conversations": 1000.0, "input": 1000000, "cached": 400000, "written": 0, "output": 100000, "dollars": 3.42, "resolved": 500, "per_call": 0.00342, "per_resolved": 0.00684, "revenue": 49.0}, "monthly": 3.42, "lines": [{"name": "acme", "calls": 1000, "conversations": 1000.0, "input": 1000000, "cached": 400000, "written": 0, "output": 100000, "dollars": 3.42, "resolved": 500, "per_call": 0.00342, "per_resolved": 0.00684, "revenue": 40.0}], "concentration": {"tenants": 1, "gini": 0.0, "median": 3.42, "mean": 3.42, "tops": [{"share": 0.001, "tenants": 1, "of_total": 1.0}, {"share": 0.01, "tenants": 1, "of_total": 1.0}, {"share": 0.1, "tenants": 1, "of_total": 1.0}], "lorenz": [[0.0, 0.0], [1.0, 1.0]]}, "lengths": [{"low": 1, "high": 1, "conversations": 1000.0, "dollars": 3.42}], "turns": {"p50": 1, "p90": 1, "p99": 1, "max": 1}, "losing": [], "unpriced": {"somebody/unknown-1": 7}, "uncounted": {}}

=== Prices of one's own stand before those that ship

file promptc.toml
| prices = "prices.toml"
file sources/models.yaml
| main: {provider: anthropic, name: claude-sonnet-4-5}
file prices.toml
| date = "2026-11-01"
| [models."anthropic/claude-sonnet-4-5"]
| input = 2
| cached = 0.2
| output = 10
$ promptc cost prices anthropic/claude-sonnet-4-5
| MODEL                        INPUT  CACHED  WRITTEN  OUTPUT   CACHE
| anthropic/claude-sonnet-4-5      2     0.2        2      10  marked
| dollars per million tokens; prices.toml of 2026-11-01, then genai-prices 0.2.3 of 2026-11-10; 1 model

=== Without billed tokens they are worked out from what is served

project example
$ promptc build
| Built 145 targets of 35 tenants in <time>
|   artifacts  144 distinct, 1,624 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
file usage.csv
| tenant,prompt,calls,turns,message_tokens,output_tokens
| acme,support-reply,3000,30,450000,750000
| acme,support-reply,1000,1,150000,250000
| nobody,support-reply,10,1,1500,2500
$ promptc cost --usage usage.csv --by turns
| $89.83 in 30 days, $89.83 a month of 30 days
|   usage       usage.csv: 3 rows, 4,000 calls
|   prices      genai-prices 0.2.3 of 2026-11-10
|   tokens      an estimate: UTF-8 bytes of the compiled text over four
|   note        the file has no column `day`: it is taken for 30 days
|   note        input is worked out from the last build, not billed: the file has no column `input_tokens`
|   not served  nobody/support-reply: 10 calls not in these sums
|
| TURNS    COST  SHARE  CALLS   A CALL       INPUT  CACHED   OUTPUT
| 30     $73.36  81.7%  3,000  $0.0245  28,002,000     29%  750,000
| 1      $16.47  18.3%  1,000  $0.0165   3,534,000      0%  250,000
|
| length of conversations in turns: p50 1, p90 1, p99 30, max 30
|   turns  conversations   cost     each
|   1              90.9%  18.3%  $0.0165
|   17-30           9.1%  81.7%  $0.7336
$ promptc cost conversation acme/support-reply --turns 30
| acme/support-reply with anthropic/claude-sonnet-4-5: 30 turns cost $0.7336
|   against  $0.4941, one turn times 30; it is 44.5 times the first turn
|   turn     prompt 3,384 tokens, message 150, answer 250
|   history  full
|   cache    what is marked; the prompt begins with 2,823 tokens that can be
|   tokens   an estimate: UTF-8 bytes of the compiled text over four
|   prices   genai-prices 0.2.3 of 2026-11-10
|
|   turn   input  cached  written  output  this turn   so far
|   1      3,534       0    2,823     250    $0.0165  $0.0165
|   2      3,934   2,823        0     250  $0.007930  $0.0244
|   3      4,334   2,823        0     250  $0.009130  $0.0335
|   5      5,134   2,823        0     250    $0.0115  $0.0554
|   10     7,134   2,823        0     250    $0.0175  $0.1310
|   20    11,134   2,823        0     250    $0.0295  $0.3723
|   30    15,134   2,823        0     250    $0.0415  $0.7336
$ promptc cost conversation acme/support-reply --turns 30 --history last:4 --model openai/gpt-5
| acme/support-reply with openai/gpt-5: 30 turns cost $0.1555
|   against  $0.2075, one turn times 30; it is 22.5 times the first turn
|   turn     prompt 3,384 tokens, message 150, answer 250
|   history  last:4
|   cache    whatever begins as before; the prompt begins with 3,271 tokens that can be
|   tokens   an estimate: UTF-8 bytes of the compiled text over four
|   prices   genai-prices 0.2.3 of 2026-11-10
|
|   turn  input  cached  written  output  this turn     so far
|   1     3,534       0        0     250  $0.006918  $0.006918
|   2     3,934   3,200        0     250  $0.003818    $0.0107
|   3     4,334   3,584        0     250  $0.003886    $0.0146
|   5     5,134   4,352        0     250  $0.004021    $0.0226
|   10    5,134   3,200        0     250  $0.005318    $0.0492
|   20    5,134   3,200        0     250  $0.005318    $0.1024
|   30    5,134   3,200        0     250  $0.005318    $0.1555
$ promptc cost conversation acme/support-reply --turns 30 --history summary:10:300 --marks-history
| acme/support-reply with anthropic/claude-sonnet-4-5: 30 turns cost $0.3029
|   against  $0.4941, one turn times 30; it is 18.4 times the first turn
|   turn     prompt 3,384 tokens, message 150, answer 250
|   history  summary:10:300
|   cache    what is marked; the prompt begins with 2,823 tokens that can be
|   tokens   an estimate: UTF-8 bytes of the compiled text over four
|   prices   genai-prices 0.2.3 of 2026-11-10
|
|   turn  input  cached  written  output  this turn   so far
|   1     3,534       0    2,823     250    $0.0165  $0.0165
|   2     3,934   2,823      400     250  $0.008230  $0.0247
|   3     4,334   3,223      400     250  $0.008350  $0.0330
|   5     5,134   4,023      400     250  $0.008590  $0.0501
|   10    7,134   6,023      400     250  $0.009190  $0.0949
|   20    7,434   6,323      400     250  $0.009280  $0.1984
|   30    7,434   6,323      400     250  $0.009280  $0.3029

=== A dear model on the hard slice against a cheap one that retries

file chains.toml
| [slices]
| easy = 0.8
| hard = 0.2
|
| # A cheap model that tries up to three times, then a person for four dollars.
| [[chain.cheap-retries.step]]
| name = "draft"
| model = "gemini/gemini-2.5-flash"
| input = 2400
| output = 300
| success = {easy = 0.9, hard = 0.3}
| attempts = 3
| otherwise = "person"
| [[chain.cheap-retries.step]]
| name = "person"
| dollars = 4
|
| # The hard slice goes to a reasoning model at once.
| [chain.dear-on-hard]
| start = {easy = "draft", hard = "reason"}
| [[chain.dear-on-hard.step]]
| name = "draft"
| model = "gemini/gemini-2.5-flash"
| input = 2400
| output = 300
| success = {easy = 0.9, hard = 0.3}
| otherwise = "reason"
| [[chain.dear-on-hard.step]]
| name = "reason"
| model = "openai/gpt-5"
| input = 2400
| output = 4000
| success = {easy = 0.97, hard = 0.85}
| otherwise = "person"
| [[chain.dear-on-hard.step]]
| name = "person"
| dollars = 4
|
| # A draft, a critique, and back: the loop of every round in which the critique is not content.
| [[chain.critique-loop.step]]
| name = "draft"
| model = "openai/gpt-5"
| input = 2400
| output = 600
| then = "critique"
| [[chain.critique-loop.step]]
| name = "critique"
| model = "openai/gpt-5"
| input = 3100
| output = 200
| success = {easy = 0.8, hard = 0.5}
| otherwise = "draft"
$ promptc cost chain chains.toml
| CHAIN          PER RESOLVED  RESOLVED  A REQUEST  CALLS
| critique-loop       $0.0208    100.0%    $0.0208   2.80
|   easy 80%          $0.0186    100.0%    $0.0186   2.50
|   hard 20%          $0.0297    100.0%    $0.0297   4.00
| dear-on-hard        $0.1428    100.0%    $0.1428   1.11
|   easy 80%          $0.0178    100.0%    $0.0178   1.10
|   hard 20%          $0.6430    100.0%    $0.6430   1.15
| cheap-retries       $0.2795    100.0%    $0.2795   1.40
|   easy 80%        $0.005632    100.0%  $0.005632   1.11
|   hard 20%            $1.38    100.0%      $1.38   2.53
| prices: genai-prices 0.2.3 of 2026-11-10

=== What a change adds to the month's bill

project hello
$ git init -q
$ git add -A
$ git commit -qm start
file usage.csv
| day,tenant,prompt,model,calls,input_tokens,cached_tokens,output_tokens
| 2026-10-01,acme,hello,openai/gpt-5,600000,60000000,0,6000000
| 2026-10-30,acme,hello,openai/gpt-5,400000,40000000,0,4000000
$ sed -i '0,/^{% endmessage %}/s//Answer in three sentences, and say which of them you are not sure of.\n&/' sources/prompts/hello.prompt.j2
$ promptc diff HEAD --usage usage.csv
| HEAD → the working tree
| 2 targets changed, 0 unchanged
|   classes  2 text  (targets; one may have several)
|   size     +140 characters in all
|   cache    2 targets with another stable prefix: what a provider cached of it is lost
|   cost     +$54.00 a month at last month's traffic  (genai-prices 0.2.3 of 2026-11-10)
|   plan     <digest 1>
|
| [1] text  system, line 4  2 targets of 2 tenants, identical
|     Be brief.
|   + Answer in three sentences, and say which of them you are not sure of.
|     ── user
|     why    sources/prompts/hello.prompt.j2:13  prompts/hello.prompt.j2
|     in     hello 2
|     who    plan=enterprise: 1, plan=free: 1
|     e.g.   acme/hello
|     cost   +18 tokens on 1 tenant: +$54.00 a month
|     cache  ends the stable prefix of 2 targets
|     plan   <digest 1>…
|
| edits
|   sources/prompts/hello.prompt.j2:13  group 1
$ promptc diff HEAD --usage usage.csv --format markdown --output comment.md
! HEAD → the working tree: 2 targets changed, 0 unchanged
! written to comment.md
$ grep -o '`+[0-9]* tokens on[^;]*' comment.md
| `+18 tokens on 1 tenant: +$54.00 a month`
