// A task type as a caller sees it: its name, and two types that exist only for the compiler. No handler, no schema.
import type { JsonValue } from "./json.js";

declare const TYPES: unique symbol;

/** Names a task type and carries the types of its parameters and of its result. Every `defineTask` makes one. */
export interface TaskRef<Input = unknown, Output = unknown, Name extends string = string> {
  readonly name: Name;
  /** There is no value. */
  readonly [TYPES]?: { readonly input: Input; readonly output: Output };
}

/**
 * The parameters that a submit of this type takes: its schema's input, in which what has a default may be left out.
 * @example type ResizeParameters = InputOf<typeof resize>;
 */
export type InputOf<Type> = Type extends TaskRef<infer Input, unknown> ? Input : never;

/**
 * The result of this type, as `run.result()` answers it.
 * @example type Resized = OutputOf<typeof resize>;
 */
export type OutputOf<Type> = Type extends TaskRef<unknown, infer Output> ? Output : never;

/** What JSON leaves out or refuses. */
type Lost = symbol | bigint | ((...input: never) => unknown);

/**
 * What JSON can hold of a type: the type itself, with `never` in place of what it would lose. Functions, BigInts,
 * symbols, and so Maps, Sets and instances of classes with methods are lost; errors are, too.
 */
export type Storable<T> = [T] extends [JsonValue]
  ? T
  : T extends { toJSON(): unknown }
    ? T
    : T extends Lost
      ? never
      : T extends Error
        ? "stack" extends keyof T
          ? never
          : StorableFields<T>
        : T extends object
          ? StorableFields<T>
          : T;

type StorableFields<T> = { readonly [Key in keyof T]: Storable<T[Key]> };

/**
 * What comes back of a value that was kept as JSON: a Date is a text, what has no JSON (functions, undefined) is gone,
 * and nothing at all stays undefined.
 */
export type FromJson<T> = [T] extends [JsonValue]
  ? T
  : T extends { toJSON(): infer Json }
    ? FromJson<Json>
    : T extends string | number | boolean | null
      ? T
      : // biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing returns void.
        T extends undefined | void
        ? undefined
        : T extends Lost
          ? never
          : T extends readonly unknown[]
            ? { [Position in keyof T]: FromJson<T[Position]> }
            : T extends object
              ? { [Key in keyof T as T[Key] extends Lost ? never : Key & string]: FromJson<T[Key]> }
              : T;
