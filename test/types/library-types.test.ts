// What the compiler refuses of the library's calls. Nothing here runs: the assertions are for tsc.
import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import { defineConfig, defineTask, type Run, type TaskContext, type Taskwright } from "../../src/index.js";

const wordCount = defineTask({
  name: "word_count",
  input: z.strictObject({ text: z.string(), lower: z.boolean().default(false) }),
  run: ({ text }) => ({ words: text.length }),
});

/** Compiled, never called. */
async function calls(app: Taskwright): Promise<void> {
  const run = await app.submit(wordCount, { text: "a b" }, { priority: 10, delay: "5m" });
  expectTypeOf(run).toEqualTypeOf<Run<{ words: number }>>();
  const { words } = await run.result({ timeout: "2m" });
  expectTypeOf(words).toEqualTypeOf<number>();

  // @ts-expect-error a parameter is missing
  await app.submit(wordCount, {});
  // @ts-expect-error there are no parameters at all
  await app.submit(wordCount);
  // @ts-expect-error a parameter of that name does not exist
  await app.submit(wordCount, { text: "a", txt: "b" });
  // @ts-expect-error the parameter has another type
  await app.submit(wordCount, { text: 5 });
  // @ts-expect-error an option of that name does not exist
  await app.submit(wordCount, { text: "a" }, { prio: 10 });
  // @ts-expect-error the result has no such field
  (await run.result()).letters;
  // @ts-expect-error the field of the result has another type
  (await run.result()).words.toUpperCase();

  const runs = await app.submitMany(wordCount, [{ parameters: { text: "a" }, tags: ["x"] }]);
  expectTypeOf(runs).toEqualTypeOf<readonly Run<{ words: number }>[]>();
  // @ts-expect-error a parameter is missing
  await app.submitMany(wordCount, [{ parameters: {} }]);
  expectTypeOf(await app.run(wordCount, "id").result()).toEqualTypeOf<{ words: number }>();

  for await (const event of app.events()) {
    if (event.kind !== "resync") expectTypeOf(event.task.id).toEqualTypeOf<string>();
  }
  for await (const task of app.all({ status: ["FAILED"] })) {
    expectTypeOf(task.progress).toEqualTypeOf<number>();
  }
  await using other = app;
  expectTypeOf(other).toEqualTypeOf<Taskwright>();
}

/** Compiled, never called. */
async function inHandler(context: TaskContext): Promise<void> {
  expectTypeOf(await context.submit(wordCount, { text: "a" }, { priority: 5 })).toEqualTypeOf<string>();
  await context.submit("word_count", { anything: 1 });
  // @ts-expect-error a parameter is missing
  await context.submit(wordCount, { lower: true });
  // @ts-expect-error the parameter has another type
  await context.submit(wordCount, { text: 5 });
}

/** Compiled, never called. */
function configured(): void {
  defineConfig({ tasks: [wordCount], port: 8080, keepFinished: "7d", migrate: false });
  defineConfig({});
  // @ts-expect-error an option of that name does not exist
  defineConfig({ prot: 8080 });
  // @ts-expect-error not a task type
  defineConfig({ tasks: ["word_count"] });
  // @ts-expect-error the option has another type
  defineConfig({ migrate: 1 });
}

test("the calls above compile, and those marked do not", () => {
  expectTypeOf([calls, inHandler, configured]).toBeArray();
});
