// What a handler says through its context, checked: user code may hand over anything. What is wrong becomes a warning
// in words, never an error, because saying something must not fail the work. Never throws.
import { cleanText, type Json } from "../model/json.js";
import { LIMITS } from "../model/limits.js";
import { textProperty, thrownMessage } from "../task/thrown.js";
import { encodeJson } from "./encode-result.js";
import type { Said } from "./report-buffer.js";

export interface Checked<Value> {
  readonly value: Value;
  /** What was wrong and was left out, as sentences. */
  readonly faults: readonly string[];
}

const NO_FAULTS: readonly string[] = [];
/** Characters of a faulty value that a warning repeats. */
const SHOWN = 60;

/** Progress in bounds. `update` is a percentage, or an object of `percent`, `done`, `total`, `message` and `stage`. */
export function readProgress(update: unknown): Checked<Said> {
  if (typeof update === "number" && Number.isFinite(update)) {
    return { value: { percent: inBounds(update) }, faults: NO_FAULTS };
  }
  if (typeof update !== "object" || update === null || Array.isArray(update)) {
    const fault = `progress() was given ${shown(update)}; expected a number from 0 to 100 or an object.`;
    return { value: {}, faults: [fault] };
  }
  const faults: string[] = [];
  const read = <Value>(key: string, expected: string, accept: (value: unknown) => Value | undefined) => {
    const value = property(update, key);
    if (value === undefined) return undefined;
    const accepted = accept(value);
    if (accepted === undefined)
      faults.push(`progress() was given ${shown(value)} as ${key}; expected ${expected}.`);
    return accepted;
  };
  const number = (key: string) => read(key, "a finite number", finite);
  const text = (key: string) =>
    read(key, "a text", (value) => (isTextual(value) ? String(value) : undefined));
  const percent = number("percent");
  const done = number("done");
  const total = number("total");
  const share = percent ?? (done !== undefined && total ? (100 * done) / total : undefined);
  const message = text("message");
  const stage = text("stage");
  const value: Said = {
    ...(share === undefined ? {} : { percent: inBounds(share) }),
    ...(message === undefined ? {} : { message }),
    ...(stage === undefined ? {} : { stage }),
  };
  return { value, faults };
}

/** A log message as a text, whatever was logged. */
export function readMessage(message: unknown): string {
  return cleanText(typeof message === "string" ? message : words(message), LIMITS.logLineBytes);
}

/**
 * The fields of a log line as the text of a JSON object. What is no object is kept under "value", an error by name,
 * message and stack; what can't be kept says so in its place.
 */
export function readFields(fields: unknown): Json | undefined {
  if (fields === undefined || fields === null) return undefined;
  const encoded = encodeJson(asObject(fields), { maxBytes: LIMITS.logLineBytes, partial: true });
  return encoded.ok ? encoded.json : JSON.stringify({ fields_dropped: `what was given ${encoded.fault}` });
}

function asObject(fields: NonNullable<unknown>): object {
  if (fields instanceof Error) return { error: errorFields(fields) };
  if (typeof fields === "bigint") return { value: String(fields) };
  if (typeof fields !== "object" || Array.isArray(fields) || fields instanceof Date) return { value: fields };
  let entries: [string, unknown][];
  try {
    entries = Object.entries(fields);
  } catch {
    // A getter or proxy that throws: encoding words it.
    return fields;
  }
  if (!entries.some(([, value]) => value instanceof Error)) return fields;
  return Object.fromEntries(
    entries.map(([key, value]) => [key, value instanceof Error ? errorFields(value) : value]),
  );
}

function errorFields(error: Error): object {
  const stack = textProperty(error, "stack");
  return {
    name: textProperty(error, "name") ?? "Error",
    message: thrownMessage(error),
    ...(stack === undefined ? {} : { stack: cleanText(stack, LIMITS.listStackBytes) }),
  };
}

function property(object: object, key: string): unknown {
  try {
    return Reflect.get(object, key);
  } catch (error) {
    // Shown in the warning, as what was given.
    return error;
  }
}

function finite(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function isTextual(value: unknown): value is string | number | boolean | bigint {
  return ["string", "number", "boolean", "bigint"].includes(typeof value);
}

function inBounds(percent: number): number {
  return Math.min(100, Math.max(0, percent));
}

function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(cleanText(value, SHOWN));
  return cleanText(words(value), SHOWN);
}

function words(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  return thrownMessage(value);
}
