// What the compiler refuses of the client's calls. Nothing here runs: the assertions are for tsc.
import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  type Client,
  createClient,
  type Run,
  type WireQueue,
  type WireStats,
  type WireTask,
} from "../../src/client/index.js";
import { defineTask } from "../../src/index.js";

const wordCount = defineTask({
  name: "word_count",
  input: z.strictObject({ text: z.string(), lower: z.boolean().default(false) }),
  run: ({ text }) => ({ words: text.length }),
});

/** Compiled, never called. */
async function calls(client: Client): Promise<void> {
  const run = await client.submit(wordCount, { text: "a b" }, { priority: 10 });
  expectTypeOf(run).toEqualTypeOf<Run<{ words: number }>>();
  expectTypeOf(await run.result({ timeout: "2m" })).toEqualTypeOf<{ words: number }>();
  const named = await client.submit<typeof wordCount>("word_count", { text: "a b" });
  expectTypeOf(await named.result()).toEqualTypeOf<{ words: number }>();
  const untyped = await client.submit("word_count", { anything: "goes" });
  expectTypeOf(await untyped.result()).toBeUnknown();
  expectTypeOf(await client.run<typeof wordCount>("id").result()).toEqualTypeOf<{ words: number }>();

  // @ts-expect-error a parameter is missing
  await client.submit(wordCount, {});
  // @ts-expect-error there are no parameters at all
  await client.submit(wordCount);
  // @ts-expect-error a parameter of that name does not exist
  await client.submit(wordCount, { text: "a", txt: "b" });
  // @ts-expect-error the parameter has another type
  await client.submit<typeof wordCount>("word_count", { text: 5 });
  // @ts-expect-error an option of that name does not exist
  await client.submit(wordCount, { text: "a" }, { prio: 10 });
  // @ts-expect-error the result has no such field
  (await run.result()).letters;
}

/** Of calls whose types come from the route tables. */
async function routeTypes(client: Client): Promise<void> {
  expectTypeOf(await client.queues()).toEqualTypeOf<WireQueue[]>();
  expectTypeOf(await client.stats()).toEqualTypeOf<WireStats>();
  expectTypeOf((await client.list()).tasks).toEqualTypeOf<WireTask[]>();
  expectTypeOf((await client.batch([])).created).toBeNumber();
  // @ts-expect-error a filter of that name does not exist
  await client.list({ state: "FAILED" });
  // @ts-expect-error statistics are grouped by queue or task type
  await client.stats({ group_by: "tag" });
}

const emptyTrash = defineTask({ name: "empty_trash", input: z.strictObject({}), run: () => undefined });
const tasks = [wordCount, emptyTrash];

/** With the task types of the caller's program: as values, and as types only. */
async function typedCalls(options: { readonly url: string; readonly key: string }): Promise<void> {
  for (const client of [
    createClient({ ...options, tasks }),
    createClient<(typeof tasks)[number]>(options),
    createClient({ ...options, tasks: [wordCount, emptyTrash] }),
  ]) {
    const run = await client.submit("word_count", { text: "a b" }, { priority: 10 });
    expectTypeOf(await run.result()).toEqualTypeOf<{ words: number }>();
    expectTypeOf(await (await client.submit("empty_trash", {})).result()).toEqualTypeOf<undefined>();
    expectTypeOf(await client.submit(wordCount, { text: "a" })).toEqualTypeOf<Run<{ words: number }>>();

    // @ts-expect-error no task type has this name
    await client.submit("word_cuont", { text: "a" });
    // @ts-expect-error a parameter is missing
    await client.submit("word_count", {});
    // @ts-expect-error the parameter belongs to another type
    await client.submit("empty_trash", { text: "a" });
    // @ts-expect-error the parameter has another type
    await client.submit("word_count", { text: 5 });
    // @ts-expect-error the result has no such field
    (await run.result()).letters;
  }
}

test("the calls above compile, and those marked do not", () => {
  expectTypeOf(calls).toBeFunction();
  expectTypeOf(typedCalls).toBeFunction();
  expectTypeOf(routeTypes).toBeFunction();
});
