export { Artifact, drawn, inputsDigest, point } from "./artifact.js";
export type { Message } from "./artifact.js";
export { fillInputs } from "./inputs.js";
export {
  Damaged, FolderSource, Foreign, NoChannel, Prompts, Revoked, UnknownPrompt, UnknownTenant, Unreachable, WebSource, WentBack,
} from "./prompts.js";
export type { Options, Prompt, Source } from "./prompts.js";
export { equal, formatText, renderParts, Scope, truth } from "./residual.js";
export { canonicalText, InputError, NoText, NotCanonical, numberText, PromptcError } from "./values.js";
