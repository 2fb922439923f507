// JSON at the edges: what may be stored, and the text it is stored as.
import { LIMITS } from "./limits.js";

/** JSON text, validated and encoded once at the edge; opaque to every store. */
export type Json = string;

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

export interface JsonFault {
  /** JSON Pointer (RFC 6901) to the faulty value. */
  readonly pointer: string;
  readonly code: "depth" | "nodes" | "forbidden_key" | "nul" | "lone_surrogate" | "not_json";
  readonly message: string;
}

const FORBIDDEN_KEYS = new Set(["__proto__", "constructor", "prototype"]);
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is looked for; PostgreSQL can't keep it.
const NUL = /\u0000/;

/** The first thing in a parsed JSON value that must not be stored, or undefined. */
export function findJsonFault(value: unknown, pointer = ""): JsonFault | undefined {
  const found = faultIn(value, 0, { nodes: 0 });
  return found && { ...found, pointer: pointer + found.pointer };
}

/** Pointers are put together on the way back, so that they cost nothing where nothing is wrong. */
function faultIn(value: unknown, depth: number, seen: { nodes: number }): JsonFault | undefined {
  if (++seen.nodes > LIMITS.jsonNodes) return fault("", "nodes", `has more than ${LIMITS.jsonNodes} values`);
  if (typeof value === "string") return findTextFault(value, "");
  if (typeof value === "number" && !Number.isFinite(value)) {
    return fault("", "not_json", "is not a finite number");
  }
  if (typeof value !== "object" || value === null) return undefined;
  // The bound keeps the recursion from overflowing the stack, too.
  if (depth >= LIMITS.jsonDepth) {
    return fault("", "depth", `is nested more than ${LIMITS.jsonDepth} levels deep`);
  }
  const isList = Array.isArray(value);
  for (const key of Object.keys(value)) {
    const found = (isList ? undefined : keyFault(key)) ?? faultIn(Reflect.get(value, key), depth + 1, seen);
    // Too many values is said of the whole.
    if (found)
      return found.code === "nodes" ? found : { ...found, pointer: `/${escapePointer(key)}${found.pointer}` };
  }
  return undefined;
}

function keyFault(key: string): JsonFault | undefined {
  if (FORBIDDEN_KEYS.has(key)) return fault("", "forbidden_key", `has the forbidden key "${key}"`);
  return findTextFault(key, "");
}

/** What keeps a text from being stored: NUL, or half of a surrogate pair. */
export function findTextFault(text: string, pointer: string): JsonFault | undefined {
  if (NUL.test(text)) return fault(pointer, "nul", "contains the character NUL (U+0000)");
  if (!text.isWellFormed()) return fault(pointer, "lone_surrogate", "contains half of a surrogate pair");
  return undefined;
}

/** Text with NUL and lone surrogates replaced by U+FFFD, cut to at most `maxBytes` of UTF-8. For words that must be kept whatever they are. */
export function cleanText(text: string, maxBytes: number): string {
  const cut = text.length > maxBytes ? text.slice(0, maxBytes) : text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is replaced.
  const clean = cut.toWellFormed().replace(/\u0000/g, "\uFFFD");
  return byteLength(clean) <= maxBytes ? clean : cutBytes(clean, maxBytes);
}

/** One step of a JSON Pointer. */
export function escapePointer(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** Bytes of a text in UTF-8. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text);
}

function cutBytes(text: string, maxBytes: number): string {
  return new TextDecoder()
    .decode(new TextEncoder().encode(text).subarray(0, maxBytes))
    .replace(/\uFFFD$/, "");
}

function fault(pointer: string, code: JsonFault["code"], message: string): JsonFault {
  return { pointer, code, message };
}
