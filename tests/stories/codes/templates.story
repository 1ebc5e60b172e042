=== T001: a tag that is not closed

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {% if vars.product %}
| Hello.
$ promptc check
! sources/prompts/hello.prompt.j2:6: error[T001]: unexpected end of template. Jinja was looking for the following tags: `elif` or `else` or `endif`. The innermost block that needs to be closed is `if`
!   hint: close what is open: every `if`, `for`, `block`, `macro`, `message` … has its `end…`
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T002: a construct that templates do not have

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}}
| ---
| {% for b in vars.banned recursive %}{{ b }}{% endfor %}
$ promptc check
! sources/prompts/hello.prompt.j2:5: error[T002]: `recursive` loops are not available
!   hint: write a macro that calls itself
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T003: a reserved name

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {% set vars = 1 %}
| Hello.
$ promptc check
! sources/prompts/hello.prompt.j2:5: error[T003]: `vars` can't be set: it is a name of promptc's or Jinja's own
!   hint: choose another name
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T004: an attribute that only Python has

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {{ vars.product.__class__ }}
$ promptc check
! sources/prompts/hello.prompt.j2:5: error[T004]: attributes that start with `_` don't exist in templates: `__class__`
!   hint: rename the key
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T005: a name without a value

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {{ vars.produkt }} {{ product }}
$ promptc check
! sources/prompts/hello.prompt.j2:5: error[T005]: `product` is not declared
!   hint: write `vars.product`
! sources/prompts/hello.prompt.j2:5: error[T005]: `vars.produkt` is not declared
!   hint: did you mean `vars.product`?
!
! Not fit to build: 2 errors; 2 targets did not compile, 0 targets did
exit 3

=== T006: a list that is printed

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {{ vars.banned }}
$ promptc check
! sources/prompts/hello.prompt.j2:5: error[T006]: `vars.banned` is a list, which has no text of its own
!   hint: print one of its values, or write `| tojson`, or `| join(", ")` for a list of text
!   in:   acme/hello, globex/hello
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T007: a template that is known only when rendering

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {% include vars.product %}
$ promptc check
! sources/prompts/hello.prompt.j2:5: error[T007]: the name of an include is constant, or spelled from variables with an `enum`
!   hint: declare the variable's values as `enum`, so that each is in the graph
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T008: a call that templates do not have

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}}
| ---
| {{ vars.product() }}
$ promptc check
! sources/prompts/hello.prompt.j2:5: error[T008]: only macros, `super()`, `caller()`, `range()`, `namespace()` and `loop.cycle()` can be called
!   hint: use a filter
!   in:   acme/hello, globex/hello
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T009: an operator that templates do not have

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {{ 2 ** 9 }}
$ promptc check
! sources/prompts/hello.prompt.j2:5: error[T009]: `**` is not available in templates
!   hint: multiply, or put the number into a variable
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T010: a fragment that includes itself

project hello
file sources/fragments/a.j2
| {% include "fragments/b.j2" %}
file sources/fragments/b.j2
| {% include "fragments/a.j2" %}
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {% include "fragments/a.j2" %}
$ promptc check
! sources/fragments/b.j2:1: error[T010]: templates reach themselves: `fragments/a.j2` -> `fragments/b.j2` -> `fragments/a.j2`
!   hint: take one of these steps out; what both need goes into a third file
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T011: a fragment that is not there

project hello
file sources/fragments/safety.j2
| Be safe.
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {% include "fragments/safty.j2" %}
$ promptc check
! sources/prompts/hello.prompt.j2:5: error[T011]: there is no template `fragments/safty.j2`
!   hint: did you mean `fragments/safety.j2`?
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T012: tags nested too deeply

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {% for a in vars.banned %}{% for a in vars.banned %}{% for a in vars.banned %}{% for a in vars.banned %}{% for a in vars.banned %}{% for a in vars.banned %}{% for a in vars.banned %}{% for a in vars.banned %}{% for a in vars.banned %}{% for a in vars.banned %}x{% endfor %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}
$ promptc check
! sources/prompts/hello.prompt.j2:5: error[T012]: loops are nested more than 8 deep
!   hint: build the inner text in a macro or a variable
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T013: an unknown filter

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {{ vars.product | uper }}
$ promptc check
! sources/prompts/hello.prompt.j2:5: error[T013]: there is no filter `uper`
!   hint: did you mean `upper`?
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T014: text outside of a child's blocks

project hello
file sources/fragments/page.j2
| {% block top %}{% endblock %}
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {% extends "fragments/page.j2" %}
| This would be dropped.
| {% block top %}Hello.{% endblock %}
$ promptc check
! sources/prompts/hello.prompt.j2:6: error[T014]: text of a template that extends another stands outside its blocks, where it would be dropped
!   hint: put it into a `{% block … %}` that the parent has
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T015: a line end that a tag swallows

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {% if vars.product %}Hello.{% endif %}
| Be brief.
$ promptc check
| Checked 2 targets of 2 tenants in <time>
|   artifacts  1 distinct, 0 KiB
|   changes    nothing is built yet to compare with
|   findings   3 warnings
|   root       <digest 1>
! sources/prompts/hello.prompt.j2:5: warning[T015]: the `endif` tag at the end of a line of text swallows the line end
!   hint: write `+%}` to keep the line end, or put the tag on a line of its own
! sources/variables.yaml:2:1: warning[W401]: no prompt, tool or schema reads `tone`
!   hint: remove it, and where overlays set it
! sources/variables.yaml:3:1: warning[W401]: no prompt, tool or schema reads `banned`
!   hint: remove it, and where overlays set it
!

=== T016: an unknown block in the front matter

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| overridable: {blocks: {greeting: replace}}
| ---
| Hello.
$ promptc check
! sources/prompts/hello.prompt.j2:3:1: error[T016]: `overridable` names the block `greeting`, which this prompt does not have
!   hint: write a `{% block … %}` of that name inside a message
!
! Not fit to build: 1 error
exit 3

=== T017: a template that Jinja refuses while it renders

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}}
| ---
| {{ 5 | round(1, "up") }}
$ promptc check
! sources/prompts/hello.prompt.j2:5: error[T017]: method must be common, ceil or floor
!   hint: look at the tag on this line
!   in:   acme/hello, globex/hello
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T018: a block that two fragments define

project hello
file sources/fragments/a.j2
| {% block rules %}A{% endblock %}
file sources/fragments/b.j2
| {% block rules %}B{% endblock %}
file tenants/layers/base.yaml
| prompts: {hello: {blocks: {rules: C}}}
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {% include "fragments/a.j2" %}
| {% include "fragments/b.j2" %}
$ promptc check
! tenants/layers/base.yaml:1:35: error[T018]: the block `rules` is defined in more than one place of `hello`, so it can't be overridden
!   hint: give one of them another name
!   note: the block: sources/fragments/a.j2:1
!   note: the block: sources/fragments/b.j2:1
!   in:   acme/hello, globex/hello
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T019: an overridden block in captured text

project hello
file tenants/layers/base.yaml
| prompts: {hello: {blocks: {rules: C}}}
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {% set text %}{% block rules %}A{% endblock %}{% endset %}{{ text }}
$ promptc check
! tenants/layers/base.yaml:1:35: error[T019]: the text of the block `rules` is captured by a macro, `call`, `filter` or `set`, so it can't be overridden
!   hint: move the block out of it
!   note: the block: sources/prompts/hello.prompt.j2:5
!   in:   acme/hello, globex/hello
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T020: an override in a branch that is not taken

project hello
file tenants/acme.yaml
| variables: {product: Acme}
| prompts: {hello: {blocks: {rules: C}}}
file sources/prompts/hello.prompt.j2
| ---
| model: main
| overridable: {blocks: {rules: append}}
| ---
| Hello.
| {% if vars.tone == "formal" %}
| {% block rules %}A{% endblock %}
| {% endif %}
$ promptc check
| Checked 2 targets of 2 tenants in <time>
|   artifacts  1 distinct, 0 KiB
|   changes    nothing is built yet to compare with
|   findings   4 warnings
|   root       <digest 1>
! sources/prompts/hello.prompt.j2:6: warning[W408]: no tenant takes this branch
!   hint: remove it, or set what it asks for
! sources/variables.yaml:1:1: warning[W401]: no prompt, tool or schema reads `product`
!   hint: remove it, and where overlays set it
! sources/variables.yaml:3:1: warning[W401]: no prompt, tool or schema reads `banned`
!   hint: remove it, and where overlays set it
! tenants/acme.yaml:2:35: warning[T020]: the block `rules` of `hello` stands in a branch that this tenant does not take, so its text is not used
!   hint: remove the override, or set the variable that decides the branch
!   note: the block: sources/prompts/hello.prompt.j2:7
!   in:   acme/hello
!

=== T021: computing with an input

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {{ input.message | upper }}
$ promptc check
! sources/prompts/hello.prompt.j2:5: error[T021]: the filter `upper` would have to see `input.message`, which is not known when building
!   hint: `tojson`, `length`, `join`, `trim`, `xml` and `default` work on an input; do anything else in the code that gives it
!   in:   acme/hello, globex/hello
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T022: computing with a formatted input

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {{ input.message | trim | upper }}
$ promptc check
! sources/prompts/hello.prompt.j2:5: error[T022]: `input.message | trim` is text that can only be printed or joined, and `upper` would have to read it
!   hint: use one format, or do it in the code that gives the input
!   in:   acme/hello, globex/hello
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T023: testing captured text that holds an input

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {% set text %}{{ input.message }}{% endset %}
| {% if text == "a" %}b{% endif %}
$ promptc check
! sources/prompts/hello.prompt.j2:6: error[T023]: captured text that holds an input can only be printed
!   hint: test or format the input before it is captured
!   in:   acme/hello, globex/hello
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T024: a name that branches set apart

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}}
| ---
| {% if input.message %}{% set words = vars.banned %}{% endif %}
| {% for word in words %}{{ word }}{% endfor %}
$ promptc check
! sources/prompts/hello.prompt.j2:6: error[T024]: `words` has a different value in each branch of an `if` on an input
!   hint: use it inside the branch, or set it to text or a number in both branches
!   in:   acme/hello, globex/hello
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T025: a loop that can not be split

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {% for a, b in input["items"] %}{{ a }}{% endfor %}
$ promptc check
! sources/prompts/hello.prompt.j2:5: error[T025]: a `for` over `input.items` takes no tuple of names
!   hint: put an `{% if %}` inside the loop
!   in:   acme/hello, globex/hello
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T026: counting in a loop over an input

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {% set n = namespace(count=0) %}
| {% for i in input["items"] %}{% set n.count = n.count + 1 %}{% endfor %}
| {{ n.count }}
$ promptc check
! sources/prompts/hello.prompt.j2:6: error[T026]: a `for` over an input can't carry `count` from turn to turn: the turns are not known when building
!   hint: use `loop.first`, `loop.last` or `loop.index`, or compute it in the code that gives the input
!   in:   acme/hello, globex/hello
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T027: printing an input list

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {{ input["items"] }}
$ promptc check
! sources/prompts/hello.prompt.j2:5: error[T027]: `input.items` is a list, which has no text of its own
!   hint: write `{{ input.items | join(", ") }}`, `{{ input.items | tojson }}`
!   in:   acme/hello, globex/hello
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T028: an input as a key

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {{ vars.banned[input.message] }}
$ promptc check
! sources/prompts/hello.prompt.j2:5: error[T028]: `input.message` can't be a key: which one it is is not known when building
!   hint: loop over the table and compare: `{% for k, v in table | items %}{% if k == … %}`
!   in:   acme/hello, globex/hello
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T029: comparing unlike types

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {% if input.message == 3 %}Hello.{% endif %}
$ promptc check
! sources/prompts/hello.prompt.j2:5: error[T029]: `input.message` is text and is compared with a number
!   hint: write the number in quotes
!   in:   acme/hello, globex/hello
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T030: a message in captured text

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {% set text %}{% message role="user" %}Hello.{% endmessage %}{% endset %}
$ promptc check
! sources/prompts/hello.prompt.j2:5: error[T030]: `{% message %}` stands in text that is captured by a macro, `call`, `filter` or `set`
!   hint: move it out, into the template, a block or an include
!   in:   acme/hello, globex/hello
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T031: comparing two inputs

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {% if input.message == input["items"] %}Hello.{% endif %}
| {% if input.message in input["items"] %}Hello.{% endif %}
$ promptc check
! sources/prompts/hello.prompt.j2:5: error[T031]: `input.message` and `input.items` are both known only at run time
!   hint: compare them in the code that gives the inputs, and give the answer as an input
!   in:   acme/hello, globex/hello
! sources/prompts/hello.prompt.j2:5: warning[T015]: the `endif` tag at the end of a line of text swallows the line end
!   hint: write `+%}` to keep the line end, or put the tag on a line of its own
!
! Not fit to build: 1 error, 1 warning; 2 targets did not compile, 0 targets did
exit 3

=== T032: text outside of messages

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {% message role="system" %}Hello.{% endmessage %}
| This belongs to no message.
$ promptc check
! sources/prompts/hello.prompt.j2:6: error[T032]: text stands outside a message
!   hint: put it into `{% message role="…" %}` … `{% endmessage %}`; a body without any message is one system message
!   in:   acme/hello, globex/hello
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T033: history without messages

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| Hello.
| {% history %}
$ promptc check
! sources/prompts/hello.prompt.j2:6: error[T033]: `{% history %}` stands between messages, and this prompt has none
!   hint: put the text into `{% message role="system" %}` … `{% endmessage %}`
!   in:   acme/hello, globex/hello
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T034: a message in a loop over an input

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {% for i in input["items"] %}{% message role="user" %}{{ i }}{% endmessage %}{% endfor %}
$ promptc check
! sources/prompts/hello.prompt.j2:5: error[T034]: `{% message %}` stands in a `for` over an input: how many messages there are must be known when building
!   hint: put the loop inside one message, or give the turns as history
!   in:   acme/hello, globex/hello
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T035: history twice

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {% message role="system" %}Hello.{% endmessage %}{% history %}{% history %}
$ promptc check
! sources/prompts/hello.prompt.j2:5: error[T035]: `{% history %}` stands twice
!   hint: keep one of the two
!   in:   acme/hello, globex/hello
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T036: a prompt without a message

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {% if vars.tone == "formal" %}{% message role="system" %}Hello.{% endmessage %}{% endif %}
$ promptc check
! sources/prompts/hello.prompt.j2:1:1: error[T036]: the prompt `hello` has no message here
!   hint: keep one message outside every `if`
!   in:   acme/hello, globex/hello
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T037: a loop that leaves the line end open

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {% block list %}{% for i in input.items %}{% if i %}{{ i }}{% else %}none
| {% endif %}{% endfor %}{% endblock %}
| After.
$ promptc check
! sources/prompts/hello.prompt.j2:5: error[T037]: this ends with a `for` over an input whose turns don't all end their line, so whether a line end is missing can't be told
!   hint: let every turn end with a line end, or write text after the loop
!   in:   acme/hello, globex/hello
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== T037: a loop whose last turn may or may not end the line

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {tags: {type: array, items: {type: string}}}
| ---
| {% block list %}{% for t in input.tags %}{% if t %}x{% else %}
| y
| {% endif %}{% endfor %}{% endblock %}
| z
$ promptc check
! sources/prompts/hello.prompt.j2:5: error[T037]: this ends with a `for` over an input whose turns don't all end their line, so whether a line end is missing can't be told
!   hint: let every turn end with a line end, or write text after the loop
!   in:   acme/hello, globex/hello
! sources/prompts/hello.prompt.j2:5: warning[T015]: the `else` tag at the end of a line of text swallows the line end
!   hint: write `+%}` to keep the line end, or put the tag on a line of its own
!
! Not fit to build: 1 error, 1 warning; 2 targets did not compile, 0 targets did
exit 3

=== T038: an unknown set of examples

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}, items: {type: array, items: {type: string}, default: []}}
| ---
| {% examples "greetings" %}
| {% message role="user" %}
| {{ input.message }}
| {% endmessage %}
$ promptc check
! sources/prompts/hello.prompt.j2:5: error[T038]: there is no set of examples `greetings`
!   hint: write sources/examples/NAME.yaml, or its `set:`
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3
