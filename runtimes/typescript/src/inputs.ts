// Inputs: a request's inputs held against the artifact's schemas, with defaults at every level, as promptc/core/inputs.py does.

import { equal } from "./residual.js";
import { Dict, InputError, isMap } from "./values.js";

type Path = (string | number)[];
const DEPTH_MAX = 64;
const NAMED: Dict = { string: "text", array: "a list", object: "a map", integer: "an integer", number: "a number", boolean: "a boolean", null: "null", media: "media" };
const MEDIA_KEYS = new Set(["url", "data", "media_type", "name"]);
const URL_ = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/\S+$/u;
const MEDIA_TYPE = /^[a-z]+\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const BOUNDS: [string, string, (value: number, bound: number) => boolean][] = [
  ["minimum", "at least", (value, bound) => value >= bound],
  ["maximum", "at most", (value, bound) => value <= bound],
  ["exclusiveMinimum", "more than", (value, bound) => value > bound],
  ["exclusiveMaximum", "less than", (value, bound) => value < bound],
];

/** The inputs as plain data with defaults filled in; InputError with every problem for inputs that don't fit. */
export function fillInputs(schemas: Dict, inputs: Dict): Dict {
  if (!isMap(inputs)) throw new InputError("R003", "the inputs must be a map of names", "", "give an object");
  const filling = new Filling();
  const required = Object.keys(schemas).filter((name) => !("default" in schemas[name]));
  const filled = filling.properties(inputs, { properties: schemas, additionalProperties: false, required }, []);
  const [first, ...rest] = filling.problems;
  if (!first) return filled;
  if (!rest.length) throw first;
  const lines = filling.problems.map((problem) => `\n  ${problem.message}${problem.hint ? ` (${problem.hint})` : ""}`).join("");
  throw new InputError(first.code, `${filling.problems.length} problems with the inputs:${lines}`, first.path, first.hint, filling.problems);
}

class Filling {
  readonly problems: InputError[] = [];

  private note(code: string, path: Path, said: string, hint = ""): void {
    const where = spelled(path);
    this.problems.push(new InputError(code, `\`${where}\` ${said}`, where, hint));
  }

  value(value: unknown, schema: Dict, path: Path): unknown {
    if (path.length > DEPTH_MAX) {
      this.note("R004", path, `is nested more than ${DEPTH_MAX} levels deep`, "give it as text");
      return null;
    }
    const types: string[] = typeof schema.type === "string" ? [schema.type] : (schema.type ?? []);
    const kind = typeOf(value);
    if (types.includes("media") && kind === "object") return this.media(value as Dict, path);
    if (types.length && !types.includes(kind) && !(kind === "integer" && types.includes("number"))) {
      this.note("R003", path, `must be ${types.map((name) => NAMED[name] ?? name).join(" or ")}, and is ${NAMED[kind] ?? `a ${kind}`}`);
      return null;
    }
    const made = this.inside(value, schema, kind, path);
    if ("enum" in schema && !schema.enum.some((item: unknown) => equal(made, item)))
      this.note("R003", path, "is not one of the values that its `enum` lists");
    return made;
  }

  private inside(value: any, schema: Dict, kind: string, path: Path): unknown {
    if (kind === "string") {
      if (!value.isWellFormed()) this.note("R004", path, "holds a lone surrogate, which is no character", "decode it as UTF-8");
      this.limits([...value].length, schema, path, "Length", "characters");
      return value;
    }
    if (kind === "integer" || kind === "number") {
      if (!Number.isFinite(value) || (Number.isInteger(value) && Math.abs(value) > Number.MAX_SAFE_INTEGER && Math.abs(value) < 1e21)) {
        this.note("R004", path, "is a number that JSON readers don't agree on", "give it as text");
        return 0;
      }
      for (const [key, words, holds] of BOUNDS)
        if (key in schema && !holds(value, schema[key])) this.note("R003", path, `must be ${words} ${schema[key]}`);
      return value;
    }
    if (kind === "array") {
      this.limits(value.length, schema, path, "Items", "items");
      return value.map((item: unknown, index: number) => this.value(item, schema.items ?? {}, [...path, index]));
    }
    if (kind === "object") return this.properties(value, schema, path);
    if (kind !== "boolean" && kind !== "null") this.note("R003", path, `is a ${kind}, which JSON can't hold`, "give text");
    return value;
  }

  private limits(count: number, schema: Dict, path: Path, suffix: string, noun: string): void {
    const least = schema[`min${suffix}`] ?? 0;
    const most = schema[`max${suffix}`];
    if (count < least) this.note("R003", path, `must have at least ${least} ${noun}, and has ${count}`);
    if (most !== undefined && count > most) this.note("R003", path, `must have at most ${most} ${noun}, and has ${count}`);
  }

  properties(value: Dict, schema: Dict, path: Path): Dict {
    const known: Dict = schema.properties ?? {};
    const rest = schema.additionalProperties ?? !("properties" in schema);
    const made: Dict = Object.create(null);
    for (const [key, item] of Object.entries(value)) {
      if (Object.hasOwn(known, key)) made[key] = this.value(item, known[key], [...path, key]);
      else if (rest === false)
        this.note("R002", [...path, key.slice(0, 80)], path.length ? "is not a property that is declared" : "is not an input of this prompt");
      else made[key] = this.value(item, isMap(rest) ? rest : {}, [...path, key]);
    }
    const required: string[] = schema.required ?? [];
    for (const key of new Set([...Object.keys(known), ...required])) {
      if (Object.hasOwn(value, key)) continue;
      if (Object.hasOwn(known, key) && "default" in known[key]) made[key] = this.value(known[key].default, known[key], [...path, key]);
      else if (required.includes(key)) this.note("R001", [...path, key], "is missing");
    }
    return made;
  }

  private media(value: Dict, path: Path): Dict {
    const texts: Dict = Object.create(null);
    for (const [key, item] of Object.entries(value)) if (typeof item === "string") texts[key] = item;
    const extra = Object.keys(value).some((key) => !MEDIA_KEYS.has(key) || !(key in texts));
    if (extra || "url" in texts === "data" in texts) {
      this.note("R003", path, "must be media: text under either `url` or `data`", 'give `{"url": …}` or `{"data": BASE64, "media_type": …}`');
      return {};
    }
    if (!Object.values(texts).every((text) => text.isWellFormed())) this.note("R004", path, "holds a lone surrogate, which is no character");
    if ("url" in texts && !URL_.test(texts.url)) this.note("R003", [...path, "url"], "must be a whole URL");
    if ("data" in texts && !BASE64.test(texts.data)) this.note("R003", [...path, "data"], "must be standard base64 with padding");
    if ("data" in texts && !("media_type" in texts)) this.note("R001", [...path, "media_type"], "is missing", "say what the data is");
    if ("media_type" in texts && !MEDIA_TYPE.test(texts.media_type)) this.note("R003", [...path, "media_type"], "must be a media type");
    return texts;
  }
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return ({ boolean: "boolean", string: "string", object: "object" } as Dict)[typeof value] ?? typeof value;
}

const spelled = (path: Path): string =>
  path.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("").replace(/^\./, "");
