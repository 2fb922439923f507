// Uploads that say how far they are, in Node: a body that is streamed and counted.
import { describe, expect, test } from "vitest";
import { ApiError, createClient } from "../../src/client/index.js";
import { listen } from "../library/listen.js";
import { openApp } from "../library/support.js";

const SIZE = 3_000_000;

describe("an upload with onProgress", () => {
  test("tells of more and more bytes, up to all of them, and is stored whole", async () => {
    const app = await openApp();
    const client = createClient({ url: (await listen(app.handler())).url });
    const told: number[] = [];
    const totals = new Set<number>();
    const file = await client.upload(new Blob(["x".repeat(SIZE)]), {
      name: "many.txt",
      onProgress({ sent, total }) {
        told.push(sent);
        totals.add(total);
      },
    });
    expect(file).toMatchObject({ name: "many.txt", size_bytes: SIZE });
    expect([...totals]).toEqual([SIZE]);
    expect(told.length).toBeGreaterThan(2);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told.at(-1)).toBe(SIZE);
  });

  test("throws what the server says", async () => {
    const app = await openApp();
    const { url } = await listen(app.handler({ uploadLimit: 1000 }));
    const refused = createClient({ url }).upload(new Blob(["x".repeat(SIZE)]), {
      onProgress: () => undefined,
    });
    const error: unknown = await refused.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 413, code: "payload_too_large" });
  });

  test("is called off by its signal", async () => {
    const app = await openApp();
    const client = createClient({ url: (await listen(app.handler())).url });
    const stop = new AbortController();
    const reason = new Error("enough");
    const upload = client.upload(new Blob(["x".repeat(SIZE)]), {
      signal: stop.signal,
      onProgress: () => stop.abort(reason),
    });
    await expect(upload).rejects.toBe(reason);
  });
});
