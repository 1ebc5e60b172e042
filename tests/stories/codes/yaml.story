=== Y001: a key given twice

project hello
file tenants/acme.yaml
| variables:
|   product: Acme
|   tone: warm
|   product: Acme Care
$ promptc check
! tenants/acme.yaml:4:3: error[Y001]: key `product` is given twice, first at 2:3
!   hint: remove one of the two
!   note: first given here: tenants/acme.yaml:2:3
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== Y002: a key that is not text

project hello
file tenants/acme.yaml
| variables: {product: Acme}
| labels: {1: one, yes: two}
$ promptc check
! tenants/acme.yaml:2:10: error[Y002]: keys must be text, and `1` isn't
!   hint: quote it: "1"
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== Y003: a plain value that YAML versions read differently

Where a variable is declared as text, what stands there is text: `no`, `010` and `22:22` stay as they are. Where a number
is declared, only a plain decimal is one.

project hello
append sources/variables.yaml
| country: {type: string, default: ""}
| turns: {type: integer, default: 1}
file tenants/acme.yaml
| variables: {product: Acme, country: no, turns: 010}
$ promptc check
! tenants/acme.yaml:1:48: error[Y003]: `variables.turns`: readers of YAML disagree on this number
!   hint: write a plain decimal
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== Y004: a tag that makes a parser build something

project hello
file tenants/acme.yaml
| variables:
|   product: !!python/object/apply:os.system [id]
$ promptc check
! tenants/acme.yaml:2:12: error[Y004]: tag `!!python/object/apply:os.system` is not known
!   hint: remove it; overlays know !append !prepend !remove !replace !unset !file
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== Y005: an anchor and its alias

project hello
file tenants/acme.yaml
| variables: &v {product: Acme}
| labels: *v
$ promptc check
! tenants/acme.yaml:1:12: error[Y005]: anchor `&v`
!   hint: write it out, or put what is shared into a layer
! tenants/acme.yaml:2:9: error[Y005]: alias `*v`
!   hint: write it out, or put what is shared into a layer
!
! Not fit to build: 2 errors; 1 target did not compile, 1 target did
exit 3

=== Y006: a file that can't be parsed

project hello
file tenants/acme.yaml
| variables: {product: Acme
$ promptc check
! tenants/acme.yaml:2:1: error[Y006]: this is not YAML: did not find expected ',' or '}' while parsing a flow mapping
!   hint: a bracket is not closed, or text inside it needs quotes
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3

=== Y007: two documents in one file, and an empty tenant

An empty overlay changes nothing, which is allowed; `globex` then lacks its product.

project hello
file tenants/acme.yaml
| variables: {product: Acme}
| ---
| variables: {product: Other}
file tenants/globex.yaml
$ promptc check
! tenants/acme.yaml:2:1: error[Y007]: a second document begins here
!   hint: keep one document per file
! tenants/globex.yaml:1:1: error[O040]: required variable `product` has no value
!   hint: set `variables.product` here
!   note: declared here: sources/variables.yaml:1:1
! tenants/globex.yaml:1:1: warning[Y007]: the overlay of tenant `globex` is empty and does nothing
!   hint: write `{}` to say that it means to do nothing
!
! Not fit to build: 2 errors, 1 warning; 2 targets did not compile, 0 targets did
exit 3

=== Y008: a tab used as space

project hello
file tenants/acme.yaml
| variables:\x09{product: Acme}
$ promptc check
! tenants/acme.yaml:1:11: error[Y008]: a tab is used as space
!   hint: use spaces
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 3
