// Residual: runs the parts of a residual program over inputs, in one pass, as promptc/core/residual.py does.

import { canonicalText, compareText, Dict, InputError, isMap, kindOf, NoText, NotCanonical, textOf } from "./values.js";

export type Segment = Dict;
type Path = string[];
const ABSENT = Symbol("absent");
const NAMED: Dict = { null: "null", list: "a list", map: "a map", text: "text", boolean: "a boolean" };

export class Scope {
  readonly values = new Map<string, unknown>();
  readonly turns = new Map<string, { path: Path; index: number; count: number }>();

  constructor(inputs: Dict) {
    this.values.set("input", inputs);
  }

  /** The input that a path means at this turn: `documents[0].title`. */
  spelled(path: Path): string {
    const turn = this.turns.get(path[0]!);
    if (turn) return [`${this.spelled(turn.path)}[${turn.index}]`, ...path.slice(1)].join(".");
    return (path.length > 1 && path[0] === "input" ? path.slice(1) : path).join(".");
  }
}

/** The segments of a message's content: texts (joined, none empty), media and cache marks, in order. */
export function renderParts(parts: any[], scope: Scope): Segment[] {
  const out: Segment[] = [];
  let text = "";
  const flush = () => {
    if (text) out.push({ type: "text", text });
    text = "";
  };
  const add = (piece: string | Segment) => {
    if (typeof piece === "string") text += piece;
    else {
      flush();
      out.push(piece);
    }
  };
  walk(parts, scope, add);
  flush();
  return out;
}

function walk(parts: any[], scope: Scope, add: (piece: string | Segment) => void): void {
  for (const part of parts) {
    if (typeof part === "string") add(part);
    else if ("slot" in part) add(slotText(part, scope));
    else if ("when" in part) walk(part[truth(part.when, scope) ? "then" : "else"] ?? [], scope, add);
    else if ("each" in part) each(part, scope, add);
    else if ("index" in part) add(String(scope.turns.get(part.index)!.index + 1));
    else if ("index0" in part) add(String(scope.turns.get(part.index0)!.index));
    else if ("media" in part) add({ type: "media", ...media(part.media, scope) });
    else if ("cache" in part) add({ type: "cache", ...part.cache });
    else throw new Error(`no such part: ${Object.keys(part)}`);
  }
}

function each(part: Dict, scope: Scope, add: (piece: string | Segment) => void): void {
  const items = look(part.each, scope);
  if (!Array.isArray(items)) {
    if (items === ABSENT) throw missing(part.each, scope);
    const path = scope.spelled(part.each);
    throw new InputError("R007", `\`${path}\` is ${NAMED[kindOf(items)] ?? "a number"}, and the prompt loops over it`, path, "give a list");
  }
  if (!items.length) return walk(part.else ?? [], scope, add);
  items.forEach((item, index) => {
    scope.values.set(part.name, item);
    scope.turns.set(part.name, { path: part.each, index, count: items.length });
    walk(part.do, scope, add);
  });
  scope.values.delete(part.name);
  scope.turns.delete(part.name);
}

export function look(path: Path, scope: Scope): unknown {
  let value: unknown = scope.values.has(path[0]!) ? scope.values.get(path[0]!) : ABSENT;
  for (const step of path.slice(1)) value = isMap(value) && Object.hasOwn(value, step) ? value[step] : ABSENT;
  return value;
}

function missing(path: Path, scope: Scope): InputError {
  const spelled = scope.spelled(path);
  return new InputError("R006", `\`${spelled}\` has no value, and the prompt needs it here`, spelled, "give it");
}

function slotText(part: Dict, scope: Scope): string {
  let value = look(part.slot, scope);
  if (value === ABSENT) {
    if (!("default" in part)) throw missing(part.slot, scope);
    value = part.default;
  }
  const path = scope.spelled(part.slot);
  try {
    return formatText(value, part.as);
  } catch (error) {
    if (error instanceof NoText)
      throw new InputError("R005", `\`${path}\` can't be printed: it is or holds ${NAMED[error.kind] ?? error.kind}`, path, "give text");
    if (error instanceof NotCanonical || error instanceof RangeError)
      throw new InputError("R004", `\`${path}\` holds ${(error as Error).message}`, path, "give it as text");
    throw error;
  }
}

function media(source: any, scope: Scope): Dict {
  if (isMap(source)) return source;
  const value = look(source, scope);
  if (value === ABSENT) throw missing(source, scope);
  const path = scope.spelled(source);
  if (!isMap(value)) throw new InputError("R005", `\`${path}\` is ${NAMED[kindOf(value)] ?? "a number"}, and media is needed`, path);
  return value;
}

// What Python's str.strip takes for white space, which is more than String.prototype.trim does in one place and less in another.
const SPACE = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const TRIM = new RegExp(`^${SPACE}+|${SPACE}+$`, "g");

export function formatText(value: unknown, form?: any): string {
  if (form === undefined || form === null) return textOf(value);
  if (form === "tojson") return canonicalText(value);
  if (form === "length") return String(length(value));
  if (form === "trim") return textOf(value).replace(TRIM, "");
  if (form === "xml")
    return textOf(value).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
  if (!Array.isArray(value)) throw new NoText(kindOf(value));
  return value.map(textOf).join(form.join);
}

function length(value: unknown): number {
  if (typeof value === "string") return [...value].length;
  if (Array.isArray(value)) return value.length;
  if (isMap(value)) return Object.keys(value).length;
  throw new NoText(kindOf(value));
}

const isTrue = (value: unknown): boolean =>
  value !== ABSENT && (Array.isArray(value) ? value.length > 0 : isMap(value) ? Object.keys(value).length > 0 : Boolean(value));

/** Whether a condition holds. Total: a missing value makes comparisons false (`!=` true), and nothing raises. */
export function truth(condition: Dict, scope: Scope): boolean {
  const [[kind, given]] = Object.entries(condition) as [[string, any]];
  switch (kind) {
    case "true":
      return isTrue(look(given, scope));
    case "has":
      return look(given, scope) !== ABSENT;
    case "not":
      return !truth(given, scope);
    case "and":
      return given.every((inner: Dict) => truth(inner, scope));
    case "or":
      return given.some((inner: Dict) => truth(inner, scope));
    case "is":
      return compare(operand(given[0], scope), given[1], given[2]);
    case "contains":
      return contains(look(given[0], scope), given[1]);
    default: {
      const turn = scope.turns.get(given)!;
      return turn.index === (kind === "first" ? 0 : turn.count - 1);
    }
  }
}

function operand(given: any, scope: Scope): unknown {
  if (!isMap(given)) return look(given, scope);
  if ("index" in given) return scope.turns.get(given.index)!.index + 1;
  const value = look(given.length, scope);
  return typeof value === "string" || Array.isArray(value) || isMap(value) ? length(value) : ABSENT;
}

function compare(value: unknown, sign: string, constant: any): boolean {
  if (sign === "==") return equal(value, constant);
  if (sign === "!=") return !equal(value, constant);
  if (sign === "in") return constant.some((item: unknown) => equal(value, item));
  const kind = sort(value);
  if ((kind !== "number" && kind !== "text") || kind !== sort(constant)) return false;
  const order = kind === "text" ? compareText(value as string, constant) : (value as number) - constant;
  return sign === "<" ? order < 0 : sign === "<=" ? order <= 0 : sign === ">" ? order > 0 : order >= 0;
}

function contains(value: unknown, constant: any): boolean {
  if (typeof value === "string") return typeof constant === "string" && value.includes(constant);
  if (Array.isArray(value)) return value.some((item) => equal(item, constant));
  return isMap(value) && typeof constant === "string" && Object.hasOwn(value, constant);
}

/** Equality that never equates types; nothing equals a missing value. */
export function equal(left: any, right: any): boolean {
  const kind = sort(left);
  if (kind !== sort(right) || kind === "missing") return false;
  if (kind === "map") {
    const keys = Object.keys(left);
    return keys.length === Object.keys(right).length && keys.every((key) => Object.hasOwn(right, key) && equal(left[key], right[key]));
  }
  if (kind === "list") return left.length === right.length && left.every((item: unknown, at: number) => equal(item, right[at]));
  return left === right;
}

const sort = (value: unknown): string => (value === ABSENT ? "missing" : kindOf(value));
