// An atomic batch over HTTP, through everything that a running server puts between a request and its store.
import { afterAll, beforeAll, expect, test } from "vitest";
import { createClient } from "../../src/client/index.js";
import { freshSchema, serverUrl, startTestServer } from "../store/postgres-support.js";
import { listen } from "./listen.js";
import { openApp } from "./support.js";

let remove: () => Promise<void>;
beforeAll(async () => {
  remove = await startTestServer();
}, 60_000);
afterAll(() => remove());

test.each([
  ["SQLite", () => ({})],
  ["PostgreSQL", () => ({ store: serverUrl(), schema: freshSchema(), poolSize: 2 })],
])("that repeats an id with another body stores nothing (%s)", async (_name, place) => {
  const app = await openApp(place());
  const { url } = await listen(app.handler());
  const client = createClient({ url });
  const { id } = await client.submit("word_count", { text: "only for its id" });
  const free = id.replace(/.{12}$/, "000000000000");
  const word = (text: string) => ({ task_type: "word_count", parameters: { text } });

  const batch = client.batch([{ ...word("a"), id: free }, word("b"), { ...word("c"), id: free }, word("d")], {
    atomic: true,
  });

  await expect(batch).rejects.toMatchObject({ code: "batch_rejected", status: 422 });
  expect((await client.list()).tasks.map((task) => task.id)).toEqual([id]);
  await expect(client.get(free)).rejects.toMatchObject({ code: "task_not_found" });
});
