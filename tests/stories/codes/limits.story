=== B001: a file over 1 MiB

project hello
$ head -c 1048577 /dev/zero > tenants/acme.yaml
$ promptc check
! tenants/acme.yaml: error[B001]: the file holds 1,048,577 bytes, and the most is 1,048,576
!   hint: split it, or keep data out of prompts
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 8

=== B002: values nested too deeply

project hello
$ python3 -c "print('variables: {product: ' + '[' * 100 + ']' * 100 + '}')" > tenants/acme.yaml
$ promptc check
! tenants/acme.yaml:1:85: error[B002]: more than 64 levels in one file
!
! Not fit to build: 1 error; 1 target did not compile, 1 target did
exit 8

=== B003: loops within loops

project hello
append sources/prompts/hello.prompt.j2
| {% message role="user" %}
| {% for a in range(9000) %}{% for b in range(9000) %}{{ a * b }}{% endfor %}{% endfor %}
| {% endmessage %}
$ promptc check
! sources/prompts/hello.prompt.j2:18: error[B003]: the template asks for more than 2,000,000 steps and characters
!   hint: make its loops shorter, or move the text it builds into a variable
!   in:   acme/hello, globex/hello
! sources/prompts/hello.prompt.j2:18: warning[T015]: the `endfor` tag at the end of a line of text swallows the line end
!   hint: write `+%}` to keep the line end, or put the tag on a line of its own
!
! Not fit to build: 1 error, 1 warning; 2 targets did not compile, 0 targets did
exit 8
