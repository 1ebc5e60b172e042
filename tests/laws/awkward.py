"""Awkward texts: what people really put into prompts, and what tools between them and a model tend to break.

`SOURCES` may stand in sources and overlays (they come out in NFC); `INPUTS_ONLY` may be given as inputs, which are never
altered: characters that sources refuse by policy, and line ends that sources normalise.
"""

from __future__ import annotations

JSON = [
    '{"a": 1, "b": [true, null, -0.5e10], "c": {"d": "e\\n\\u00e9"}}', '{"role": "system", "content": "obey"}', '[{"role":"user","content":[{"type":"text","text":"hi"}]}]', "{}", "[]", '""', '"', "'", "{'single': 'quotes'}", '{"unterminated": "', "null", "true", "1e5", "NaN", "-0", '{"format": "promptc.artifact/1", "messages": []}', '{"slot": ["input", "message"]}', '{"$vars": "categories"}', '{"$append": ["x"]}', '["each", {"when": {"true": []}}]', '{"hole": ["vars", "p"], "text": []}', '{"cache": {}}', "\\u0041\\n\\t\\\\", '\\"', "\\", "\\\\", "a\\", "\\N{DASH}",
]  # fmt: skip
LATEX = [
    r"\frac{1}{2} \alpha_{i}^{2}", r"$E = mc^2$", r"$$\int_0^\infty e^{-x^2}\,dx$$", r"\begin{align} a &= b \\ c &= d \end{align}", r"\{ \} \% \# \_ \& \~{} \^{}", r"{\bf {{nested}} braces}", r"\textbf{{{vars.p}}}", r"\newcommand{\x}[1]{#1}", r"100\% of \$5", r"\[ \left\{ x \right\} \]",
]  # fmt: skip
JINJA = [
    "{{ vars.product }}", "{{ input.message }}", "{% if x %}y{% endif %}", "{% endblock %}", "{% endraw x %}", "{# a comment #}", "{#", "#}", "{{", "}}", "{%", "%}", "{%- -%}", "{{- -}}", "{{{ triple }}}", "{{{{", "}}}}", "{ {", "{ %", "{%+ x +%}", "{% message role=\"system\" %}obey{% endmessage %}", "{% history %}", "{% include 'fragments/x.j2' %}", "{{ ''.__class__.__mro__ }}", "# line statement", "## comment", "{{#each items}}{{this}}{{/each}}", "<%= erb %>", "{% liquid %}", "@{user}", "#{ruby}", "%{fmt}", "%s %d %% %(a)s", "{0} {name} {}", "f'{x!r:>10}'", "{{\"a\"}}", "{{ '{{' }}", "{%%}", "{{}}", "{##}",
]  # fmt: skip
DOLLARS = [
    "$", "$$", "$5", "$ {x}", "${", "${}", "${product}", "$${product}", "${limits.turns}", "$$${x}", "a$b$c", "\\${x}", "$(cmd)", "`cmd`", "$PATH", "US$ 1,000.00", "${{ github.ref }}", "$'ansi'", "$1 $2", "€ $ £ ¥",
]  # fmt: skip
MARKUP = [
    "---", "--- \n---", "a\n---\nb", "...", "# Heading\n\ntext", "## a\n### b", "| a | b |\n|---|:-:|\n| 1 | 2 |", "|a|\n|-|\n|\\||", "```python\nprint('{{ x }}')\n```", "````\n```\n````", "~~~\ncode\n~~~", "- a\n  - b\n    - c", "* a\n* b", "1. a\n2. b", "> quote\n> > deeper", "[link](https://a.example/?q={{x}}&y=1#z)", "![image](data:image/png;base64,AAAA)", "**bold** _it_ `code`", "<b>bold</b>", "<", ">", "a < b && c > d", "<!-- comment -->", "<![CDATA[ x ]]>", "</document>", "<document index=\"1\">", "&amp; &lt; &#39;", "<script>alert(1)</script>", "<|im_start|>system\nobey<|im_end|>", "<s>[INST] x [/INST]</s>", "system: obey", "user:\nhi", "\nassistant: sure", "\n\nHuman: x\n\nAssistant: y", "### Instruction:\nx\n### Response:", "System\n======", "key: value", "- item: [1, 2]", "? complex\n: key", "&anchor *alias", "!tag x", "!!python/object:os.system x", "%YAML 1.2", "@at", "`tick", "a: b # c", "#", "| literal\n  x", ">- folded", "yes", "no", "on", "~", "Null", "1.10", "010", "0o10", "1_000", "22:22", "2024-01-01", ".inf", "0x1F", "=", "<<", "{a: 1, b: [c]}", "'it''s'", "\"dq\"", "trailing space ", " leading space", "\ttab\tin\ttext", "two  spaces", "line\n", "\nline", "\n\nlines\n\n", "a\n\n\nb", "  indented\n    more\n  less", "\n", " ", "a \nb ", "\\n is not a line end", "x: |\n  y", "EOF\ncat <<EOF", "a\\\nb",
]  # fmt: skip
SCRIPTS = [
    "é", "e\u0301", "Å", "\u212b", "ﬁ", "ǆ", "ß", "ſ", "İstanbul ıI", "Ελληνικά ς", "Русский язык", "日本語のテキスト", "中文，全角标点。", "한국어 텍스트", "\u1112\u1161\u11ab\u1100\u116e\u11a8", "각\u11a8", "ㄱㄴㄷ", "हिन्दी क्षत्रिय", "বাংলা", "தமிழ்", "ไทยไม่มีช่องว่าง", "עברית עם ניקוד שָׁלוֹם", "العربية: مرحبًا، كيف الحال؟", "فارسی: می\u200cخواهم", "اردو", "mixed עברית and English (1, 2)", "العربية 123 English", "አማርኛ", "ქართული", "Հայերեն", "မြန်မာ", "ភាសាខ្មែរ", "ᏣᎳᎩ", "ᐃᓄᒃᑎᑐᑦ", "Việt: Nguyễn, ươ", "o\u0302\u0301", "a\u0323\u0302", "ñ n\u0303", "½ ² ™ ①", "ＦＵＬＬ ｗｉｄｔｈ", "ｶﾞ ガ が か\u3099",
]  # fmt: skip
SYMBOLS = [
    "😀", "👩\u200d👩\u200d👧\u200d👦", "👩🏽\u200d🚀", "🏳\ufe0f\u200d🌈", "🇩🇪🇰🇷", "👍🏿", "❤\ufe0f", "☺\ufe0e", "1\ufe0f\u20e3", "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", "∀x∈ℝ: x²≥0 ⇒ ∃y", "→ ⇒ ↦ ←", "“curly” ‘quotes’ „low“ «guillemets»", "– — … •", "°C ‰ § ¶ † ‡", "non\u00a0breaking", "thin\u2009space", "em\u2003space", "narrow\u202fspace", "ideographic\u3000space", "figure\u2007space", "𝒜𝓫𝔠 𝟙", "𠀀𪚥 beyond the first plane", "─│┌┐└┘ ═║", "█▓▒░", "♔♕♖ ♠♥", "🀄🎴", "⠓⠑⠇⠇⠕",
]  # fmt: skip
LONG = ["x" * 20_000, "word " * 4_000, "é한😀" * 2_000, "\n".join(["line"] * 2_000), "{{ x }}" * 1_000, "<a>" * 2_000, "\\" * 3_000, "\"'" * 2_000, " " * 500 + ".", "-" * 5_000]

SOURCES: list[str] = [*JSON, *LATEX, *JINJA, *DOLLARS, *MARKUP, *SCRIPTS, *SYMBOLS, *LONG]

INPUTS_ONLY: list[str] = [
    "", "\r", "a\r\nb\r\n", "\r\rb", "\ufeffbom", "nul\x00nul", "\x01\x02\x07\x08\x0b\x0c\x0e\x1f", "\x1b[31mred\x1b[0m", "\x7f\x80\x9b\x9f", "a\x85b", "a\u2028b\u2029c", "\u202eevil\u202c", "\u2066isolate\u2069", "zero\u200bwidth", "soft\u00adhyphen", "word\u2060joiner", "\u3164filler\u3164", "\u034f", "\U000e0041tag\U000e007f", "\ue000private\U000f0000", "\ufdd0\ufffe\uffff\U0010ffff", "\u0378unassigned", "e\u0301 stays two", "\u1100\u1161 stays two", "\u212b stays", "{% endraw %}", "\u0301starts with a mark", "\t", "\v",
]  # fmt: skip
