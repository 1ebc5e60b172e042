// Values: the table that turns values into text, and canonical JSON, as promptc/core/values.py has them.

import { createHash } from "node:crypto";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Dict = { [key: string]: any };

/** Something that can't be done: `code` is in docs/errors.md, `hint` says how to mend it. */
export class PromptcError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly hint = "",
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** Inputs that a prompt can't be rendered with; `problems` are all of them. */
export class InputError extends PromptcError {
  readonly problems: readonly InputError[];
  constructor(code: string, message: string, readonly path: string, hint = "", problems: readonly InputError[] = []) {
    super(code, message, hint);
    this.problems = problems.length ? problems : [this];
  }
}

export class NoText extends Error {
  constructor(readonly kind: string) {
    super(`${kind} has no text of its own`);
  }
}

export class NotCanonical extends Error {}

export const isMap = (value: unknown): value is Dict => typeof value === "object" && value !== null && !Array.isArray(value);

export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  const kinds: Dict = { boolean: "boolean", string: "text", number: "number", object: "map" };
  return kinds[typeof value] ?? typeof value;
}

/** The text of a scalar, as ECMAScript prints it; NoText for null, lists and maps. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "number") return numberText(value);
  throw new NoText(kindOf(value));
}

export function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new NotCanonical("a number that is not finite");
  return Object.is(value, -0) ? "0" : String(value);
}

/** Canonical JSON without the final line feed: no spaces, keys by code point, minimal escapes. */
export function canonicalText(value: unknown): string {
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw new NotCanonical("a lone surrogate");
    return quoted(value);
  }
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return numberText(value);
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (!isMap(value)) throw new NotCanonical("a value that JSON can't hold");
  const keys = Object.keys(value).sort(byCodePoint);
  return `{${keys.map((key) => `${canonicalText(key)}:${canonicalText(value[key])}`).join(",")}}`;
}

/** JSON.stringify escapes what canonical JSON does, and nothing else. */
const quoted = (text: string): string => JSON.stringify(text);

function byCodePoint(one: string, other: string): number {
  const [left, right] = [[...one], [...other]];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const difference = left[at]!.codePointAt(0)! - right[at]!.codePointAt(0)!;
    if (difference) return difference;
  }
  return left.length - right.length;
}

export const compareText = byCodePoint;

export const digestOf = (data: Uint8Array | string): string => "sha256:" + createHash("sha256").update(data).digest("hex");

export const canonicalDigest = (value: unknown): string => digestOf(canonicalText(value) + "\n");

/** JSON from bytes; PromptcError D001 for anything else, doubled keys of a damaged document included by its digest. */
export function parsed(data: Uint8Array): Dict {
  try {
    const found = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(data));
    if (isMap(found)) return found;
  } catch {
    // Said below, with everything else that is no document.
  }
  throw new PromptcError("D001", "a document is damaged: it is not a map in JSON", "fetch it again");
}
