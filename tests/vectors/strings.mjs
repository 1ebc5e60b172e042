// Writes strings.json: text as canonical JSON. JSON.stringify escapes what canonical JSON escapes, and lone surrogates
// besides, which canonical JSON refuses (`node strings.mjs`).
import { writeFileSync } from "node:fs";

const texts = [
  "", "plain", "a\"b", "a\\b", "a/b", "</script>", "<b>&amp;'", "\u0000", "\u0001\u0002\u001f", "\b\f\n\r\t\u000b", "\u007f",
  "\u0080\u009f", "\u00e9", "e\u0301", "\u2028\u2029", "\ufeff", "\uffff", "\ue000", "한국어", "العربية", "👩‍👩‍👧", "𝒳", "\ud83d\ude00",
  "{{ x }}", "${x}", "%s", "\u200b", "\u202e", "tab\there", "line\nend", "C:\\dir\\file", "\u001b[31m", "null", "  ",
];
const rows = texts.map((text) => `  {"text": ${escaped(text)}, "json": ${escaped(JSON.stringify(text))}}`);
function escaped(text) {
  // The file itself is ASCII, so that no editor can change what it holds.
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
}
writeFileSync(new URL("strings.json", import.meta.url), `[\n${rows.join(",\n")}\n]\n`);
