What is kept, what goes, and what happens when a disk lies.

=== gc shows what nothing names any more, and deletes it when it is told to

project hello
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc push
| <digest 1>
|   9 blobs pushed (.promptc/registry)
$ promptc promote prod --new --yes --who ann
| `prod`, which has no entry yet, would move to build
|   targets  2 added
|   tenants  2
|   prompts  hello 2
|   plan     <digest 2>
| prod@1 is the head now
|   root      <digest 1>
|   pushed    0 blobs
|   registry  .promptc/registry
! note: `.promptc/registry` serves this machine alone; the setting `registry` names one for all
$ sed -i 's/^Be brief.$/Be very brief./' sources/prompts/hello.prompt.j2
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    2 changed since the last build
|              ~ acme/hello
|              ~ globex/hello
|   findings   0 findings
|   root       <digest 3>
$ promptc push
| <digest 3>
|   8 blobs pushed (.promptc/registry)
$ promptc gc
| .promptc/registry: 5 KiB, 0 B would be freed
| build/: 5 KiB, 0 B would be freed

All of that is younger than a week. Of what is old, the registry keeps what an entry names, and build/ the last build:

$ promptc gc --older-than 0s
| .promptc/registry: 5 KiB, 3 KiB would be freed
|   artifact  2  692 B
|   entries   1  637 B
|   record    1  638 B
|   root      1  147 B
|   tenant    2  248 B
|   tree      1  204 B
| build/: 5 KiB, 2 KiB would be freed
|   artifact  2  682 B
|   entries   1  637 B
|   record    1  638 B
|   root      1  147 B
|   tenant    2  248 B
|   tree      1  204 B
| nothing was deleted; `--delete` does it
$ promptc gc --older-than 0s --delete
| .promptc/registry: 5 KiB, 3 KiB freed
|   artifact  2  692 B
|   entries   1  637 B
|   record    1  638 B
|   root      1  147 B
|   tenant    2  248 B
|   tree      1  204 B
| build/: 5 KiB, 2 KiB freed
|   artifact  2  682 B
|   entries   1  637 B
|   record    1  638 B
|   root      1  147 B
|   tenant    2  248 B
|   tree      1  204 B
$ promptc gc --older-than 0s --delete
| .promptc/registry: 3 KiB, 0 B freed
| build/: 3 KiB, 0 B freed
$ promptc verify
| prod@1  whole, 2 targets
| read 9 blobs, 1 entry, 0 other files
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    none since the last build
|   findings   0 findings
|   root       <digest 3>
$ promptc gc --older-than soon
! error[C001]: `soon` is no age
!   hint: write `7d`, `12h`, `30m` or `<time>`
exit 2

=== verify finds what a disk lost, says what is still safe, and mends it

project hello
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc promote prod --new --yes --who ann
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
$ cp -r .promptc/registry copy
$ promptc verify
| prod@1  whole, 2 targets
| read 9 blobs, 1 entry, 0 other files
$ python3 -c "import pathlib; p = next(pathlib.Path('.promptc/registry/blobs/packs').glob('*.pack')); d = p.read_bytes(); at = d.index(b'brief'); p.write_bytes(d[:at] + b'B' + d[at + 1:])"
$ promptc verify prod
| wrong blobs <digest 3>: `<digest 3>` is damaged
| it affects prod@1
| prod@1  not safe to serve: globex/hello; the others of 2 are
| read 0 blobs, 1 entry, 0 other files
! error[V041]: 1 thing is damaged or missing
!   hint: `promptc verify --repair` mends what the build, the sources or `--from REGISTRY` have
exit 4
$ promptc gc --older-than 0s
| .promptc/registry: 3 KiB, 0 B would be freed
| build/: 3 KiB, 0 B would be freed
$ promptc verify --repair
| mended <digest 3>, from the build
| prod@1  whole, 2 targets
| read 9 blobs, 1 entry, 0 other files
$ promptc verify
| prod@1  whole, 2 targets
| read 9 blobs, 1 entry, 0 other files

An entry can only come from a copy:

$ python3 -c "import pathlib; p = pathlib.Path('.promptc/registry/channels/prod/entries/1.json'); p.write_bytes(p.read_bytes()[:99])"
$ promptc verify --repair
| wrong channels/prod/entries/1.json: entry `prod@1` is damaged: a document is damaged: it is not JSON
| read 9 blobs, 0 entries, 0 other files
! error[V041]: 1 thing is damaged or missing
exit 4
$ promptc verify --repair --from copy
| mended channels/prod/entries/1.json, from copy
| prod@1  whole, 2 targets
| read 9 blobs, 1 entry, 0 other files
$ promptc verify --from copy
! error[C001]: `--from` goes with `--repair`
!   hint: try `promptc verify --help`
exit 2

Without one of its nodes nobody can tell what it leads to, so nothing is deleted:

$ python3 -c "import pathlib; [p.write_bytes(p.read_bytes().replace(b'promptc.tree', b'promptc.tref')) for p in pathlib.Path('.promptc/registry/blobs/packs').glob('*.pack')]"
$ promptc gc --older-than 0s
! error[V040]: the registry is damaged, so nothing is deleted: `<digest 4>` is damaged (`<digest 4>…`)
!   hint: `promptc verify --repair` first: what a damaged node leads to can't be told
exit 4
$ promptc verify --repair
| mended <digest 4>, from the build
| prod@1  whole, 2 targets
| read 9 blobs, 1 entry, 0 other files
