=== U001: half of a surrogate pair

project hello
file tenants/acme.yaml
| variables: {product: "\ud800"}
$ promptc check
! tenants/acme.yaml:1:25: error[U001]: an escape of half a surrogate pair is no character
!   hint: write the character itself
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== U002: bytes that are not UTF-8

project hello
file tenants/acme.yaml
| variables: {product: Caf\xe9}
$ promptc check
! tenants/acme.yaml:1:25: error[U002]: byte 0xE9 is not UTF-8
!   hint: save it as UTF-8
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== U003: a line break that only some readers see

project hello
file tenants/acme.yaml
| variables: {product: "a\u{2028}b"}
$ promptc check
! tenants/acme.yaml:1:24: error[U003]: `\u{2028}` is a line end for some readers and none for others
!   hint: use a plain line end, or an escape in a quoted value
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== U004: a control character

project hello
file tenants/acme.yaml
| variables: {product: "Acme\x07"}
$ promptc check
! tenants/acme.yaml:1:27: error[U004]: control character `\u{0007}`
!   hint: remove it, or write it as an escape in a quoted YAML value
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== U005: a character that makes text look reordered

project hello
file tenants/acme.yaml
| variables: {product: "Acme\u{202E}eraC"}
$ promptc check
! tenants/acme.yaml:1:27: error[U005]: bidirectional control `\u{202E}`
!   hint: remove it; right-to-left text needs none
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== U006: characters that people can't see and models read

project hello
file tenants/acme.yaml
| variables: {product: "Acme\u{E0068}\u{E0069}"}
$ promptc check
! tenants/acme.yaml:1:27: error[U006]: tag character `\u{E0068}`, invisible to people
!   hint: remove it
! tenants/acme.yaml:1:28: error[U006]: tag character `\u{E0069}`, invisible to people
!   hint: remove it
!
! Not fit to build: 2 errors; 1 target did not compile, 1 target did
exit 3

=== U007: a zero-width space

project hello
file tenants/acme.yaml
| variables: {product: "Ac\u{200B}me"}
$ promptc check
| Checked 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing is built yet to compare with
|   findings   2 warnings
|   root       <digest 1>
! sources/variables.yaml:3:1: warning[W401]: no prompt, tool or schema reads `banned`
!   hint: remove it, and where overlays set it
! tenants/acme.yaml:1:25: warning[U007]: invisible character `\u{200B}`
!   hint: remove it, or allow it with the setting `allow_characters`
!

=== U008: a name that looks like another

The second file's `а` is Cyrillic.

project hello
file tenants/\u{0430}cme.yaml
| variables: {product: Other}
$ promptc check
! tenants/аcme.yaml:1:1: error[U008]: tenant's id `аcme` mixes scripts (Cyrl, Latn)
!   hint: not Latin: `\u{0430}` Cyrl
!
! Not fit to build: 1 error
exit 3

=== U009: a private-use character

project hello
file tenants/acme.yaml
| variables: {product: "Acme\u{E000}"}
$ promptc check
! tenants/acme.yaml:1:27: error[U009]: private-use character `\u{E000}`
!   hint: remove it, or set `private_use`
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

The setting says what such a character is:

file pyproject.toml
| [tool.promptc]
| base = ["base"]
| private_use = "off"
$ promptc check
| Checked 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing is built yet to compare with
|   findings   1 warning
|   root       <digest 1>
! sources/variables.yaml:3:1: warning[W401]: no prompt, tool or schema reads `banned`
!   hint: remove it, and where overlays set it
!
