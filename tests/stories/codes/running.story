=== R001: an input is missing

project hello
file inputs.json
| {}
$ promptc show acme/hello --input inputs.json
! error[R001]: `message` is missing
!   hint: give inputs with `--input FILE`, or `--case NAME`
exit 2

=== R002: an unknown input

project hello
file inputs.json
| {"message": "Hi", "mesage": "Hi"}
$ promptc show acme/hello --input inputs.json
! error[R002]: `mesage` is not an input of this prompt
!   hint: did you mean `message`?
exit 2

=== R003: an input of another type

project hello
file inputs.json
| {"message": 3}
$ promptc show acme/hello --input inputs.json
! error[R003]: `message` must be text, and is an integer
!   hint: give inputs with `--input FILE`, or `--case NAME`
exit 2

=== R004: a number that JSON readers disagree on

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {count: {type: integer}}
| ---
| There are {{ input.count }}.
file inputs.json
| {"count": 9007199254740993}
$ promptc show acme/hello --input inputs.json
! error[R004]: `count` is a number that JSON readers don't agree on
!   hint: give it as text
exit 2

=== R005: an input without text

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {names: {type: array, items: {type: [string, "null"]}}}
| ---
| {{ input.names | join(", ") }}
file inputs.json
| {"names": ["Ada", null]}
$ promptc show acme/hello --input inputs.json
! error[R005]: `names` can't be printed: it is or holds null where text is needed
!   hint: give text, a number or a boolean
exit 2

=== R006: a property that this request leaves out

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {user: {type: object, properties: {name: {type: string}}}}
| ---
| {{ input.user.name }}
file inputs.json
| {"user": {}}
$ promptc show acme/hello --input inputs.json
! error[R006]: `user.name` has no value, and the prompt needs it here
!   hint: give it, or let the prompt's author test `is defined` or write `| default(…)`
exit 2

=== R007: null where the prompt loops

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {names: {type: [array, "null"], items: {type: string}}}
| ---
| {% for n in input.names %}{{ n }} {% endfor %}
file inputs.json
| {"names": null}
$ promptc show acme/hello --input inputs.json
! error[R007]: `names` is null, and the prompt loops over it
!   hint: give a list; an empty one where there is nothing
exit 2

=== R008: history without a place

project hello
file sources/cases/hello.yaml
| greeting:
|   inputs: {message: Hi}
|   history: [{role: user, content: Hello}]
$ promptc show acme/hello --case greeting
! error[R008]: this prompt has no place for a history, and it would be lost
!   hint: write `{% history %}` between its messages, or give none
exit 2

=== R010: a setting that the provider does not have

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| config: {seed: 7}
| inputs: {message: {type: string}}
| ---
| {% message role="user" %}{{ input.message }}{% endmessage %}
file inputs.json
| {"message": "Hi"}
$ promptc show acme/hello --input inputs.json --format anthropic
! error[R010]: Anthropic's Messages API takes no `seed`
!   hint: say `refuses: [seed]` for the model in models.yaml, or remove it from the prompt's config
exit 3

=== R011: media that the provider does not take

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| inputs: {photo: {type: media}}
| ---
| {% message role="system" %}{% media input.photo %}{% endmessage %}
| {% message role="user" %}What is this?{% endmessage %}
file inputs.json
| {"photo": {"url": "https://example.com/a.png", "media_type": "image/png"}}
$ promptc show acme/hello --input inputs.json --format anthropic
! error[R011]: Anthropic's Messages API takes no `image/png` in system messages
!   hint: place it in a user message, in a format that the API takes, or send the prompt to another provider
exit 3

=== R012: a message that the provider does not take there

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| config: {max_tokens: 100}
| ---
| {% message role="user" %}Hello.{% endmessage %}
| {% message role="assistant" %}Yes?{% endmessage %}
| {% message role="system" %}Be brief.{% endmessage %}
file inputs.json
| {}
$ promptc show acme/hello --input inputs.json --format anthropic
! error[R012]: Anthropic's Messages API takes a system message at the start or after a user's, and this one follows an assistant's
!   hint: move it to the top, or into a user message
exit 3

=== R013: a native setting that collides

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| config: {max_tokens: 100, native: {anthropic: {max_tokens: 200}}}
| ---
| {% message role="user" %}Hello.{% endmessage %}
file inputs.json
| {}
$ promptc show acme/hello --input inputs.json --format anthropic
! error[R013]: `native.anthropic.max_tokens` is set by the prompt or its config already
!   hint: set it in one of the two places
exit 3

=== R014: a message that says nothing

project hello
file inputs.json
| {"message": ""}
$ promptc show acme/hello --input inputs.json --format anthropic
! error[R014]: a user message is empty with these inputs, which Anthropic's Messages API doesn't take
!   hint: put the whole `{% message %}` into the `{% if %}`
exit 3

=== R015: more cache marks than the provider takes

project hello
file sources/prompts/hello.prompt.j2
| ---
| model: main
| config: {max_tokens: 100}
| ---
| {% message role="system" %}a{% cache %}b{% cache %}c{% cache %}d{% cache %}e{% cache %}{% endmessage %}
| {% message role="user" %}Hello.{% endmessage %}
file inputs.json
| {}
$ promptc show acme/hello --input inputs.json --format anthropic
! error[R015]: Anthropic's Messages API takes at most 4 cache marks
!   hint: keep those after the longest parts
exit 3
