A digest stands in a log. Whose words were these, since when, and who wrote them?

=== From a digest to who was served it, and to the lines that it is made of

project hello
$ printf '[tool.promptc]\nregistry = "registry"\n' > pyproject.toml && echo registry > .gitignore
$ git init -q -b main . && git add -A && git commit -q -m "Greetings" && promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    nothing was built before
|   findings   0 findings
|   root       <digest 1>
$ promptc promote prod --new --yes --who ann
| `prod`, which has no entry yet, would move to build
|   targets  2 added
|   tenants  2
|   prompts  hello 2
|   plan     <digest 2>
| prod@1 is the head now
|   root      <digest 1>
|   pushed    9 blobs
|   registry  registry
$ promptc show acme/hello --format json | sha256sum | cut -c1-64 > digest
$ sed -i 's/^Be brief.$/Be very brief./' sources/prompts/hello.prompt.j2 && git commit -qam "Shorter" && promptc build
| Built 2 targets of 2 tenants in <time>
|   artifacts  2 distinct, 1 KiB
|   changes    2 changed since the last build
|              ~ acme/hello
|              ~ globex/hello
|   findings   0 findings
|   root       <digest 3>
$ promptc promote prod acme --yes --who bob --why "shorter"
| `prod@1` would move to build
|   targets     1 changed
|   tenants     1
|   prompts     hello 1
|   not chosen  1 other target differs
|   plan        <digest 4>
| prod@2 is the head now
|   root      <digest 5>
|   pushed    6 blobs
|   registry  registry
$ promptc trace $(cat digest) | grep -v tools
| artifact  <digest 6>
|   size    344 B
|   prompt  hello
|   model   anthropic claude-sonnet-4-5
| served
|   prod  prod@1  <time> to <time>  1 target of 1 tenant
|       acme/hello
| made by
|   record  <digest 7>
|   commit  <digest 8>
| sources
|   sources/prompts/hello.prompt.j2  lines 11, 15
|   sources/prompts/hello.prompt.j2  line 9        acme
$ promptc trace $(cat digest) --registry registry --format json | grep -v '"\(jinja2\|markupsafe\|promptc\|python\|pyyaml\)"'
| {
|   "digest": "<digest 6>",
|   "kind": "promptc.artifact/1",
|   "bytes": 344,
|   "prompt": "hello",
|   "removed": null,
|   "revoked": null,
|   "served": [
|     {
|       "channel": "prod",
|       "first": {
|         "channel": "prod",
|         "composed": {
|           "added": 2,
|           "base": 0,
|           "changed": 0,
|           "from": "build",
|           "plan": "<digest 2>",
|           "record": "<digest 7>",
|           "removed": 0,
|           "source": "<digest 1>"
|         },
|         "digest": "<digest 9>",
|         "format": "promptc.entry/1",
|         "kind": "promote",
|         "lineage": "<digest 10>",
|         "number": 1,
|         "root": "<digest 1>",
|         "tenants": "<digest 11>",
|         "time": "<time>",
|         "who": "ann"
|       },
|       "last": {
|         "channel": "prod",
|         "composed": {
|           "added": 2,
|           "base": 0,
|           "changed": 0,
|           "from": "build",
|           "plan": "<digest 2>",
|           "record": "<digest 7>",
|           "removed": 0,
|           "source": "<digest 1>"
|         },
|         "digest": "<digest 9>",
|         "format": "promptc.entry/1",
|         "kind": "promote",
|         "lineage": "<digest 10>",
|         "number": 1,
|         "root": "<digest 1>",
|         "tenants": "<digest 11>",
|         "time": "<time>",
|         "who": "ann"
|       },
|       "until": "<time>",
|       "targets": [
|         "acme/hello"
|       ]
|     }
|   ],
|   "built": [],
|   "record": {
|     "digest": "<digest 7>",
|     "commit": "<digest 8>",
|     "toolchain": {
|     },
|     "settings": {
|       "allow_characters": [],
|       "base": [],
|       "private_use": "error",
|       "sources": "sources",
|       "tenants": "tenants"
|     },
|     "proven": true
|   },
|   "sources": [
|     {
|       "file": "sources/prompts/hello.prompt.j2",
|       "layer": "",
|       "lines": [
|         [
|           11,
|           11
|         ],
|         [
|           15,
|           15
|         ]
|       ]
|     },
|     {
|       "file": "sources/prompts/hello.prompt.j2",
|       "layer": "acme",
|       "lines": [
|         [
|           9,
|           9
|         ]
|       ]
|     }
|   ],
|   "sources_not_told": null
| }

Of a moment its root is meant; what nobody knows, and what is too short, is said to be:

$ promptc trace prod@1
| root  <digest 1>
|   size     147 B
|   targets  2 of 2 tenants
| served
|   prod  prod@1  <time> to <time>
$ promptc revoke $(cat digest) --why "too curt" --who eve
| <digest 6>… is revoked (revoked@1)
$ promptc trace $(cut -c1-12 digest) | grep -v tools
| artifact  <digest 6>
|   size     344 B
|   prompt   hello
|   model    anthropic claude-sonnet-4-5
|   revoked  <time> by eve: too curt
| served
|   prod  prod@1  <time> to <time>  1 target of 1 tenant
|       acme/hello
| made by
|   record  <digest 7>
|   commit  <digest 8>
| sources
|   sources/prompts/hello.prompt.j2  lines 11, 15
|   sources/prompts/hello.prompt.j2  line 9        acme
$ promptc trace 0123456789ab
! error[G008]: `<digest 12>` begins no digest here
!   hint: `promptc list` and `promptc history` print digests
exit 2
$ promptc trace $(printf 'a%.0s' $(seq 64))
! error[G008]: nothing here has or names `sha256:aaaaaaaaaaaa…`
!   hint: name the registry that served it with `--registry WHERE`
exit 2
