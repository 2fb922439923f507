// An app on real SQLite in a temporary folder, closed and removed after its test. No tests here.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { z } from "zod";
import { createTaskwright, defineTask, type Taskwright, type TaskwrightOptions } from "../../src/index.js";

/** Runs after the test, before what was made earlier is cleaned up. */
export function afterwards(cleanup: () => Promise<unknown>): void {
  onTestFinished(async () => {
    await cleanup();
  });
}

export const wordCount = defineTask({
  name: "word_count",
  input: z.strictObject({ text: z.string(), separator: z.string().default(" ") }),
  run({ text, separator }, { progress, log }) {
    const words = text.split(separator).length;
    progress({ done: words, total: words, message: `${words} words` });
    log.info("counted", { words });
    return { words };
  },
});

export const refuse = defineTask({
  name: "refuse",
  input: z.strictObject({}),
  retry: { maxAttempts: 1 },
  run(): { readonly never: string } {
    throw new Error("no");
  },
});

export async function openApp(options: Partial<TaskwrightOptions> = {}): Promise<Taskwright> {
  const folder = await mkdtemp(path.join(tmpdir(), "taskwright-library-"));
  afterwards(() => rm(folder, { recursive: true, force: true }));
  const app = await createTaskwright({
    store: path.join(folder, "tasks.db"),
    dataDir: folder,
    tasks: [wordCount, refuse],
    ...options,
  });
  afterwards(() => app.close());
  return app;
}
