// What a task carries that no SQL looks at: one JSON text, written at submit, handed to the worker at claim, read at the
// edges. A further submit option that only travels along is a line here, and none in a store.
import type { RetryPolicy } from "./backoff.js";
import type { Json } from "./json.js";
import type { Millis } from "./time.js";

export interface StoredOptions {
  /** Overrides the type's retry policy, field by field. */
  readonly retry?: Partial<RetryPolicy>;
  readonly tags?: readonly string[];
  /** One line for people. */
  readonly summary?: string;
  /** A task that has not started this long after it was submitted is cancelled. */
  readonly expiresIn?: Millis;
}

/** Their order in the text, so that equal options are equal texts. */
const NAMES = ["retry", "tags", "summary", "expiresIn"] as const satisfies readonly (keyof StoredOptions)[];
const NONE: StoredOptions = {};

/** The options as text; undefined where there are none, which most tasks have. */
export function writeOptions(options: StoredOptions): Json | undefined {
  let isEmpty = true;
  const written: Partial<Record<keyof StoredOptions, unknown>> = {};
  for (const name of NAMES) {
    const value = options[name];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    written[name] = value;
    isEmpty = false;
  }
  return isEmpty ? undefined : JSON.stringify(written);
}

/** Options to be changed; null removes one. */
export type OptionsPatch = { readonly [Name in keyof StoredOptions]?: StoredOptions[Name] | null };

/** Stored options with some of them changed. */
export function patchOptions(options: Json | null | undefined, patch: OptionsPatch): Json | undefined {
  const changed: { -readonly [Name in keyof OptionsPatch]: OptionsPatch[Name] } = {
    ...readOptions(options),
    ...patch,
  };
  return writeOptions({
    retry: changed.retry ?? undefined,
    tags: changed.tags ?? undefined,
    summary: changed.summary ?? undefined,
    expiresIn: changed.expiresIn ?? undefined,
  });
}

/** Options that `writeOptions` wrote. Throws SyntaxError for a damaged text. */
export function readOptions(options: Json | null | undefined): StoredOptions {
  return options === null || options === undefined ? NONE : JSON.parse(options);
}
