Whose each piece of a compiled prompt is, and whether one tenant's markers turn up anywhere else.

=== each piece of a compiled prompt, and whose it is

project hello
$ promptc check --why-no-leak acme/hello
| acme/hello  <digest 1>
|   message 1, line 1  sources/prompts/hello.prompt.j2:9   acme  own
|   message 1, line 2  sources/prompts/hello.prompt.j2:11  -     shared
|   message 2, line 1  sources/prompts/hello.prompt.j2:15  -     shared
|   chain              tenants/layers/base.yaml            base  shared
| 3 pieces, none of another tenant
$ promptc check --why-no-leak acme/hello --format json
| {
|   "target": "acme/hello",
|   "digest": "<digest 1>",
|   "proven": true,
|   "pieces": [
|     {
|       "message": 1,
|       "lines": [
|         1,
|         1
|       ],
|       "place": "sources/prompts/hello.prompt.j2:9",
|       "by": "acme",
|       "whose": "own",
|       "owner": "acme"
|     },
|     {
|       "message": 1,
|       "lines": [
|         2,
|         2
|       ],
|       "place": "sources/prompts/hello.prompt.j2:11",
|       "by": "",
|       "whose": "shared",
|       "owner": ""
|     },
|     {
|       "message": 2,
|       "lines": [
|         1,
|         1
|       ],
|       "place": "sources/prompts/hello.prompt.j2:15",
|       "by": "",
|       "whose": "shared",
|       "owner": ""
|     }
|   ],
|   "beside": [
|     {
|       "message": 0,
|       "lines": [
|         0,
|         0
|       ],
|       "place": "tenants/layers/base.yaml",
|       "by": "base",
|       "whose": "shared",
|       "owner": ""
|     }
|   ],
|   "findings": []
| }
file tenants/layers/customers/globex.yaml
| variables: {tone: formal}
file tenants/acme.yaml
| extends: [customers/globex]
| variables: {product: Acme Care}
$ promptc check --why-no-leak acme/hello
| acme/hello  <digest 2>
|   message 1, line 1  sources/prompts/hello.prompt.j2:9     acme              own
|   message 1, line 2  sources/prompts/hello.prompt.j2:11    -                 shared
|   message 2, line 1  sources/prompts/hello.prompt.j2:15    -                 shared
|   chain              tenants/layers/base.yaml              base              shared
|   chain              tenants/layers/customers/globex.yaml  customers/globex  ANOTHER TENANT'S: globex
| 1 of another tenant
exit 1
$ promptc check --only W611
| Checked 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing is built yet to compare with
|   findings   1 error
|   root       <digest 3>
! tenants/layers/customers/globex.yaml:1:1: error[W611]: the layer `customers/globex` is `globex`'s, and 1 tenant beside it extend it
!   hint: move what is shared into a layer of its own, or the rest into that tenant's file
!
exit 3
$ promptc check --why-no-leak acme
! error[C007]: `acme` is no target
!   hint: write `TENANT/PROMPT`
exit 2
$ promptc check acme --why-no-leak acme/hello
! error[C001]: --why-no-leak and --markers go with --format text or json alone, each by itself
!   hint: try `promptc check --help`
exit 2

=== markers are looked for in what was built of a planted copy

project hello
$ promptc plant ../planted
| planted 2 tenants in ../planted
$ promptc plant ../planted
! error[C041]: `../planted` is not a new folder that a test build can have
!   hint: name a new folder beside the project, never its build/
exit 2
$ promptc plant build/x
! error[C041]: `build/x` is not a new folder that a test build can have
!   hint: name a new folder beside the project, never its build/
exit 2
$ promptc -C ../planted build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc check --markers ../planted
| 2 artifacts and 1 file hold 0 foreign of 2 markers
$ cd ../planted && grep -ho 'pmk[0-9a-f]*' tenants/acme.yaml | sort -u > ../desk.log
$ promptc check --markers ../planted ../desk.log
| desk.log:1: the marker of acme
| 2 artifacts and 2 files hold 1 foreign of 2 markers
exit 1
$ cd ../planted && sed -i "s/Globex /Globex $(cat ../desk.log) /" tenants/globex.yaml && promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    1 changed since the last build
|              ~ globex/hello
|   findings   0 findings
|   root       <digest 2>
$ promptc check --markers ../planted --format json
| {
|   "foreign": [
|     {
|       "where": "globex/hello",
|       "line": 0,
|       "owner": "acme"
|     }
|   ],
|   "artifacts": 2,
|   "files": 1,
|   "markers": 2
| }
exit 1
$ promptc check --markers tenants
! error[C042]: none of these folders was planted
!   hint: `promptc plant DIR` writes one; name it first
exit 2
$ promptc check --markers
! error[C001]: --markers takes the folder that was planted, and others to look through
!   hint: try `promptc check --help`
exit 2
