// Artifact: what a service loads and renders, verified by its digest; and which variant a key draws.

import { createHash } from "node:crypto";
import { fillInputs } from "./inputs.js";
import { renderParts, Scope, Segment, truth } from "./residual.js";
import { canonicalDigest, Dict, digestOf, InputError, isMap, parsed, PromptcError } from "./values.js";

export type Message = { role: string; content: Segment[] } | Dict;

/** A compiled prompt, ready to render. */
export class Artifact {
  private constructor(
    readonly document: Dict,
    readonly digest: string,
  ) {}

  /** Read an artifact's bytes; PromptcError for damage, another format, or another digest. */
  static load(data: Uint8Array, digest = ""): Artifact {
    const found = digestOf(data);
    if (digest && digest !== found) throw new PromptcError("D001", `the artifact's bytes are not those of \`${digest}\``, "fetch them again");
    const document = parsed(data);
    if (document.format !== "promptc.artifact/1")
      throw new PromptcError("D003", `the format \`${document.format}\` is not known to this runtime`, "upgrade it");
    return new Artifact(document, found);
  }

  get prompt(): string {
    return this.document.prompt;
  }

  get model(): Dict {
    return this.document.model;
  }

  get tools(): Dict[] {
    return this.document.tools;
  }

  /** Messages as roles and segments; the history's turns stand among them as they were given. InputError. */
  render(inputs: Dict = {}, history: Dict[] = []): Message[] {
    if (!Array.isArray(history) || !history.every(isMap))
      throw new InputError("R008", "`history` must be a list of messages in the provider's shape", "history", "give a list");
    const scope = new Scope(fillInputs(this.document.inputs, inputs));
    const out: Message[] = [];
    let isPlaced = false;
    const walk = (messages: Dict[]): void => {
      for (const message of messages) {
        if ("when" in message) walk(message[truth(message.when, scope) ? "then" : "else"] ?? []);
        else if ("history" in message) {
          isPlaced = true;
          out.push(...history);
        } else out.push({ role: message.role, content: renderParts(message.content, scope) });
      }
    };
    walk(this.document.messages);
    if (history.length && !isPlaced) {
      if (!out.every((message) => message.role === "system" || message.role === "developer"))
        throw new InputError("R008", "this prompt has no place for a history, and it would be lost", "history", "give none");
      out.push(...history);
    }
    return out;
  }
}

/** What a receipt says of inputs: their digest. */
export const inputsDigest = canonicalDigest;

/** The name of the prompt that a key draws (docs/portfolios.md); `served` holds the names that the root has. */
export function drawn(prompt: string, shares: Dict, key: string, salt = "", served?: Set<string>): string {
  let left = 10_000n;
  for (const variant of Object.keys(shares).sort()) {
    const parts = BigInt(Math.round(shares[variant] * 100));
    if (point(key, salt, prompt, variant) * left < parts * (1n << 64n)) {
      const name = `${prompt}.${variant}`;
      return !served || served.has(name) ? name : prompt;
    }
    left -= parts;
  }
  return prompt;
}

export function point(key: string, salt: string, prompt: string, variant: string): bigint {
  const said = JSON.stringify(["promptc.draw/1", salt, prompt, variant, key]);
  return createHash("sha256").update(said).digest().readBigUInt64BE(0);
}
