"""Grammar: the kinds of expression and condition that random projects are made of, by what they hold.

T text, N integers, F numbers, B booleans, L lists of text, C conditions, all known when building; IT, IL, IP and IC are
input texts, input lists, what can be printed of an input, and conditions on inputs; HOSTILE is what the build may refuse.
`$X` is replaced by an expression of kind X.
"""

from __future__ import annotations

T = """
vars.product
vars.tone
vars.html
vars.items
vars.limits.label
vars.limits.deep.a
vars['product']
vars.limits['label']
'lit'
"a b c"
'two  spaces'
vars.note|default('no note')
vars.note|default($T)
vars.maybe|default('nil', true)
(vars.maybe or 'nil')
($T)|upper
($T)|lower
($T)|capitalize
($T)|title
($T)|trim
($T)|trim('a')
($T)|xml
($T)|escape
($T)|string
($T)|reverse
($T)|replace('a', 'bb')
($T)|replace('e', '', 1)
($T)|truncate(7, true, '..')
($T)|center(9)
($T)|indent(2)
($T)|indent(2, true)
($T)|wordwrap(6)
($T)|striptags
($T)|tojson
($T)[:3]
($T)[1:]
($T)[::-1]
($T)|first|default('-')
($T)|last|default('-')
($T)|urlencode
($T ~ $T)
($T ~ $N ~ $B)
($T + $T)
($T * 2)
($T if $C else $T)
($L)|join(', ')
($L)|join
($L)|first|default('none')
($L)|last|default('none')
($L)|tojson
($L)|sort|join('<')
($L)|min|default('m')
[$T, $N, $B]|join(' ')
{'k': $T, 'j': $N}|tojson
vars.limits|tojson
vars.rows|tojson
vars.rows|map(attribute='name')|join('/')
vars.rows|map(attribute='size')|join('/')
vars.rows|selectattr('size', 'gt', 2)|map(attribute='name')|join(' ')
vars.rows|rejectattr('tags')|map(attribute='name')|join(' ')
vars.rows|sort(attribute='size', reverse=true)|map(attribute='name')|join(' ')
vars.rows|groupby('size')|map('first')|join(',')
vars.limits|dictsort|map('first')|join(',')
vars.limits|list|join(',')
vars.nums|map('string')|join('+')
'%s-%s'|format($T, $N)
'%05d|%x'|format($N, 255)
'%.2f'|format($F)
($N)|filesizeformat
($N)|string
($F)|string
($B)|string
tenant.labels.plan
tenant.labels.zone|default('no zone')
model.provider
model.name|upper
tools.look.description
""".strip().split("\n")

N = """
vars.count
vars.limits.turns
3
0
($L)|length
($T)|length
($T)|wordcount
($N + $N)
($N * 2)
($N - 1)
($N // 2)
($N % 3)
-($N)
($N)|abs
($T)|int
($T)|int(4)
vars.nums|sum
vars.nums|max|default(0)
vars.rows|sum(attribute='size')
vars.rows|length
vars.limits|length
($L)|unique|list|length
($N if $C else $N)
range(4)|list|length
""".strip().split("\n")

F = ["vars.ratio", "1.5", "($F)|round(1)", "($N)|float", "($F * 2)", "($F + $N)", "0.1", "1e3", "vars.big"]

B = ["vars.flag", "true", "false", "$C"]

L = """
vars.words
['a', 'b']
[$T, $T]
($L)|sort
($L)|unique|list
($L)|reverse|list
($L)|map('upper')|list
($L)|select('ne', 'a')|list
($L)|reject('equalto', 'b')|list
($L)|map('replace', 'a', 'o')|list
($T)|list
vars.rows|map(attribute='name')|list
($L + $L)
($L)[:2]
($L)[1:]
vars.limits|list
(vars.words if $C else [])
($L)|batch(2)|map('first')|list
($L)|slice(2)|map('length')|map('string')|list
vars.empty
""".strip().split("\n")

C = """
vars.flag
true
not vars.flag
not ($C)
($C and $C)
($C or $C)
$N > $N
$N >= 2
$N < $N
$N == $N
$N != 3
1 < $N < 5
$T == $T
$T != 'neutral'
vars.tone == 'warm'
vars.tone in ['warm', 'formal']
vars.tone not in ('formal',)
$T < $T
$T in $L
'a' in $T
'a' not in $T
vars.note is defined
vars.note is undefined
vars.maybe is none
vars.maybe is not none
$N is odd
$N is even
$N is divisibleby(3)
$N is divisibleby 2
$T is string
$N is number
$N is integer
$F is float
vars.limits is mapping
$L is sequence
$L is iterable
$T is upper
$T is lower
$N is lt(3)
$N is ge 2
($T) is in($L)
($B) is boolean
($B) is true
($B) is false
$T is eq('x')
'upper' is filter
$L
vars.empty
vars.limits
$T
$N
'turns' in vars.limits
'none' in vars.limits
$L == $L
$L|length > 1
vars.rows|selectattr('size', 'gt', 2)|list
vars.rows|map(attribute='size')|max|default(0) > 3
tenant.labels.plan == 'pro'
'zone' in tenant.labels
model.provider == 'anthropic'
'look' in tools
vars.limits.turns is defined
vars.limits.deep is defined
""".strip().split("\n")

IT = ["input.name", "input.lang", "input['name']", "input.cust.name", "input.opt"]

IL = ["input.tags", "input.tags or []", "input.tags|default([])", "(input.tags if $C else [])", "(input.tags if $C else vars.words)"]

IP = """
$IT
$IT
input.n
input.score
input.ok
input.cust.level
$IT or $T
$IT or 'nobody'
$IT or vars.product
$IT|default('x')
input.cust.nick|default('none')
input.cust.nick|default(vars.product)
input.docs|tojson
input.docs|length
input.tags|length
$IT|length
input.tags|join(', ')
input.tags|join
input.tags|join(vars.tone)
$IT|trim
$IT|xml
$IT|tojson
input.n|tojson
input.maybe|tojson
input.cust|tojson
'a' ~ $IT
$IT ~ $T ~ input.n
$T ~ ($IT|xml) ~ $IT
[vars.product, $IT]|join(', ')
[$T, $IT, $N, input.n]|join('-')
($IT if $C else $T)
($IT if $IC else $T)
($T if $IC else $T)
($T if $IC else $IT)
($N if $IC else $N)
($IT if $IC)|default('other')
input.maybe or 'none'
input.maybe or $IT or 'neither'
($T or $IT)
($C and $IT) or 'z'
input.n > 3
not input.ok
input.lang == 'en'
(input.ok and vars.flag) or false
($IT if $C else input.lang)
""".strip().split("\n")

IC = """
input.ok
not input.ok
$IT
not $IT
input.docs
input.tags
input.n
input.cust
input.maybe
input.lang == 'en'
input.lang != 'de'
input.lang in ['en', 'de']
input.lang not in ['ko']
input.lang == vars.tone
$T == $IT
$IT == $T
$IT != ''
input.n > 3
input.n <= vars.count
input.n >= $N
vars.count < input.n
1 < input.n < 5
input.n == 2
input.n != 0
input.n in [1, 2, 3]
input.score < 0.5
input.score >= $F
'a' in input.tags
'a' not in input.tags
$T in input.tags
'x' in $IT
vars.tone in input.tags
'name' in input.cust
input.maybe is none
input.maybe is not none
input.opt is defined
input.cust.nick is defined
input.cust.nick is undefined
input.lang is eq('en')
input.lang is in(['en', 'de'])
input.docs|length > 1
input.tags|length == 2
$IT|length > 3
($IC and $IC)
($IC or $IC)
($IC or $C)
($C and $IC)
($C or $IC)
not ($IC)
not ($IC and $IC)
input.ok == true
input.ok != vars.flag
(input.ok if $C else input.cust.vip)
input.cust.vip and vars.flag
""".strip().split("\n")

HOSTILE = """
$IT|upper
input.n + 1
$IT[:2]
vars.limits[input.lang]|default('x')
$IT == input.lang
$IT|int
input.docs
input.cust
input.tags|first
$IT|replace('a', $T)
$T|replace('a', input.name)
range(input.n)|list|length
$IT is string
input.n is odd
$IT|default('y', true)
$IT|tojson or 'q'
($IT|trim) == ''
$IT < 'm'
input.tags|sort|join
(input.tags or $L)|join
input.nope
input.name.nope
$IT|indent(input.n)
""".strip().split("\n")

KINDS = {"T": T, "N": N, "F": F, "B": B, "L": L, "C": C, "IT": IT, "IL": IL, "IP": IP, "IC": IC, "HOSTILE": HOSTILE}
