=== D001: a damaged artifact is never shown

project hello
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc list
| TARGET        LABELS           OWNER  MODEL                        SIZE        DIGEST
| acme/hello    plan=enterprise         anthropic/claude-sonnet-4-5     0.3 KiB  <digest 2>
| globex/hello  plan=free               anthropic/claude-sonnet-4-5     0.3 KiB  <digest 3>
! 2 targets, 2 distinct artifacts
$ echo >> build/blobs/sha256/*/<digest 2>*
$ promptc show <digest 2>
! error[D001]: `<digest 2>` is damaged
!   hint: run `promptc build` to make it anew
exit 4
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    none since the last build
|   findings   0 findings
|   root       <digest 1>
$ promptc show <digest 2>
| acme/hello  <digest 2>
|   model   anthropic/claude-sonnet-4-5
|   inputs  message  text  required
|
| ── system ──────────────────────────────────────────────────────────────────
| You answer for Acme Care in a neutral tone.
| Be brief.
|
| ── user ────────────────────────────────────────────────────────────────────
| ⟦input.message⟧

=== D003: an artifact of a newer promptc

project hello
file newer.py
| import hashlib, pathlib
| data = b'{"format":"promptc.artifact/2"}\n'
| name = hashlib.sha256(data).hexdigest()
| folder = pathlib.Path("build/blobs/sha256", name[:2])
| folder.mkdir(parents=True)
| (folder / name).write_bytes(data)
| print(name)
$ python3 newer.py
| <digest 1>
$ promptc show <digest 1>
! error[D003]: the format `promptc.artifact/2` is not known to this promptc
!   hint: it was written by a newer promptc: upgrade this one
exit 4

=== D004: a folder in an artifact's place

project hello
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc list
| TARGET        LABELS           OWNER  MODEL                        SIZE        DIGEST
| acme/hello    plan=enterprise         anthropic/claude-sonnet-4-5     0.3 KiB  <digest 2>
| globex/hello  plan=free               anthropic/claude-sonnet-4-5     0.3 KiB  <digest 3>
! 2 targets, 2 distinct artifacts
$ for f in build/blobs/sha256/*/<digest 2>*; do rm $f && mkdir $f; done
$ promptc show <digest 2>
! error[D004]: `<digest 2>` is not a regular file
!   hint: run `promptc build` to make it anew
exit 4
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    none since the last build
|   findings   0 findings
|   root       <digest 1>
$ promptc show <digest 2>
| acme/hello  <digest 2>
|   model   anthropic/claude-sonnet-4-5
|   inputs  message  text  required
|
| ── system ──────────────────────────────────────────────────────────────────
| You answer for Acme Care in a neutral tone.
| Be brief.
|
| ── user ────────────────────────────────────────────────────────────────────
| ⟦input.message⟧

=== D005: a digest of another kind

The root is no artifact.

project hello
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc show <digest 1>
! error[D005]: a digest leads to `promptc.root/1` where `promptc.artifact/1` is expected
!   hint: it was taken from another place: name the digest of the right kind
exit 4

=== D006: a full disk leaves the build before as it was

project hello
$ promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
file tenants/acme.yaml
| variables: {product: Acme with a name of another length}
$ bash -c 'trap "" XFSZ; ulimit -f 0; promptc build'
! error[D006]: can't write `build/blobs`: file too large
!   hint: a limit on the size of files (`ulimit -f`) is in force: raise it and run the command again
exit 6
$ promptc list
| TARGET        LABELS     OWNER  MODEL                        SIZE        DIGEST
| acme/hello                      anthropic/claude-sonnet-4-5     0.4 KiB  <digest 2>
| globex/hello  plan=free         anthropic/claude-sonnet-4-5     0.3 KiB  <digest 3>
! 2 targets, 2 distinct artifacts
