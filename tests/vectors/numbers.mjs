// Writes numbers.json: numbers and their text as ECMAScript itself prints them (`node numbers.mjs`).
// `bits` is the double in hexadecimal, for readers that don't trust their own parser of decimals.
import { writeFileSync } from "node:fs";

const view = new DataView(new ArrayBuffer(8));
const bits = (x) => { view.setFloat64(0, x); return view.getBigUint64(0).toString(16).padStart(16, "0"); };
const fromBits = (n) => { view.setBigUint64(0, n); return view.getFloat64(0); };

const edges = [
  0, -0, 1, -1, 10, 100, 1.5, -1.5, 0.1, 0.2, 0.1 + 0.2, 1 / 3, 2 / 3, 100.25, 1e2, 123456789.125,
  9007199254740991, -9007199254740991, 9007199254740992.5, 1e15, 1e16, 1e17, 1e20, 123456789012345680000,
  999999999999999900000, 1e21, 1.5e21, 1e22, 1.7976931348623157e308, -1.7976931348623157e308,
  0.001, 0.0001, 0.00001, 0.000001, 0.0000012, 0.0000001, 0.00000012, 1e-7, 1.5e-7, 123e-9, 1e-10,
  2.2250738585072014e-308, 2.225073858507201e-308, 5e-324, -5e-324, 4.35, 0.000035, 1e-323, 5e-7,
  4.9406564584124654e-324, 9.5e-7, 1234.5678, 12345678901234567890, 0.1e-6, 299792458, 6.02214076e23, 6.62607015e-34,
  4503599627370496.5, 2251799813685248.25, 1125899906842624.125, 8.5, 0.5, 0.25, 3.0e-5, 25e-1,
];
// A multiplicative walk over all bit patterns: the same doubles on every run.
let walk = 0x9e3779b97f4a7c15n;
while (edges.length < 400) {
  walk = (walk * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
  const x = fromBits(walk);
  if (Number.isFinite(x)) edges.push(x);
}
const rows = edges.map((x) => `  {"bits": "${bits(x)}", "value": ${Object.is(x, -0) ? "-0.0" : JSON.stringify(x)}, "text": ${JSON.stringify(String(x))}}`);
writeFileSync(new URL("numbers.json", import.meta.url), `[\n${rows.join(",\n")}\n]\n`);
