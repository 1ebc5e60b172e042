=== P001: a name that some systems refuse

project hello
file tenants/nul.yaml
| variables: {product: Nul}
$ promptc check
! tenants/nul.yaml: error[P001]: the name `nul.yaml` is the name of a device on some systems
!   hint: rename it: letters, digits, `.`, `_`, `-`
!
! Not fit to build: 1 error; 1 target did not compile, 2 targets did
exit 3

=== P002: a symbolic link

project hello
$ ln -s ../../elsewhere.yaml tenants/initech.yaml
$ promptc check
! tenants/initech.yaml: error[P002]: this is a symbolic link, which is never followed
!   hint: put the file itself there
!
! Not fit to build: 1 error; 1 target did not compile, 2 targets did
exit 3

=== P003: a name that would drive a terminal

project hello
$ touch $'tenants/a\e[31mb.yaml'
$ promptc check
! tenants/a\x1b[31mb.yaml: error[P003]: the name `a\x1b[31mb.yaml` has a character that can't be seen, or isn't UTF-8
!   hint: rename it: letters, digits, `.`, `_`, `-`
!
! Not fit to build: 1 error; 1 target did not compile, 2 targets did
exit 3

=== P004: a file that is not there

project hello
file tenants/acme.yaml
| variables: {product: !file product.md}
$ promptc check
! tenants/acme.yaml:1:22: error[P004]: there is no file `tenants/product.md`
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== P005: two names that are one file elsewhere

project hello
file tenants/Acme.yaml
| variables: {product: Acme}
$ promptc check
! tenants/acme.yaml: error[P005]: `acme.yaml` and `Acme.yaml` are one file on systems that don't tell case or Unicode form
!   hint: rename one of them
!
! Not fit to build: 1 error; 1 target did not compile, 2 targets did
exit 3

=== P006: a pipe in a file's place

project hello
$ mkfifo tenants/initech.yaml
$ promptc check
! tenants/initech.yaml: error[P006]: this is a pipe, and a file belongs here
!   hint: remove it, or put a file there
!
! Not fit to build: 1 error; 1 target did not compile, 2 targets did
exit 3

=== P007: a project without its sources

project hello
remove sources
$ promptc check
! error[P007]: there is no folder `sources` here
!   hint: run promptc in a project's folder, name one with `-C DIR`, or begin one with `promptc init`
exit 2
