// Runs over HTTP, against a real server with a real worker.
import { beforeEach, describe, expect, test } from "vitest";
import { type Client, ConnectionError, createClient, TaskFailedError } from "../../src/client/index.js";
import type { Taskwright } from "../../src/index.js";
import { listen } from "../library/listen.js";
import { openApp, refuse, wordCount } from "../library/support.js";

let app: Taskwright;
let client: Client;

beforeEach(async () => {
  app = await openApp();
  client = createClient({ url: (await listen(app.handler())).url });
});

describe("a run", () => {
  test("by type, by name and by id brings the result", async () => {
    await app.work();
    const run = await client.submit(wordCount, { text: "a b c" }, { tags: ["x"] });
    expect(run).toMatchObject({ task_type: "word_count", status: "PENDING", tags: ["x"] });
    expect(await run.result({ timeout: "10s" })).toEqual({ words: 3 });
    expect(await client.run<typeof wordCount>(run.id).result()).toEqual({ words: 3 });
    expect(await run.get()).toMatchObject({ status: "SUCCESS" });
    const named = await client.submit<typeof wordCount>("word_count", { text: "a b" });
    expect((await named.result()).words).toBe(2);
  });

  test("throws what became of a task that failed, with its code", async () => {
    await app.work();
    const run = await client.submit(refuse, {});
    const error = await run.result().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TaskFailedError);
    expect(error).toMatchObject({
      code: "task_failed",
      task: { status: "FAILED", error_message: "no" },
      message: `Task ${run.id} (refuse) is FAILED: no`,
    });
  });

  test("gives up after the timeout and at the signal; the task goes on", async () => {
    const run = await client.submit(wordCount, { text: "a" });
    await expect(run.result({ timeout: 1 })).rejects.toMatchObject({ code: "task_timeout" });
    const waiting = run.result({ signal: AbortSignal.timeout(1) });
    await expect(waiting).rejects.toMatchObject({ name: "TimeoutError" });
    await expect(run.result({ timeout: "soon" })).rejects.toBeInstanceOf(RangeError);
    expect(await run.cancel()).toMatchObject({ status: "CANCELLED" });
  });

  test("tells what happens, to the end", async () => {
    const run = await client.submit(wordCount, { text: "a b" });
    const kinds: string[] = [];
    const onState = (state: string) => void (state === "live" && app.work());
    for await (const { type, task } of run.events({ onState })) {
      expect(task?.id).toBe(run.id);
      kinds.push(type);
    }
    expect(kinds.at(-1)).toBe("task.finished");
    const late = [];
    for await (const event of run.events()) late.push(event);
    expect(late).toMatchObject([{ type: "task.finished", task: { status: "SUCCESS" } }]);
  });
});

test("errors carry the code of the catalogue", async () => {
  // @ts-expect-error what JavaScript callers may do
  await expect(client.submit(wordCount, { text: 5 })).rejects.toMatchObject({
    name: "ApiError",
    code: "validation_failed",
    errors: [{ pointer: "/parameters/text" }],
  });
  await expect(client.get("00000000-0000-7000-8000-000000000000")).rejects.toMatchObject({
    code: "task_not_found",
  });
  const nobody = createClient({ url: "http://127.0.0.1:1" });
  await expect(nobody.cancel("x")).rejects.toBeInstanceOf(ConnectionError);
});
