// Holds the runtime against the vectors of tests/vectors. `node vectors.mjs DIST VECTORS`
import assert from "node:assert";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [dist, vectors] = process.argv.slice(2);
const ours = await import(pathToFileURL(join(resolve(dist), "index.js")));
const load = (name) => JSON.parse(readFileSync(join(vectors, `${name}.json`), "utf8"));
const counts = {};
const count = (name) => (counts[name] = (counts[name] ?? 0) + 1);
const same = (found, wanted, about) => assert.deepEqual(JSON.parse(JSON.stringify(found)), wanted, about);
const fails = (act, wanted, about) => {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof ours.InputError, `${about}: ${error.stack}`);
    return same({ code: error.code, path: error.path }, wanted, about);
  }
  assert.fail(`${about} did not fail`);
};
const artifactOf = (messages, inputs) => {
  const document = { format: "promptc.artifact/1", prompt: "x", model: { provider: "p", name: "m" }, config: {}, inputs, tools: [], messages };
  return ours.Artifact.load(new TextEncoder().encode(JSON.stringify(document)));
};

for (const { bits, value, text } of load("numbers")) {
  const number = new DataView(Uint8Array.from(Buffer.from(bits, "hex")).buffer).getFloat64(0);
  assert.equal(ours.numberText(number), text);
  assert.equal(Number(value), number);
  count("numbers");
}
for (const { text, json } of load("strings")) {
  assert.equal(ours.canonicalText(text), json);
  count("strings");
}
for (const { about, value, as, text, error } of load("formats")) {
  const part = as === null ? { slot: ["input", "x"] } : { slot: ["input", "x"], as };
  const act = () => ours.renderParts(["<", part, ">"], new ours.Scope({ x: value }));
  if (error) fails(act, { code: error, path: "x" }, about);
  else same(act(), [{ type: "text", text: `<${text}>` }], about);
  count("formats");
}
const { inputs: names, cases } = load("conditions");
for (const { about, condition, holds } of cases) {
  assert.equal(ours.truth(condition, new ours.Scope(names)), holds, about ?? JSON.stringify(condition));
  count("conditions");
}
for (const { about, inputs, parts, segments, error } of load("programs")) {
  const act = () => ours.renderParts(parts, new ours.Scope(inputs));
  if (error) fails(act, error, about);
  else same(act(), segments, about);
  count("programs");
}
for (const { about, schemas, inputs, filled, problems } of load("inputs")) {
  if (problems) {
    try {
      ours.fillInputs(schemas, inputs);
      assert.fail(`${about} did not fail`);
    } catch (error) {
      assert.ok(error instanceof ours.InputError, `${about}: ${error.stack}`);
      same(error.problems.map((problem) => [problem.code, problem.path]), problems, about);
    }
  } else {
    const made = ours.fillInputs(schemas, inputs);
    same(made, filled, about);
    same(Object.keys(made), Object.keys(filled), about);
  }
  count("inputs");
}
for (const { about, inputs, history, messages, rendered, error } of load("messages")) {
  const artifact = artifactOf(messages, Object.fromEntries(Object.keys(inputs).map((name) => [name, {}])));
  const act = () => artifact.render(inputs, history);
  if (error) fails(act, error, about);
  else same(act(), rendered, about);
  count("messages");
}
for (const { prompt, variants, served, salt, key, points, drawn } of load("draws")) {
  for (const [variant, said] of Object.entries(points)) assert.equal(String(ours.point(key, salt, prompt, variant)), said);
  assert.equal(ours.drawn(prompt, variants, key, salt, served ? new Set(served) : undefined), drawn);
  count("draws");
}
console.log(JSON.stringify(counts));
