// What the compiler knows of a task type: parameters in, result out, whichever validator the schema is written with.
// The assertions are for tsc; running the file proves only that it loads.
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import { defineTask, type InputOf, type OutputOf } from "../../src/index.js";
import type { JsonValue } from "../../src/model/json.js";

test("zod: defaults may be left out of the parameters, and are there in the handler", () => {
  const resize = defineTask({
    name: "resize",
    input: z.object({ file: z.string(), width: z.int().default(320) }),
    run: ({ file, width }) => {
      expectTypeOf(width).toEqualTypeOf<number>();
      return { file, pixels: width ** 2 };
    },
  });
  expectTypeOf<InputOf<typeof resize>>().toEqualTypeOf<{ file: string; width?: number | undefined }>();
  expectTypeOf<OutputOf<typeof resize>>().toEqualTypeOf<{ file: string; pixels: number }>();
});

test("an output schema types the result, and the handler must return what it takes", () => {
  const output = z.object({ format: z.enum(["png", "webp"]), at: z.string().transform(Number) });
  const convert = defineTask({
    name: "convert",
    input: z.object({ file: z.string() }),
    output,
    run: async ({ file }) => ({ format: "png" as const, at: file }),
  });
  expectTypeOf<OutputOf<typeof convert>>().toEqualTypeOf<{ format: "png" | "webp"; at: number }>();

  const wrongField = { name: "convert", input: z.object({}), output, isolation: "inline" } as const;
  // @ts-expect-error the output schema has no such format
  defineTask({ ...wrongField, run: () => ({ format: "gif", at: "12" }) });
  // @ts-expect-error a field is missing
  defineTask({ ...wrongField, run: async () => ({ format: "png" }) });
});

test("a hand-written Standard Schema", () => {
  const input: StandardSchemaV1<{ text: string }, { text: string; words: number }> = {
    "~standard": {
      version: 1,
      vendor: "by hand",
      validate: (value) => ({ issues: [{ message: `${String(value)} is not taken` }] }),
    },
  };
  const count = defineTask({ name: "count", input, run: ({ words }) => [words] });
  expectTypeOf<InputOf<typeof count>>().toEqualTypeOf<{ text: string }>();
  expectTypeOf<OutputOf<typeof count>>().toEqualTypeOf<number[]>();
});

/** The shape of a Valibot schema: it extends the standard's interface with members of its own. */
interface ValibotLike<Input, Output> extends StandardSchemaV1<Input, Output> {
  readonly kind: "schema";
  readonly "~types"?: { readonly input: Input; readonly output: Output };
  readonly "~run": (dataset: unknown) => unknown;
}

test("a schema in the manner of Valibot", () => {
  const input: ValibotLike<{ size?: number }, { size: number }> = {
    kind: "schema",
    "~run": (dataset) => dataset,
    "~standard": { version: 1, vendor: "valibot", validate: () => ({ value: { size: 1 } }) },
  };
  const draw = defineTask({ name: "draw", input, run: ({ size }) => size });
  expectTypeOf<InputOf<typeof draw>>().toEqualTypeOf<{ size?: number }>();
  expectTypeOf<OutputOf<typeof draw>>().toEqualTypeOf<number>();
});

test("a result is what JSON leaves of it", () => {
  const report = defineTask({
    name: "report",
    input: z.object({}),
    run: () => ({
      at: new Date(0),
      note: undefined as string | undefined,
      pair: [1, "a"] as [number, string],
    }),
  });
  expectTypeOf<OutputOf<typeof report>>().toEqualTypeOf<{
    at: string;
    note: string | undefined;
    pair: [number, string];
  }>();
  const silent = defineTask({ name: "silent", input: z.object({}), run: async () => undefined });
  expectTypeOf<OutputOf<typeof silent>>().toEqualTypeOf<undefined>();
  const open = defineTask({ name: "open", input: z.unknown(), run: (given) => given });
  expectTypeOf<InputOf<typeof open>>().toBeUnknown();
  expectTypeOf<OutputOf<typeof open>>().toBeUnknown();
});

class Account {
  readonly id = 1;
  name(): string {
    return `account ${this.id}`;
  }
}

/** Compiled, never called. */
function results(json: JsonValue, any: ReturnType<typeof JSON.parse>): readonly unknown[] {
  const input = z.object({});
  const named = { name: "named", input } as const;
  interface Row {
    readonly id: number;
    readonly parent?: Row;
    readonly children: readonly Row[];
  }
  const row: Row = { id: 1, children: [] };
  return [
    defineTask({ ...named, run: () => void 0 }),
    defineTask({ ...named, run: async () => undefined }),
    defineTask({ ...named, run: () => json }),
    defineTask({ ...named, run: () => any }),
    defineTask({ ...named, run: () => [row] as const }),
    defineTask({ ...named, run: () => ({ at: new Date(), url: new URL("https://example.com") }) }),
    defineTask({ ...named, run: (): { name: string; message: string } | null => null }),
    defineTask({ ...named, run: (given) => ({ given, maybe: undefined as string | undefined }) }),
    // An output schema makes of it what JSON can hold.
    defineTask({
      ...named,
      output: z.map(z.string(), z.number()).transform((map) => Object.fromEntries(map)),
      run: () => new Map([["a", 1]]),
    }),

    // @ts-expect-error JSON makes {} of a Map
    defineTask({ ...named, run: () => new Map([["a", 1]]) }),
    // @ts-expect-error JSON makes {} of a Set, however deep
    defineTask({ ...named, run: async () => ({ rows: [{ tags: new Set(["a"]) }] }) }),
    // @ts-expect-error JSON makes {} of an error
    defineTask({ ...named, run: () => ({ cause: new TypeError("x") }) }),
    // @ts-expect-error JSON has no BigInt
    defineTask({ ...named, run: () => [1n] }),
    // @ts-expect-error JSON leaves functions out
    defineTask({ ...named, run: () => ({ next: () => 1 }) }),
    // @ts-expect-error JSON keeps the fields of an instance, not what it is
    defineTask({ ...named, run: () => new Account() }),
    // @ts-expect-error one of several
    defineTask({ ...named, run: () => (Math.random() > 1 ? new Map() : "a text") }),
    // @ts-expect-error a promise that is not awaited
    defineTask({ ...named, run: () => ({ page: Promise.resolve(1) }) }),
  ];
}

test("a result that JSON cannot hold does not compile", () => {
  expectTypeOf(results).toBeFunction();
});
