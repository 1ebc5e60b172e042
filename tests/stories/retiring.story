What was released is never collected. Taking its text out for good is a decision, and this is where it is made.

=== A text of old entries is retired; the history says so

project hello
$ promptc build && promptc promote prod --new --yes --who ann --registry registry
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
| `prod`, which has no entry yet, would move to build
|   targets  2 added
|   tenants  2
|   prompts  hello 2
|   plan     <digest 2>
| prod@1 is the head now
|   root      <digest 1>
|   pushed    9 blobs
|   registry  registry
$ sed -i 's/^Be brief.$/Be very brief./' sources/prompts/hello.prompt.j2 && promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    2 changed since the last build
|              ~ acme/hello
|              ~ globex/hello
|   findings   0 findings
|   root       <digest 3>
$ promptc promote prod acme --yes --who bob --registry registry
| `prod@1` would move to build
|   targets     1 changed
|   tenants     1
|   prompts     hello 1
|   not chosen  1 other target differs
|   plan        <digest 4>
| prod@2 is the head now
|   root      <digest 5>
|   pushed    6 blobs
|   registry  registry
$ sed -i 's/^Be very brief.$/Be as brief as can be./' sources/prompts/hello.prompt.j2 && promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    2 changed since the last build
|              ~ acme/hello
|              ~ globex/hello
|   findings   0 findings
|   root       <digest 6>
$ promptc promote prod acme --yes --who bob --registry registry
| `prod@2` would move to build
|   targets     1 changed
|   tenants     1
|   prompts     hello 1
|   not chosen  1 other target differs
|   plan        <digest 7>
| prod@3 is the head now
|   root      <digest 8>
|   pushed    6 blobs
|   registry  registry
$ promptc retire prod --registry registry
! error[C001]: how old entries must be is not said
!   hint: add `--older-than 400d`, or name entries: `prod@12`
exit 2
$ promptc retire prod --older-than 400d --registry registry
| 0 texts of 0 entries would be removed: 0 B
$ promptc retire prod@3 --registry registry
! error[V042]: `prod@3` can't be retired: it is what the channel serves
!   hint: retire it when that is no longer so
exit 1
$ promptc mark prod@2 good --registry registry --who ann
| prod@2 is good, says prod@4
$ promptc retire prod --older-than 0s --registry registry
|   prod@1  <time>  <digest 1>…
|   prod@2 stays: it is marked good, and what a rollback would go back to
| 1 text of 1 entry would be removed: 344 B
|   1 text of theirs stays, since something that is kept serves the same
| nothing was removed; `--delete` does it, and nothing brings them back
$ promptc retire prod --older-than 0s --registry registry --delete
|   prod@1  <time>  <digest 1>…
|   prod@2 stays: it is marked good, and what a rollback would go back to
| 1 text of 1 entry removed: 344 B
|   1 text of theirs stays, since something that is kept serves the same

Globex is still served what it was at first, so that text stays. What acme was told then is gone, and everybody says so:

$ promptc history prod acme --registry registry
| prod@3  <time>  promote  acme/hello  <digest 9>  changed             bob
| prod@2  <time>  promote  acme/hello  <digest 10>  changed             bob
| prod@1  <time>  promote  acme/hello  <digest 11>  came, text removed  ann
| last changed at prod@3, <time>
$ promptc show acme/hello --at prod@1 --registry registry
! error[V014]: the text of `acme/hello` at `prod@1` was removed from the registry
!   hint: its digest stays in the history; `promptc history` shows when it was served
exit 1
$ promptc show globex/hello --at prod@1 --registry registry
| globex/hello  <digest 12>
|   model   anthropic/claude-sonnet-4-5
|   inputs  message  text  required
|
| ── system ──────────────────────────────────────────────────────────────────
| You answer for Globex in a warm tone.
| Be brief.
|
| ── user ────────────────────────────────────────────────────────────────────
| ⟦input.message⟧
$ promptc verify --registry registry
| prod@4  whole, 2 targets
| read 20 blobs, 4 entries, 1 other file, 1 text removed on purpose
$ promptc gc --older-than 0s --registry registry
| registry: 6 KiB, 0 B would be freed
| build/: 8 KiB, 5 KiB would be freed
|   artifact  4  1 KiB
|   entries   2  1 KiB
|   record    2  1 KiB
|   root      2  294 B
|   tenant    4  496 B
|   tree      2  408 B
| nothing was deleted; `--delete` does it
$ promptc rollback prod --to 1 --yes --who ann --registry registry
! error[V014]: what `prod@1` served otherwise was removed from the registry for good (1 of its texts)
!   hint: go back to another entry with `--to N`, or promote a build that has them
exit 1
$ promptc retire --older-than 0s --registry registry --format json
| {
|   "deleted": false,
|   "entries": [
|     "prod@1"
|   ],
|   "removed": [],
|   "bytes": 0,
|   "shared": 1,
|   "removed_before": 1,
|   "protected": [
|     {
|       "entry": "prod@2",
|       "because": "it is marked good, and what a rollback would go back to"
|     }
|   ]
| }
