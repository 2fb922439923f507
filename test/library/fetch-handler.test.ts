// The API as a function from Request to Response: bodies stream in both directions.
import { expect, test } from "vitest";
import { createClient } from "../../src/client/index.js";
import { openApp, wordCount } from "./support.js";

const BASE = "http://localhost/jobs";

test("serves the client, under a prefix: tasks, uploads, downloads and errors", async () => {
  const app = await openApp();
  await app.work();
  const handler = app.fetchHandler({ prefix: "/jobs" });
  const client = createClient({ url: BASE, fetch: (input, init) => handler(new Request(input, init)) });
  expect(await client.health()).toMatchObject({ status: "ok" });
  const { id } = await client.submit("word_count", { text: "a b" });
  expect(await client.get(id, { wait: 10 })).toMatchObject({ result_data: { words: 2 } });
  expect(await app.run(wordCount, id).result()).toEqual({ words: 2 });
  const big = "x".repeat(3_000_000);
  const file = await client.upload(new File([big], "big.txt"));
  expect(await (await client.downloadFile(file.id)).text()).toBe(big);
  await expect(client.get("no-id")).rejects.toMatchObject({ status: 404, code: "task_not_found" });
  expect((await handler(new Request("http://localhost/elsewhere"))).status).toBe(404);
  const head = await handler(new Request(`${BASE}/api/files/${file.id}`, { method: "HEAD" }));
  expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "3000000", ""]);
});

test("streams events, and ends them when the reader leaves or the app closes", async () => {
  const app = await openApp();
  const handler = app.fetchHandler();
  const read = async () => {
    const reply = await handler(new Request("http://localhost/api/events"));
    expect(reply.headers.get("content-type")).toMatch(/^text\/event-stream/);
    const reader = reply.body?.pipeThrough(new TextDecoderStream()).getReader();
    if (!reader) throw new Error("there is no stream");
    return reader;
  };
  const [leaving, staying] = [await read(), await read()];
  const until = async (reader: ReadableStreamDefaultReader<string>, word: string) => {
    let text = "";
    while (!text.includes(word)) {
      const { done, value } = await reader.read();
      if (done) throw new Error(`the stream ended before "${word}"`);
      text += value;
    }
  };
  const { id } = await app.submit(wordCount, { text: "a" });
  await Promise.all([until(leaving, id), until(staying, id)]);
  await leaving.cancel();
  const next = await app.submit(wordCount, { text: "b" });
  await until(staying, next.id);
  await app.close();
  for (;;) {
    const { done } = await staying.read();
    if (done) break;
  }
});

test("passes on that the caller has called it off", async () => {
  const app = await openApp();
  const { id } = await app.submit(wordCount, { text: "a" });
  const controller = new AbortController();
  const { signal } = controller;
  const waiting = app.fetchHandler()(new Request(`http://localhost/api/tasks/${id}?wait=30`, { signal }));
  controller.abort(new Error("called off"));
  await expect(waiting).rejects.toThrow();
});
