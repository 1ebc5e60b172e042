// Writes draws.json: which variant a key draws, by docs/formats.md, in ECMAScript: `node draws.mjs > draws.json`.
import { createHash } from "node:crypto";

function point(salt, prompt, variant, key) {
  const text = JSON.stringify(["promptc.draw/1", salt, prompt, variant, key]);
  return createHash("sha256").update(text, "utf8").digest().readBigUInt64BE(0);
}

function drawn({ prompt, variants, served, salt, key }) {
  let left = 10000n;
  for (const variant of Object.keys(variants).sort()) {
    const share = BigInt(Math.round(variants[variant] * 100));
    if (point(salt, prompt, variant, key) * left < share * 2n ** 64n) {
      const name = `${prompt}.${variant}`;
      return served === null || served.includes(name) ? name : prompt;
    }
    left -= share;
  }
  return prompt;
}

const portfolios = [
  { prompt: "reply", variants: { concise: 10 }, served: null },
  { prompt: "reply", variants: { concise: 33.33, brief: 33.33, warm: 33.34 }, served: null },
  { prompt: "reply", variants: { a: 0.01, b: 99.99 }, served: null },
  { prompt: "reply", variants: { only: 100 }, served: ["reply", "reply.only"] },
  { prompt: "antwort-für-alle", variants: { kurz: 50, "länger": 25 }, served: ["antwort-für-alle", "antwort-für-alle.kurz"] },
];
const keys = ["ada", "bob", "", "ü", "user 17", 'say "no"\\', "line\nbreak\t", "\u0001\u001f\u007f", "한국", "🙂", "\u2028", "/"];
const found = [];
for (const portfolio of portfolios) {
  for (const [number, key] of keys.entries()) {
    const given = { ...portfolio, salt: ["", "s", "zweites \"Salz\""][number % 3], key };
    const points = Object.fromEntries(
      Object.keys(portfolio.variants).sort().map((v) => [v, String(point(given.salt, given.prompt, v, key))]),
    );
    found.push({ ...given, points, drawn: drawn(given) });
  }
}
console.log(JSON.stringify(found, null, 1));
