=== S001: an unknown key

Keys that other formats use are met with the name that ours has.

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| name: hello
| parameters: {temperature: 1}
| input: {message: {type: string}}
| ---
| Hello.
$ promptc check
! sources/prompts/hello.prompt.j2:3:1: error[S001]: unknown key `name`
!   hint: a prompt's name is its file's name; `title` lines belong into `description`
! sources/prompts/hello.prompt.j2:4:1: error[S001]: unknown key `parameters`
!   hint: did you mean `config`?
! sources/prompts/hello.prompt.j2:5:1: error[S001]: unknown key `input`
!   hint: did you mean `inputs`? sample values belong into sources/cases
!
! Not fit to build: 3 errors; 2 targets did not compile, 0 targets did
exit 3

=== S002: a value of the wrong kind

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| tools: look_up
| ---
| Hello.
$ promptc check
! sources/prompts/hello.prompt.j2:3:8: error[S002]: `tools` must be a list, and this is text
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== S003: a missing key

project hello
file sources/models.yaml
| main: {provider: anthropic}
$ promptc check
! sources/models.yaml:1:7: error[S003]: `main` lacks the key `name`
!
! Not fit to build: 1 error
exit 3

=== S004: an unknown model

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: mian
| ---
| Hello.
$ promptc check
! sources/prompts/hello.prompt.j2:2:8: error[S004]: unknown model `mian`
!   hint: did you mean `main`?
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== S005: an unknown tool

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| tools: [look_up]
| ---
| Hello.
$ promptc check
! sources/prompts/hello.prompt.j2:3:9: error[S005]: unknown tool `look_up`
!   hint: tools are none
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== S006: an unknown schema

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| output: {schema: schemas/reply.json}
| ---
| Hello.
$ promptc check
! sources/prompts/hello.prompt.j2:3:18: error[S006]: there is no schema `schemas/reply.json`
!   hint: the path is relative to the sources, as in `schemas/reply.json`
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== S007: a tool that asks for an unknown variable

project hello
file sources/tools/look_up.yaml
| description: Looks something up.
| input: {type: object, properties: {topic: {type: string, enum: {$vars: topics}}}}
$ promptc check
! sources/tools/look_up.yaml:2:72: error[S007]: unknown variable `topics`
!   hint: variables are `product`, `tone`, `banned`
!
! Not fit to build: 1 error
exit 3

=== S008: front matter that is not closed

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| Hello.
$ promptc check
! sources/prompts/hello.prompt.j2:1:1: error[S008]: the front matter is not closed by a second `---`
!   hint: begin the file with `---`, keys such as `model: main`, and `---`
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== S009: a schema with a keyword that nobody would check

project hello
append sources/variables.yaml
| city: {type: string, format: city}
| size: {type: nubmer}
$ promptc check
! sources/variables.yaml:5:14: error[S009]: `size.type`: there is no type `nubmer`
!   hint: did you mean `number`?
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== S010: a name that can't be used

project hello
append sources/variables.yaml
| "the city": {type: string}
$ promptc check
! sources/variables.yaml:4:1: error[S010]: `the city` can't name a variable
!   hint: letters, digits and `_`, not beginning with a digit or `_`
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== S011: two prompts of one name

project hello
file sources/prompts/more/hello.prompt.j2
| ---
| model: main
| ---
| Hello again.
$ promptc check
! sources/prompts/more/hello.prompt.j2: error[S011]: prompt `hello` is there twice, first in sources/prompts/hello.prompt.j2
!   hint: a prompt's name is its file's name, whatever its folder
!   note: first: sources/prompts/hello.prompt.j2:1:1
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== S012: a default that does not fit

project hello
append sources/variables.yaml
| size: {type: integer, default: large}
$ promptc check
! sources/variables.yaml:4:32: error[S012]: `size.default` must be an integer, and this is text
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== S013: cases of a prompt that isn't there

project hello
file sources/cases/helo.yaml
| greeting: {inputs: {message: Hi}}
$ promptc check
! sources/cases/helo.yaml: error[S013]: cases are for the prompt that their file names, and there is no prompt `helo`
!   hint: did you mean `hello`?
!
! Not fit to build: 1 error
exit 3

=== S014: two keys that can't both hold

project hello
append sources/variables.yaml
| city: {type: string, required: true, default: Paris}
$ promptc check
! sources/variables.yaml:4:1: error[S014]: `city` is required and has a default: an overlay would never have to set it
!   hint: remove one of the two
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== S015: a file that nothing reads

project hello
file sources/notes.txt
| Nothing reads this.
$ promptc check
| Checked 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing is built yet to compare with
|   findings   2 warnings
|   root       <digest 1>
! sources/notes.txt: warning[S015]: nothing reads `notes.txt`
!   hint: sources hold variables.yaml, models.yaml, rules.yaml, prompts, fragments, tools, schemas, examples, cases and suites
! sources/variables.yaml:3:1: warning[W401]: no prompt, tool or schema reads `banned`
!   hint: remove it, and where overlays set it
!

=== S016: an unknown setting

project hello
file pyproject.toml
| [tool.promptc]
| bases = ["base"]
$ promptc check
! pyproject.toml:2:1: error[S016]: unknown setting `bases`
!   hint: did you mean `base`?
!
! Not fit to build: 1 error
exit 3

=== S040: examples without a user message

project hello
file sources/examples/greetings.yaml
| owner: shared
| examples: [{id: a, input: {message: Hi}, output: Hello, from: synthetic}]
file sources/prompts/hello.prompt.j2
| ---
| model: main
| ---
| {% message role="system" %}Hello.{% endmessage %}
| {% examples "greetings" %}
$ promptc check
! sources/examples/greetings.yaml:2:12: error[S040]: examples need a user message to show their inputs in
!   hint: add `{% message role="user" %}` to the prompt
!   in:   acme/hello, globex/hello
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== S041: an example that can't be shown

project hello
file sources/examples/greetings.yaml
| owner: shared
| examples: [{id: a, input: {text: Hi}, output: Hello, from: synthetic}]
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {message: {type: string}}
| ---
| {% examples "greetings" %}
| {% message role="user" %}{{ input.message }}{% endmessage %}
$ promptc check
! sources/examples/greetings.yaml:2:12: error[S041]: the example `a` can't be shown: 2 problems with the inputs:\n  `text` is not an input of this prompt (known are `message`)\n  `message` is missing
!   hint: known are `message`
!   in:   acme/hello, globex/hello
!
! Not fit to build: 1 error; 2 targets did not compile, 0 targets did
exit 3

=== S042: a setting that the model refuses

project hello
file sources/models.yaml
| main: {provider: anthropic, name: claude, refuses: [top_p]}
file sources/prompts/hello.prompt.j2
| ---
| model: main
| config: {top_p: 0.5}
| ---
| Hello.
$ promptc check
| Checked 2 targets of 2 tenants in <time>
|   artifacts  1 distinct, 0 KiB
|   changes    nothing is built yet to compare with
|   findings   4 warnings
|   root       <digest 1>
! sources/prompts/hello.prompt.j2:3:1: warning[S042]: `top_p` is dropped: the model `main` refuses it
!   hint: take `top_p` out of the config of `hello`, or choose another model
!   note: refused here: sources/models.yaml:1:1
!   in:   acme/hello, globex/hello
! sources/variables.yaml:1:1: warning[W401]: no prompt, tool or schema reads `product`
!   hint: remove it, and where overlays set it
! sources/variables.yaml:2:1: warning[W401]: no prompt, tool or schema reads `tone`
!   hint: remove it, and where overlays set it
! sources/variables.yaml:3:1: warning[W401]: no prompt, tool or schema reads `banned`
!   hint: remove it, and where overlays set it
!
