// What is compressed: JSON from 1 KB on, and the files of the page as they were built. Not events, not small answers.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { acceptsGzip } from "../../src/http/compress.js";
import { startServer, type TestServer } from "./server.js";

let server: TestServer;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "taskwright-compression-"));
  await mkdir(path.join(folder, "assets"));
  await writeFile(path.join(folder, "index.html"), '<base href="/" />');
  await writeFile(path.join(folder, "assets", "main.js"), "// as it is");
  await writeFile(path.join(folder, "assets", "main.js.br"), "brotli");
  await writeFile(path.join(folder, "assets", "main.js.gz"), "gzip");
  await writeFile(path.join(folder, "assets", "plain.js"), "// only as it is");
  server = await startServer({ dashboardDir: folder });
  for (let index = 0; index < 5; index++)
    await server.submit({ task_type: "sample", summary: `Number ${index}` });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** Fetch would decompress it. */
async function get(target: string, encoding?: string, method = "GET") {
  const headers = encoding === undefined ? {} : { "accept-encoding": encoding };
  const sent = request(server.url + target, { method, headers }).end();
  const [response] = await new Promise<[IncomingMessage]>((resolve) =>
    sent.once("response", (...all: [IncomingMessage]) => resolve(all)),
  );
  return { headers: response.headers, body: await buffer(response) };
}

it("compresses long JSON for clients that accept gzip, and says that answers vary", async () => {
  const plain = await get("/api/tasks/");
  expect(plain.headers["content-encoding"]).toBeUndefined();
  expect(plain.headers.vary).toBe("accept-encoding");
  const compressed = await get("/api/tasks/", "br;q=0.5, gzip");
  expect(compressed.headers["content-encoding"]).toBe("gzip");
  expect(Number(compressed.headers["content-length"])).toBe(compressed.body.length);
  expect(compressed.body.length).toBeLessThan(plain.body.length / 2);
  expect(JSON.parse(gunzipSync(compressed.body).toString())).toEqual(JSON.parse(plain.body.toString()));
});

it.each(["/api/health", "/api/tasks/nothing"])("leaves the short answer of %s alone", async (target) => {
  const { headers } = await get(target, "gzip");
  expect(headers["content-encoding"]).toBeUndefined();
  expect(headers.vary).toBeUndefined();
});

it("leaves events alone", async () => {
  const sent = request(`${server.url}/api/events`, { headers: { "accept-encoding": "gzip" } }).end();
  const headers = await new Promise((resolve) =>
    sent.once("response", (response) => resolve(response.headers)),
  );
  expect(headers).not.toHaveProperty("content-encoding");
  sent.destroy();
});

it.each([
  ["br, gzip", "br", "brotli"],
  ["gzip", "gzip", "gzip"],
  ["identity", undefined, "// as it is"],
])("sends the file that was built for %s", async (accepted, encoding, body) => {
  const answer = await get("/assets/main.js", accepted);
  expect(answer.headers["content-encoding"]).toBe(encoding);
  expect(answer.headers["content-type"]).toMatch(/javascript/);
  expect(answer.headers["cache-control"]).toContain("immutable");
  expect(answer.body.toString()).toBe(body);
});

it("sends a file that was not compressed as it is", async () => {
  const answer = await get("/assets/plain.js", "br, gzip");
  expect(answer.body.toString()).toBe("// only as it is");
});

describe("Accept-Encoding", () => {
  it.each(["gzip", "GZIP", "deflate, gzip;q=0.1", "*", "br , gzip ; q=1"])("%s allows gzip", (header) =>
    expect(acceptsGzip(header)).toBe(true),
  );
  it.each([undefined, "", "identity", "gzip;q=0", "gzip;q=0.0, *", "br", "xgzip"])("%s does not", (header) =>
    expect(acceptsGzip(header)).toBe(false),
  );
});
