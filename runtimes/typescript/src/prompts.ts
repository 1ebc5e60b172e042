// Prompts: a client of a channel or a pin, over https or a folder: everything it gives is verified up to its root.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Artifact, drawn } from "./artifact.js";
import { canonicalDigest, Dict, digestOf, parsed, PromptcError } from "./values.js";

export class Unreachable extends PromptcError {}
export class Damaged extends PromptcError {}
export class WentBack extends PromptcError {}
export class Foreign extends PromptcError {}
export class Revoked extends PromptcError {}
export class UnknownTenant extends PromptcError {}
export class UnknownPrompt extends PromptcError {}
export class NoChannel extends PromptcError {}

/** Where blobs and small files are read; what it gives is trusted by nobody. */
export interface Source {
  readonly where: string;
  read(name: string): Promise<Uint8Array | null>;
}

const BYTES_MAX = 64 * 1024 * 1024;

export class FolderSource implements Source {
  constructor(readonly where: string) {}

  async read(name: string): Promise<Uint8Array | null> {
    if (name.split("/").includes("..")) return null;
    try {
      return await readFile(join(this.where, name));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") return null;
      throw new Unreachable("R100", `the registry \`${this.where}\` can't be read: ${code}`);
    }
  }
}

export class WebSource implements Source {
  constructor(
    readonly where: string,
    private readonly milliseconds = 30_000,
    private readonly attempts = 3,
  ) {}

  async read(name: string): Promise<Uint8Array | null> {
    let why = "";
    for (let attempt = 0; attempt < this.attempts; attempt++) {
      try {
        const answer = await fetch(`${this.where.replace(/\/$/, "")}/${name}`, {
          redirect: "error",
          signal: AbortSignal.timeout(this.milliseconds),
        });
        if (answer.status === 404 || answer.status === 410) return null;
        if (answer.status === 200) return await bounded(answer, name);
        why = `it says ${answer.status}`;
        await answer.body?.cancel();
        if (answer.status < 500 && answer.status !== 429) break;
      } catch (error) {
        if (error instanceof PromptcError) throw error;
        why = (error as Error).message;
      }
      await new Promise((done) => setTimeout(done, 100 * 2 ** attempt));
    }
    throw new Unreachable("R100", `\`${this.where}\` can't be reached: ${why}`, "what was verified before is served");
  }
}

async function bounded(answer: Response, name: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of answer.body as unknown as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > BYTES_MAX) throw new Unreachable("R100", `\`${name}\` is larger than ${BYTES_MAX} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

interface Head {
  lineage: string;
  channel: string;
  number: number;
  digest: string;
  root: string;
  aliases?: string;
  exceptions: Dict;
  isPin: boolean;
}

export interface Options {
  channel?: string;
  pin?: string;
  vendored?: string;
  refreshSeconds?: number;
}

/** A prompt as it is served to one tenant. */
export interface Prompt {
  artifact: Artifact;
  tenant: string;
  prompt: string;
  moment: string;
}

/** A client of one channel or one pin. */
export class Prompts {
  private found = new Map<string, Prompt>();
  private readonly blobs = new Map<string, Uint8Array>();
  private timer: NodeJS.Timeout | undefined;
  /** Why the last refresh brought nothing; null when it worked. */
  refused: PromptcError | null = null;
  private at = Date.now();

  private constructor(
    private readonly sources: Source[],
    private head: Head,
    private revoked: string | null,
  ) {}

  /** Open a client of a `channel` of a registry, or of a `pin` (a file). */
  static async open(registry: string | Source | undefined, options: Options): Promise<Prompts> {
    if (!options.channel === !options.pin) throw new PromptcError("R113", "a client follows a channel or holds a pin", "give one of them");
    const local = options.vendored ? [new FolderSource(options.vendored)] : [];
    const pin = options.pin ? await readPin(options.pin) : null;
    const where = registry ?? (pin && options.pin ? beside(options.pin, pin.registry) : undefined);
    const far = where === undefined ? [] : [typeof where === "string" ? sourceOf(where) : where];
    const sources = [...local, ...far];
    const source = sources.at(-1);
    if (!source) throw new PromptcError("R113", "a channel is of a registry", "name the registry");
    const head = pin ? pinned(pin) : await firstHead(source, options.channel!);
    let revoked: string | null = null;
    try {
      if (pin) head.aliases = (await entryAt(sources, head))?.aliases;
      revoked = await revocations(source, head.lineage);
    } catch (error) {
      if (!pin || !(error instanceof Unreachable)) throw error;
    }
    const client = new Prompts(sources, head, revoked);
    await client.document(head.root, "promptc.root/1");
    const seconds = options.refreshSeconds ?? 30;
    if (seconds > 0) {
      client.timer = setInterval(() => void client.refresh(), seconds * 1000);
      client.timer.unref();
    }
    return client;
  }

  /** The prompt of a tenant, by its id or an alias; with a key, the variant that it draws. */
  async get(tenant: string, prompt: string, key?: string, salt = ""): Promise<Prompt> {
    const known = key === undefined ? this.found.get(`${tenant}\n${prompt}`) : undefined;
    if (known) return known;
    const head = this.head;
    const found = this.found;
    const made = await this.look(head, tenant, prompt, key, salt);
    if (key === undefined && head === this.head) found.set(`${tenant}\n${prompt}`, made);
    return made;
  }

  /** Seconds since the registry last said that this is what to serve. */
  get ageSeconds(): number {
    return (Date.now() - this.at) / 1000;
  }

  get moment(): string {
    return `${this.head.channel}@${this.head.number}`;
  }

  /** Ask the registry now; never throws for what it answers. */
  async refresh(): Promise<void> {
    try {
      const source = this.sources.at(-1)!;
      const head = this.head.isPin ? this.head : await nextHead(source, this.head);
      const revoked = await revocations(source, head.lineage);
      if (head !== this.head || revoked !== this.revoked) {
        await this.document(head.root, "promptc.root/1");
        this.revoked = revoked;
        this.head = head;
        this.found = new Map();
      }
      this.at = Date.now();
      this.refused = null;
    } catch (error) {
      if (!(error instanceof PromptcError)) throw error;
      this.refused = error;
    }
  }

  close(): void {
    clearInterval(this.timer);
  }

  private async look(head: Head, asked: string, prompt: string, key: string | undefined, salt: string): Promise<Prompt> {
    const tree = (await this.document(head.root, "promptc.root/1")).tree;
    let tenant = asked;
    let node = await this.find(tree, "tenants", asked);
    if (node === undefined && head.aliases) {
      tenant = (await this.find(head.aliases, "entries", asked)) ?? asked;
      node = await this.find(tree, "tenants", tenant);
    }
    const hasException = Object.keys(head.exceptions).some((target) => target.startsWith(`${tenant}/`));
    if (node === undefined && !hasException) throw new UnknownTenant("R101", `\`${this.moment}\` serves no tenant \`${asked}\``);
    const targets: Dict = node === undefined ? {} : (await this.document(node, "promptc.tenant/1")).targets;
    if (key !== undefined && Object.hasOwn(targets, `${prompt}.*`)) {
      const shares = (await this.document(targets[`${prompt}.*`], "promptc.allocation/1")).variants;
      prompt = drawn(prompt, shares, key, salt, new Set(Object.keys(targets)));
    }
    const digest = head.exceptions[`${tenant}/${prompt}`] ?? (Object.hasOwn(targets, prompt) ? targets[prompt] : undefined);
    if (digest === undefined) throw new UnknownPrompt("R102", `\`${this.moment}\` serves \`${tenant}\` no prompt \`${prompt}\``);
    for (const one of [digest, head.root]) {
      const said = this.revoked && (await this.find(this.revoked, "revoked", one));
      if (said) throw new Revoked("R103", `\`${tenant}/${prompt}\` of \`${this.moment}\` was revoked: ${said.why}`, "roll back");
    }
    return { artifact: Artifact.load(await this.blob(digest), digest), tenant, prompt, moment: this.moment };
  }

  /** The value of a name in a tree of nodes, each of which is verified. */
  private async find(node: string, leaf: string, name: string): Promise<any> {
    const place = createHash("sha256").update(name).digest("hex");
    for (let depth = 0; depth < place.length; depth++) {
      const document = parsed(await this.blob(node));
      if (isOwn(document, leaf)) return isOwn(document[leaf], name) ? document[leaf][name] : undefined;
      const branch = document.branch;
      if (!branch || !isOwn(branch, place[depth]!)) return undefined;
      node = branch[place[depth]!];
    }
    throw new Damaged("R104", "a tree that is deeper than a hash");
  }

  private async document(digest: string, format: string): Promise<Dict> {
    const found = parsed(await this.blob(digest));
    if (found.format !== format) throw new Damaged("R104", `a digest leads to \`${found.format}\` where \`${format}\` is expected`);
    return found;
  }

  private async blob(digest: string): Promise<Uint8Array> {
    const known = this.blobs.get(digest);
    if (known) return known;
    if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new Damaged("R104", "a digest is malformed");
    const digits = digest.slice(7);
    let refused: unknown;
    for (const source of this.sources) {
      try {
        const data = await source.read(`blobs/sha256/${digits.slice(0, 2)}/${digits}`);
        if (data && digestOf(data) === digest) {
          this.blobs.set(digest, data);
          return data;
        }
        if (data) refused ??= new Damaged("R104", `\`${digest.slice(0, 19)}…\` is damaged: its bytes have another digest`);
      } catch (error) {
        refused ??= error;
      }
    }
    throw refused ?? new Damaged("R104", `\`${digest.slice(0, 19)}…\` is missing`, "export the registry anew");
  }
}

const isOwn = (value: unknown, key: string): boolean => typeof value === "object" && value !== null && Object.hasOwn(value, key);

const sourceOf = (where: string): Source => (/^https?:/.test(where) ? new WebSource(where) : new FolderSource(where));

const beside = (pin: string, registry: string): string => (registry.includes("://") ? registry : resolve(dirname(pin), registry));

async function readPin(path: string): Promise<Dict> {
  const found = parsed(await readFile(path));
  const { digest, ...said } = found;
  if (found.format !== "promptc.pin/1" || canonicalDigest(said) !== digest)
    throw new PromptcError("K001", `\`${path}\` is no pin, or was edited by hand`, "`promptc pin` writes one");
  return found;
}

const pinned = (pin: Dict): Head => ({
  lineage: pin.lineage, channel: pin.channel, number: pin.entry, digest: "", root: pin.root, exceptions: pin.exceptions, isPin: true,
});

async function lineageOf(source: Source): Promise<string> {
  const data = await source.read("registry.json");
  if (!data) throw new Unreachable("R100", `\`${source.where}\` is no registry: it has no \`registry.json\``);
  return parsed(data).lineage;
}

async function entryAt(sources: Source[], head: Head): Promise<Dict | undefined> {
  for (const source of sources) {
    const data = await source.read(`channels/${head.channel}/entries/${head.number}.json`);
    if (data) return decoded(data, head.channel, head.number, head.lineage);
  }
  return undefined;
}

/** An entry, held against its own digest, its place, and the registry's lineage. */
function decoded(data: Uint8Array, channel: string, number: number, lineage: string): Dict {
  const found = parsed(data);
  const { digest, ...said } = found;
  if (canonicalDigest(said) !== digest || found.format !== "promptc.entry/1" || found.channel !== channel || found.number !== number)
    throw new Damaged("R104", `entry \`${channel}@${number}\` is damaged`, "`promptc verify` says what is still safe to serve");
  if (found.lineage !== lineage) throw new Foreign("R106", `\`${channel}@${number}\` belongs to the history of another registry`);
  return found;
}

const folderOf = (channel: string): string => (channel === "revoked" ? "revoked" : `channels/${channel}`);

/** The newest entry of a channel, found without listing: from a hint, one after the other until there is none. */
async function newest(source: Source, channel: string, lineage: string, from = 0): Promise<Dict | undefined> {
  const read = (number: number) => source.read(`${folderOf(channel)}/entries/${number}.json`);
  let number = from;
  if (!from) {
    const hint = await source.read(`${folderOf(channel)}/head.json`);
    const said = hint ? Number(parsed(hint).number) : 0;
    number = Number.isSafeInteger(said) && said > 0 && (await read(said)) ? said - 1 : 0;
  }
  let found: Dict | undefined;
  for (let data = await read(number + 1); data; data = await read(number + 1)) {
    const entry = decoded(data, channel, ++number, lineage);
    if (found && entry.previous !== found.digest) throw new WentBack("R105", `the history of \`${channel}\` is broken at ${number}`);
    found = entry;
  }
  return found;
}

const headOf = (entry: Dict): Head => ({
  lineage: entry.lineage, channel: entry.channel, number: entry.number, digest: entry.digest, root: entry.root, aliases: entry.aliases,
  exceptions: {}, isPin: false,
});

async function firstHead(source: Source, channel: string): Promise<Head> {
  const entry = await newest(source, channel, await lineageOf(source));
  if (!entry) throw new NoChannel("R107", `the registry \`${source.where}\` has no channel \`${channel}\``);
  return headOf(entry);
}

async function nextHead(source: Source, head: Head): Promise<Head> {
  const first = await source.read(`channels/${head.channel}/entries/${head.number + 1}.json`);
  if (!first) return head;
  if (decoded(first, head.channel, head.number + 1, head.lineage).previous !== head.digest)
    throw new WentBack("R105", `\`${head.channel}@${head.number + 1}\` does not follow the entry that was seen`);
  const entry = await newest(source, head.channel, head.lineage, head.number);
  return entry ? headOf(entry) : head;
}

async function revocations(source: Source, lineage: string): Promise<string | null> {
  return (await newest(source, "revoked", lineage))?.root ?? null;
}
