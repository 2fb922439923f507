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
  readonly code:
    | "depth"
    | "nodes"
    | "forbidden_key"
    | "nul"
    | "lone_surrogate"
    | "not_json"
    | "unsafe_integer";
  readonly message: string;
}

const FORBIDDEN_KEYS = new Set(["__proto__", "constructor", "prototype"]);
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is looked for; PostgreSQL can't keep it.
const NUL = /\u0000/;

interface Search {
  nodes: number;
  /** Whole numbers beyond 2^53 were rounded before they came here. */
  readonly exactIntegers: boolean;
  /** What JSON writes in part, or leaves out, is no fault: functions, symbols, instances of classes. */
  readonly partial: boolean;
}

/**
 * The first thing in a value that must not be stored, or undefined. What JSON would write as something else (a Map, an
 * Error, NaN, an invalid date) or leave out (a function, a symbol, fields of a class) counts; with `partial`, what it
 * leaves out does not. `exactIntegers`: refuses whole numbers beyond 2^53, too. Throws what getters and toJSON throw; `value` may be deeper than the stack, but must not hold itself.
 */
export function findJsonFault(
  value: unknown,
  pointer = "",
  { exactIntegers = false, partial = false }: Partial<Pick<Search, "exactIntegers" | "partial">> = {},
): JsonFault | undefined {
  const found = faultIn(value, 0, { nodes: 0, exactIntegers, partial });
  return found && { ...found, pointer: pointer + found.pointer };
}

/** Pointers are put together on the way back, so that they cost nothing where nothing is wrong. */
function faultIn(value: unknown, depth: number, seen: Search): JsonFault | undefined {
  if (++seen.nodes > LIMITS.jsonNodes) return fault("", "nodes", `has more than ${LIMITS.jsonNodes} values`);
  if (typeof value === "string") return findTextFault(value, "");
  if (typeof value === "number") return numberFault(value, seen);
  if (typeof value !== "object" || value === null) return leftOutFault(value, seen);
  const isList = Array.isArray(value);
  if (!isList) {
    const kind = lossyKind(value, seen);
    if (kind !== undefined) return notJson(kind);
    const written = writtenBy(value);
    if (written !== value) return faultIn(written, depth + 1, seen);
  }
  // The bound keeps the recursion from overflowing the stack, too.
  if (depth >= LIMITS.jsonDepth) {
    return fault("", "depth", `is nested more than ${LIMITS.jsonDepth} levels deep`);
  }
  for (const key of Object.keys(value)) {
    const found = (isList ? undefined : keyFault(key)) ?? faultIn(Reflect.get(value, key), depth + 1, seen);
    // Too many values is said of the whole.
    if (found)
      return found.code === "nodes" ? found : { ...found, pointer: `/${escapePointer(key)}${found.pointer}` };
  }
  return undefined;
}

function numberFault(value: number, { exactIntegers }: Search): JsonFault | undefined {
  if (!Number.isFinite(value)) return fault("", "not_json", "is not a finite number");
  if (!exactIntegers || Number.isSafeInteger(value) || !Number.isInteger(value)) return undefined;
  // From 1e21 on numbers are written with an exponent: a caller that writes one does not mean each of its digits.
  if (Math.abs(value) >= 1e21) return undefined;
  return fault(
    "",
    "unsafe_integer",
    "is a whole number beyond 2^53, which is rounded in JavaScript; send it as a text",
  );
}

/** What JSON is written of instead of an object that has a toJSON; otherwise the object itself. */
function writtenBy(value: object): unknown {
  if (!("toJSON" in value) || typeof value.toJSON !== "function") return value;
  return value.toJSON("");
}

/** What JSON leaves out, or throws at. */
function leftOutFault(value: unknown, { partial }: Search): JsonFault | undefined {
  const kind = typeof value;
  if (kind === "bigint") return notJson("BigInt");
  return !partial && (kind === "function" || kind === "symbol") ? notJson(kind) : undefined;
}

/** What an object is of which JSON makes nothing, or only a part; one with a toJSON says itself what it is. */
function lossyKind(value: object, { partial }: Search): string | undefined {
  if (value instanceof Date && Number.isNaN(value.getTime())) return "invalid date";
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null || "toJSON" in value) return undefined;
  const lossy = LOSSY.find((known) => value instanceof known);
  if (lossy) return lossy.name;
  // The second: a plain object of another realm, such as a vm context.
  if (partial || Object.getPrototypeOf(prototype) === null) return undefined;
  return `instance of ${value.constructor?.name || "a class"}`;
}

function notJson(kind: string): JsonFault {
  const article = /^[AEIOUaeiou]/.test(kind) ? "an" : "a";
  return fault("", "not_json", `is ${article} ${kind}, which JSON cannot represent`);
}

/** JSON writes {} for these, or a part of them. */
const LOSSY = [Map, Set, WeakMap, WeakSet, Error, Promise, RegExp, ArrayBuffer, DataView] as const;

function keyFault(key: string): JsonFault | undefined {
  if (FORBIDDEN_KEYS.has(key)) return fault("", "forbidden_key", `has the forbidden key "${key}"`);
  return findTextFault(key, "");
}

/** What keeps a text from being stored: NUL, or half of a surrogate pair. */
export function findTextFault(text: string, pointer: string): JsonFault | undefined {
  if (NUL.test(text)) return fault(pointer, "nul", "contains the character NUL (U+0000)");
  if (!text.isWellFormed()) return fault(pointer, "lone_surrogate", "contains a lone surrogate");
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
