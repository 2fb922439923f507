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

/**
 * The first thing in a parsed JSON value that must not be stored, or undefined.
 * Walks without recursion, so depth can't overflow the stack.
 */
export function findJsonFault(value: unknown, pointer = ""): JsonFault | undefined {
  const stack: { value: unknown; pointer: string; depth: number }[] = [{ value, pointer, depth: 0 }];
  let nodes = 0;
  for (let top = stack.pop(); top; top = stack.pop()) {
    if (++nodes > LIMITS.jsonNodes) {
      return fault(pointer, "nodes", `has more than ${LIMITS.jsonNodes} values`);
    }
    const { value: current, depth } = top;
    if (typeof current === "string") {
      const found = findTextFault(current, top.pointer);
      if (found) return found;
    } else if (typeof current === "number" && !Number.isFinite(current)) {
      return fault(top.pointer, "not_json", "is not a finite number");
    } else if (typeof current === "object" && current !== null) {
      if (depth >= LIMITS.jsonDepth) {
        return fault(top.pointer, "depth", `is nested more than ${LIMITS.jsonDepth} levels deep`);
      }
      for (const key of Object.keys(current)) {
        const at = `${top.pointer}/${escapePointer(key)}`;
        if (!Array.isArray(current)) {
          if (FORBIDDEN_KEYS.has(key)) return fault(at, "forbidden_key", `has the forbidden key "${key}"`);
          const found = findTextFault(key, at);
          if (found) return found;
        }
        stack.push({ value: Reflect.get(current, key), pointer: at, depth: depth + 1 });
      }
    }
  }
  return undefined;
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
