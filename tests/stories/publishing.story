What production serves leaves the registry: as files for a web server, and inside a service's own image.

=== A registry for a web server, and a folder for an image

project hello
$ promptc build && promptc promote prod --new --yes --who ann --registry registry && promptc pin prod --registry registry
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
| promptc.lock is written: prod@1
|   root      <digest 1>
|   registry  registry
$ promptc export-static public --registry registry
| public holds prod@1
|   targets    2
|   written    7 blobs (1 KiB), 3 other files
|   unchanged  0 files
$ promptc export-static public --registry registry
| public holds prod@1
|   targets    2
|   written    0 blobs (0 B), 0 other files
|   unchanged  10 files
$ find public -not -path '*/blobs/*' -type f | sort
| public/channels/prod/entries/1.json
| public/channels/prod/head.json
| public/registry.json
$ promptc vendor promptc.lock image acme
| image holds prod@1
|   targets    1
|   written    5 blobs (953 B), 4 other files
|   unchanged  0 files
$ promptc vendor promptc.lock image acme --format json
| {
|   "folder": "image",
|   "heads": [
|     "prod@1"
|   ],
|   "targets": 1,
|   "blobs": 0,
|   "bytes": 0,
|   "small_files": 0,
|   "unchanged": 9
| }
$ promptc vendor promptc.lock image nobody
! error[V019]: no root here has a tenant `nobody`
!   hint: `promptc history CHANNEL` shows what moved
exit 2

A folder holds one registry's history, and no other's:

$ promptc build && promptc promote prod --new --yes --who ann --registry other
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    none since the last build
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
|   registry  other
$ promptc export-static public --registry other
! error[V043]: `public` holds another registry
!   hint: name an empty folder, or the one it was written to before
exit 5
