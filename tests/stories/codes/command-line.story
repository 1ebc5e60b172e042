The codes of the command line: each is printed once here.

=== C001: an option that isn't known

project hello
$ promptc build --frobnicate
! error[C001]: unknown option `--frobnicate`
!   hint: did you mean `--format`?
exit 2
$ promptc biuld
! error[C001]: unknown command `biuld`
!   hint: did you mean `build`?
exit 2
$ promptc list --format yaml
! error[C001]: invalid value for `--format`: `yaml` is not one of `text`, `json`
!   hint: try `promptc list --help`
exit 2
$ promptc help Z999
! error[C001]: no code or command `Z999`
!   hint: `promptc --help` lists commands, docs/errors.md lists codes
exit 2

=== C002: no project here

$ promptc build
! error[C002]: no promptc project in this folder or above it
!   hint: name one with `-C DIR`, or start one with `promptc init`
exit 2
$ promptc -C nowhere build
! error[C002]: no folder `nowhere`
!   hint: `-C` takes a folder that exists
exit 2

=== C003: an unknown tenant

project hello
$ promptc check acm
! error[C003]: unknown tenant `acm`
!   hint: did you mean `acme`?
exit 2
$ promptc check tenant:zzz*
! error[C003]: no tenant's id matches `zzz*`
exit 2
$ promptc check hello
! error[C003]: unknown tenant `hello`
!   hint: `hello` is a prompt: write `prompt:hello`
exit 2
$ promptc check base
! error[C003]: unknown tenant `base`
!   hint: `base` is a layer, and only tenants are built
exit 2

=== C004: an unknown prompt

project hello
$ promptc check acme/helo
! error[C004]: unknown prompt `helo`
!   hint: did you mean `hello`?
exit 2
$ promptc check prompt:helo
! error[C004]: unknown prompt `helo`
!   hint: did you mean `hello`?
exit 2

=== C005: no tenant has the label

project hello
file tenants/acme.yaml
| labels: {plan: pro}
| variables: {product: Acme}
$ promptc check label:plan=por
! error[C005]: no tenant has the label `plan=por`
!   hint: did you mean `label:plan=pro`?
exit 2
$ promptc check label:plam=pro
! error[C005]: no tenant has a label `plam`
!   hint: did you mean `label:plan=pro`?
exit 2

=== C006: a target that its chain disables

project hello
file tenants/acme.yaml
| variables: {product: Acme}
| prompts: {hello: {enabled: false}}
$ promptc check acme/hello
! error[C006]: `hello` is disabled for `acme`
!   hint: `promptc explain acme prompts.hello.enabled` says where
exit 2
$ promptc check acme
! error[C006]: no enabled target is left to compile
!   hint: `promptc list` shows those that are
exit 2
$ promptc show acme/hello
! error[C006]: `hello` is disabled for `acme`
!   hint: `promptc explain acme prompts.hello.enabled` says where
exit 2

=== C007: a selection that isn't understood

project hello
$ promptc check 'acm*'
! error[C007]: `acm*` is a glob, and a plain word is a name
!   hint: globs are written `tenant:acm*`
exit 2
$ promptc check label:plan
! error[C007]: `label:plan` has no value
!   hint: labels are written `label:KEY=VALUE`
exit 2
$ promptc check tenants:acme
! error[C007]: unknown kind of selection `tenants:acme`
!   hint: did you mean `tenant:`?
exit 2
$ promptc check acme/hello/x
! error[C007]: `acme/hello/x` is not `tenant/prompt`
!   hint: a tenant's id has no folder in it
exit 2
$ promptc check ''
! error[C007]: an empty word selects nothing
!   hint: leave it out to select every target
exit 2
$ promptc check prompt:
! error[C007]: `prompt:` names nothing
!   hint: write what to select after `prompt:`
exit 2

=== C008: a digest that nothing has

project hello
$ promptc show 0123456789abcdef
! error[C008]: nothing that was built has a digest that begins with `<digest 1>`
!   hint: `promptc list` prints those of targets; `--registry WHERE` looks among what was pushed
exit 2
$ promptc show sha256:01
! error[C008]: `01` is too short
!   hint: give at least 8 digits of the digest
exit 2

=== C009: an unknown variable

project hello
$ promptc explain acme prodct
! error[C009]: unknown variable `prodct`
!   hint: did you mean `product`?
exit 2
$ promptc explain acme prompts.hello.config.seed
| acme  prompts.hello.config.seed = no value
|
| ▸ default  sources/prompts/hello.prompt.j2:1:1  no value
|
| chain    base › acme

=== C010: the machine refuses

project hello
$ promptc list > /dev/full
! 2 targets, 2 distinct artifacts
! error[C010]: can't write to standard output: no space left on device
exit 6
$ promptc list >&-
! error[C010]: standard output is closed
exit 6

=== C012: a project that is there already

project hello
$ promptc init .
! error[C012]: there is a project already: `sources` exists in `project`
!   hint: choose another folder: `promptc init DIR`
exit 5
$ promptc new tenant acme --set product=X
! error[C012]: there is a tenant `acme` already in tenants/acme.yaml
!   hint: choose another id
exit 5

=== C013: inputs that can't be read

project hello
file inputs.json
| [1]
file broken.json
| {"name":
$ promptc show acme/hello --input inputs.json
! error[C013]: `inputs.json` holds no JSON object
!   hint: --input takes a JSON object
exit 2
$ promptc show acme/hello --input broken.json
! error[C013]: `broken.json` is not JSON (line 2)
!   hint: --input takes a JSON object
exit 2
$ promptc show acme/hello --input missing.json
! error[C013]: `missing.json`: no such file or directory
!   hint: --input takes a file with a JSON object
exit 2
$ promptc show acme/hello --case nobody
! error[C013]: `hello` has no case `nobody`
!   hint: cases of `hello` stand in sources/cases/hello.yaml
exit 2

=== C014: a block that tenants may not touch

project hello
append sources/prompts/hello.prompt.j2
| {% message role="user" %}
| {% block sealed %}
| Hello.
| {% endblock %}
| {% endmessage %}
$ promptc override acme/hello seald
! error[C014]: `hello` has no block `seald`
!   hint: tenants may override: `rules`
exit 2
$ promptc override acme/hello sealed
! error[C014]: tenants may not touch the block `sealed` of `hello`
!   hint: they may touch `rules`; `overridable.blocks` in sources/prompts/hello.prompt.j2 says so
exit 2

=== C015: a required value is missing

project hello
$ promptc new tenant initech
! error[C015]: `initech` needs a value for `product`
!   hint: give it: --set product=…
exit 2

=== C016: not a file of this project

project hello
$ promptc graph --from README.md
! error[C016]: `README.md` is not a file of this project
!   hint: name a file under sources/ or tenants/
exit 2
$ promptc graph --from sources/variable.yaml
! error[C016]: `sources/variable.yaml` is not a file of this project
!   hint: did you mean `sources/variables.yaml`?
exit 2

=== C017: an unknown schema

project hello
$ promptc schema tennant
! error[C017]: unknown schema `tennant`
!   hint: did you mean `tenant`?
exit 2

=== C018: a file that takes no insertion

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| overridable: {blocks: {opening: replace}}
| ---
| {% block opening %}
| Hello.
| {% endblock %}
file tenants/acme.yaml
| {
|   variables: {product: Acme},
|   prompts: {hello: {blocks: {
|   }}}}
$ promptc override acme/hello opening --text Hi
| prompts:
|   hello:
|     blocks:
|       opening:
|         # Replaces this text of sources/prompts/hello.prompt.j2:
|         #   Hello.
|         against: <digest 1>
|         text: |-
|           Hi
! error[C018]: the file can't be edited in place: an empty map is written over several lines
!   hint: insert what is printed by hand
exit 2

=== C019: a target that doesn't compile

project hello
file tenants/acme.yaml
| variables: {prodct: Acme}
$ promptc show acme/hello
! tenants/acme.yaml:1:1: error[O040]: required variable `product` has no value
!   hint: set `variables.product` here
!   note: declared here: sources/variables.yaml:1:1
! tenants/acme.yaml:1:21: error[O101]: unknown variable `prodct`
!   hint: did you mean `product`?
! error[C019]: `acme/hello` does not compile
!   hint: mend what is said above
exit 3
