A tenant leaves, and asks for everything to be removed. What is here goes, what can't be reached is listed, and a report says so.

=== A tenant is forgotten everywhere, and the report says where it still may be

project hello
file sources/examples/greetings.yaml
| owner: shared
| examples:
|   # A greeting that everybody likes.
|   - id: plain
|     input: {message: Hello}
|     output: Good day.
|   # From Acme's own traffic.
|   - id: from-acme
|     input: {message: Is the Zebra 3000 in stock?}
|     output: It is.
|     from: tenant:acme
|     consent: ticket 12
|     recorded: 2026-01-01
|     expires: 2027-01-01
|   - id: last
|     input: {message: Bye}
|     output: Good night.
$ printf '[tool.promptc]\nregistry = "registry"\n' > pyproject.toml && printf 'registry\nbuild\n' > .gitignore
$ git init -q -b main . && git add -A && git commit -q -m "Greetings" && promptc build
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
|   registry  registry
$ promptc pin prod --as billing --who ann
| promptc.lock is written: prod@1
|   root      <digest 1>
|   registry  registry
$ promptc forget acme --who eve | grep -v 'cache  \|things of'
| registry registry
|   served         prod serves or knows it (prod@1)
|   artifact       <digest 3>…              344 B
|   manifest node  <digest 4>…              124 B
|   labels         <digest 5>…              134 B
|   stays  the service `billing` says that it holds a pin that serves it (service/billing@1)
|          `promptc pin --update`, deploy, then `promptc deployed billing --pin FILE`; purge its disk cache and vendored folder
|   stays  the id `acme` itself, in old manifests and holds (nodes: 1) and selections of entries (0)
|          an id is no text of the tenant; where it names a person, that is for your counsel to judge
|   stays  labels of up to 63 other tenants at entries of then went with its own: selections by label pass them over there
| build/, whole: `promptc build` makes it anew
| sources
|   overlay  tenants/acme.yaml                          71 B
|   example  sources/examples/greetings.yaml#from-acme  210 B
| beyond reach
|   git's history: 1 commit holds sources/examples/greetings.yaml, tenants/acme.yaml
|     `git filter-repo --invert-paths --path tenants/acme.yaml`, force-push, have the host delete its caches, forks and pull requests; others clone anew
|   copies of a registry that were not named: mirrors, static exports behind a CDN, backups
|     name each registry with `--registry`; purge the CDN's copies of the digests above; let backups run out, and write down when
|   images, vendored folders and disk caches of services that were ever deployed with these digests
|     rebuild the images from a pin made after this; delete the old ones and the runtimes' cache folders
|   what reviews, pull requests, chats and terminals quoted of its prompts, and working copies of the sources on other machines
|     delete the comments; ask for fresh clones
|   what models' providers and your own logs keep of requests: prompt caches, conversation histories, traces, evaluation runs
|     delete by tenant `acme` and by the digests above, in each
|   report  <digest 6>
| nothing was removed; `--delete` does it, and nothing brings it back
$ promptc forget acme --delete --who eve --why "ticket 99" -o report.json | grep -v "cache  \|things of"
| registry registry
|   served         prod@2 serves and knows it no more
|   artifact       <digest 3>…                344 B
|   manifest node  <digest 4>…                124 B
|   labels         <digest 5>…                134 B
|   stays  the service `billing` says that it holds a pin that serves it (service/billing@1)
|          `promptc pin --update`, deploy, then `promptc deployed billing --pin FILE`; purge its disk cache and vendored folder
|   stays  the id `acme` itself, in old manifests and holds (nodes: 1) and selections of entries (0)
|          an id is no text of the tenant; where it names a person, that is for your counsel to judge
|   stays  labels of up to 63 other tenants at entries of then went with its own: selections by label pass them over there
| build/, whole: `promptc build` makes it anew
| sources
|   overlay  tenants/acme.yaml                          71 B
|   example  sources/examples/greetings.yaml#from-acme  210 B
| beyond reach
|   git's history: 1 commit holds sources/examples/greetings.yaml, tenants/acme.yaml
|     `git filter-repo --invert-paths --path tenants/acme.yaml`, force-push, have the host delete its caches, forks and pull requests; others clone anew
|   copies of a registry that were not named: mirrors, static exports behind a CDN, backups
|     name each registry with `--registry`; purge the CDN's copies of the digests above; let backups run out, and write down when
|   images, vendored folders and disk caches of services that were ever deployed with these digests
|     rebuild the images from a pin made after this; delete the old ones and the runtimes' cache folders
|   what reviews, pull requests, chats and terminals quoted of its prompts, and working copies of the sources on other machines
|     delete the comments; ask for fresh clones
|   what models' providers and your own logs keep of requests: prompt caches, conversation histories, traces, evaluation runs
|     delete by tenant `acme` and by the digests above, in each
|   report  <digest 7>
| the report is in report.json
$ git status --short
|  M sources/examples/greetings.yaml
|  D tenants/acme.yaml
| ?? promptc.lock
| ?? report.json
$ git diff -U0 sources | grep '^[-+ ]'
| --- a/sources/examples/greetings.yaml
| +++ b/sources/examples/greetings.yaml
| -  # From Acme's own traffic.
| -  - id: from-acme
| -    input: {message: Is the Zebra 3000 in stock?}
| -    output: It is.
| -    from: tenant:acme
| -    consent: ticket 12
| -    recorded: 2026-01-01
| -    expires: 2027-01-01

Nobody else's prompt moved, every hash can still be checked, and what is gone is said to be gone:

$ promptc history prod
| prod@2  <time>  forget                       eve  ticket 99
| prod@1  <time>  promote  2 added from build  ann
$ promptc history prod acme
| prod@2  <time>  forget   acme/*  -             removed             eve  ticket 99
| prod@1  <time>  promote  acme/*  <digest 4>  came, text removed  ann
| last changed at prod@2, <time>
$ promptc show acme/hello --at prod@1
! error[V014]: `<digest 4>…` was forgotten at <time>, and its text is removed
!   hint: its digest stays in the history; `promptc history` shows when it was served
exit 1
$ promptc show globex/hello --at prod@1 | head -1
| globex/hello  <digest 8>
$ promptc verify
| prod@2             whole, 1 target
| service/billing@1  not safe to serve: acme/*; the others of 2 are
| read 9 blobs, 3 entries, 3 other files, 2 texts removed on purpose
$ grep -rl Zebra registry sources tenants build
exit 1
$ promptc build | head -1
| Built 1 target of 1 tenant in <time>
$ promptc forget acme --delete --who eve --format json | grep -A4 '"places"'
|   "places": [
|     {
|       "where": "registry registry",
|       "removed": [],
|       "stays": [
$ promptc forget globbex
! error[C003]: nothing here knows a tenant `globbex`
!   hint: did you mean `globex`?
exit 2
