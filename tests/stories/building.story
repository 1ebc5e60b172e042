What building says and does, for whoever runs it in a pipeline.

=== The second build has nothing to say, and a change says exactly what it touched

project hello
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    none since the last build
|   findings   0 findings
|   root       <digest 1>

A layer that every chain begins with changes each tenant that doesn't say otherwise. Globex asked for a warm tone itself:

append tenants/layers/base.yaml
|   tone: formal
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    1 changed since the last build
|              ~ acme/hello
|   findings   0 findings
|   root       <digest 2>

=== Everything wrong is said at once, and nothing is published

project hello
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
file tenants/acme.yaml
| extends: [plan/enterprize]
| variables: {product: Acme, tone: cold}
file tenants/globex.yaml
| variables: {product: Globex, tonne: warm}
append sources/prompts/hello.prompt.j2
| {{ vars.produkt }}
$ promptc build
! sources/prompts/hello.prompt.j2:17: error[T005]: `vars.produkt` is not declared
!   hint: did you mean `vars.product`?
! tenants/acme.yaml:1:11: error[O104]: unknown layer `plan/enterprize`
!   hint: layers are the files under tenants/layers
! tenants/acme.yaml:2:34: error[O002]: `variables.tone` must be one of `neutral`, `warm`, `formal`
! tenants/globex.yaml:1:37: error[O101]: unknown variable `tonne`
!   hint: did you mean `tone`?
!
! Nothing was published: 4 errors; 2 targets did not compile, 0 targets did
exit 3

The build before is still the latest:

$ python3 -c "import json; print(json.load(open('build/latest.json'))['summary'])"
| {'distinct': 2, 'errors': 0, 'targets': 2, 'tenants': 2, 'warnings': 0}

=== One broken tenant does not stop the others, when one asks

With `--keep-going` the root is of limited scope, and the command still ends with 3, so that no pipeline takes a part for
the whole.

project hello
file tenants/acme.yaml
| variables: {tone: warm}
$ promptc build --keep-going
| Built 1 target of 1 tenant in <time>
|   artifacts  1 distinct, 0 KiB
|   changes    nothing was built before
|   findings   1 error
|   missing    1 target did not compile and is not in this root
|   root       <digest 1>  (limited scope)
! tenants/acme.yaml:1:1: error[O040]: required variable `product` has no value
!   hint: set `variables.product` here
!   note: declared here: sources/variables.yaml:1:1
!
exit 3
$ promptc build
! tenants/acme.yaml:1:1: error[O040]: required variable `product` has no value
!   hint: set `variables.product` here
!   note: declared here: sources/variables.yaml:1:1
!
! Nothing was published: 1 error; 1 target did not compile, 1 target did
! `--keep-going` publishes the targets that compiled, as a root of limited scope
exit 3

=== A part of the targets

project hello
$ promptc build acme
| Built 1 target of 1 tenant in <time>
|   artifacts  1 distinct, 0 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>  (limited scope)
$ promptc build label:plan=free
| Built 1 target of 1 tenant in <time>
|   artifacts  1 distinct, 0 KiB
|   changes    1 added since the last build
|              + globex/hello
|   findings   0 findings
|   root       <digest 2>  (limited scope)
$ promptc check 'tenant:g*'
| Checked 1 target of 1 tenant in <time>
|   artifacts  1 distinct, 0 KiB
|   changes    none since the last build
|   findings   0 findings
|   root       <digest 2>  (limited scope)
$ promptc check prompt:hello --exclude acme
| Checked 1 target of 1 tenant in <time>
|   artifacts  1 distinct, 0 KiB
|   changes    none since the last build
|   findings   0 findings
|   root       <digest 2>  (limited scope)

=== A new tenant is a line of a file

Twenty sign-ups are twenty lines. Their prompts are equal, so they are one artifact.

project hello
file signups.py
| for n in range(20):
|     print('{"id": "shop-%02d", "labels": {"plan": "free"}, "variables": {"product": "Our shop"}}' % n)
$ python3 signups.py > tenants/signups.jsonl
$ promptc build
| Built 22 targets of 22 tenants in <time>
|   artifacts  3 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc list label:plan=free --format json | python3 -c "import json, sys; print(len({t['digest'] for t in json.load(sys.stdin)}))"
| 2

=== A wrong line of such a file is found by its number

project hello
file tenants/signups.jsonl
| {"id": "one", "variables": {"product": "One"}}
| {"id": "two", "variables": {"prodct": "Two"}}
| {"id": "one", "variables": {"product": "One again"}}
$ promptc check
! tenants/signups.jsonl:2: error[O040]: required variable `product` has no value
!   hint: set `variables.product` here
!   note: declared here: sources/variables.yaml:1:1
! tenants/signups.jsonl:2:39: error[O101]: unknown variable `prodct`
!   hint: did you mean `product`?
! tenants/signups.jsonl:3: error[O020]: tenant `one` is there twice, first in tenants/signups.jsonl:1
!   hint: rename one of the two
!   note: the other: tenants/signups.jsonl:1
!
! Not fit to build: 3 errors; 2 targets did not compile, 2 targets did
exit 3

=== A damaged build is made anew

project hello
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ find build/blobs -type f -exec sh -c 'printf x > "$1"' _ {} \;
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    none since the last build
|   findings   0 findings
|   root       <digest 1>
file verify.py
| import hashlib, pathlib
| blobs = [path for path in pathlib.Path("build/blobs").rglob("*") if path.is_file()]
| print(len(blobs), all(hashlib.sha256(path.read_bytes()).hexdigest() == path.name for path in blobs))
$ python3 verify.py
| 9 True

=== Linked files are refused and nothing outside is read

project hello
$ ln -s /etc/passwd sources/fragments.j2
$ ln -s / tenants/eu
$ promptc check
! sources/fragments.j2: error[P002]: this is a symbolic link, which is never followed
!   hint: put the file itself there
! tenants/eu: error[P002]: this is a symbolic link, which is never followed
!   hint: put the file itself there
!
! Not fit to build: 2 errors; 1 target did not compile, 2 targets did
exit 3
