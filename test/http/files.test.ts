// Uploads and downloads over a real socket.
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Blobs } from "../../src/files/files.js";
import { expectProblem, newId, startServer, type TestServer } from "./server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server[Symbol.asyncDispose]());

async function upload(content: string, name: string, type: string): Promise<string> {
  const form = new FormData();
  form.append("file", new Blob([content], { type }), name);
  const answer = await server.request("POST", "/api/files", { body: form });
  expect(answer.status).toBe(201);
  return answer.body.files[0].id;
}

it("answers what was uploaded, in order", async () => {
  const form = new FormData();
  form.append("file", new Blob(["a,b\n1,2\n"], { type: "text/csv" }), "größe.csv");
  form.append("file", new Blob([""]), "empty");
  const { status, body } = await server.request("POST", "/api/files", { body: form });
  expect(status).toBe(201);
  expect(body.files).toMatchObject([
    {
      name: "größe.csv",
      media_type: "text/csv",
      size_bytes: 8,
      sha256: createHash("sha256").update("a,b\n1,2\n").digest("hex"),
    },
    { name: "empty", media_type: "application/octet-stream", size_bytes: 0 },
  ]);
  const task = await server.submit({ task_type: "reading", parameters: { file_id: body.files[0].id } });
  expect(task.parameters).toEqual({ file_id: body.files[0].id });
});

it("serves an upload as an attachment that runs nothing", async () => {
  const id = await upload("<script>alert(1)</script>", 'größe "1".html', "text/html");
  const { status, headers, text } = await server.request("GET", `/api/files/${id}?preview=1`);
  expect([status, text]).toEqual([200, "<script>alert(1)</script>"]);
  expect(headers.get("content-disposition")).toBe(
    `attachment; filename="gr__e _1_.html"; filename*=UTF-8''gr%C3%B6%C3%9Fe%20%221%22.html`,
  );
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("content-security-policy")).toContain("sandbox");
});

it("answers HEAD with the headers of GET, and reads no more than the first byte", async () => {
  const read: unknown[] = [];
  const blobs: Blobs = {
    ...server.blobs,
    read(id, range) {
      read.push(range);
      return server.blobs.read(id, range);
    },
  };
  await using other = await startServer({ blobs });
  async function upload(content: string): Promise<string> {
    const form = new FormData();
    form.append("file", new Blob([content], { type: "text/plain" }), "a.txt");
    return (await other.request("POST", "/api/files", { body: form })).body.files[0].id;
  }
  const names = [
    "content-length",
    "content-type",
    "content-disposition",
    "etag",
    "accept-ranges",
    "content-range",
  ];
  for (const content of ["some bytes", ""]) {
    const id = await upload(content);
    const asked: Record<string, string>[] = content === "" ? [{}] : [{}, { range: "bytes=2-4" }];
    for (const headers of asked) {
      const get = await other.request("GET", `/api/files/${id}`, { headers });
      read.length = 0;
      const head = await other.request("HEAD", `/api/files/${id}`, { headers });
      expect([head.status, head.text]).toEqual([get.status, ""]);
      for (const name of names) expect([name, head.headers.get(name)]).toEqual([name, get.headers.get(name)]);
      expect(read).toEqual([{ start: 0, end: 0 }]);
    }
    await server.blobs.remove([id]);
    expect((await fetch(`${other.url}/api/files/${id}`, { method: "HEAD" })).status).toBe(404);
  }
});

it("shows a picture only where asked for, and never SVG", async () => {
  const png = await upload("not really", "a.png", "image/png");
  const svg = await upload("<svg/>", "a.svg", "image/svg+xml");
  const disposition = async (route: string) =>
    (await server.request("GET", route)).headers.get("content-disposition")?.split(";")[0];
  expect(await disposition(`/api/files/${png}`)).toBe("attachment");
  expect(await disposition(`/api/files/${png}?preview=1`)).toBe("inline");
  expect(await disposition(`/api/files/${svg}?preview=1`)).toBe("attachment");
});

it("serves single ranges", async () => {
  const id = await upload("0123456789", "digits", "text/plain");
  const rows: [string, number, string, string | null][] = [
    ["bytes=0-3", 206, "0123", "bytes 0-3/10"],
    ["bytes=7-", 206, "789", "bytes 7-9/10"],
    ["bytes=-2", 206, "89", "bytes 8-9/10"],
    ["bytes=5-99", 206, "56789", "bytes 5-9/10"],
    ["bytes=0-1,3-4", 200, "0123456789", null],
    ["lines=1-2", 200, "0123456789", null],
  ];
  for (const [range, status, content, contentRange] of rows) {
    const answer = await server.request("GET", `/api/files/${id}`, { headers: { range } });
    expect([range, answer.status, answer.text]).toEqual([range, status, content]);
    expect(answer.headers.get("content-range")).toBe(contentRange);
    expect(answer.headers.get("content-length")).toBe(String(content.length));
  }
  const beyond = await server.request("GET", `/api/files/${id}`, { headers: { range: "bytes=10-" } });
  expectProblem(beyond, 416, "range_not_satisfiable");
  expect(beyond.headers.get("content-range")).toBe("bytes */10");
});

it("does not send again what the caller has", async () => {
  const id = await upload("same", "same", "text/plain");
  const first = await server.request("GET", `/api/files/${id}`);
  const etag = first.headers.get("etag") ?? "";
  const again = await server.request("GET", `/api/files/${id}`, { headers: { "if-none-match": etag } });
  expect([again.status, again.text]).toEqual([304, ""]);
  const stale = { range: "bytes=0-1", "if-range": '"other"' };
  expect((await server.request("GET", `/api/files/${id}`, { headers: stale })).status).toBe(200);
});

it("answers 404 for files and artifacts that are not there", async () => {
  for (const id of [newId(), "nonsense", "..%2f..%2fetc%2fpasswd"]) {
    expectProblem(await server.request("GET", `/api/files/${id}`), 404, "file_not_found");
    expectProblem(await server.request("GET", `/api/artifacts/${id}`), 404, "artifact_not_found");
  }
});

it("serves an artifact of a task", async () => {
  await server.submit();
  const claimed = await server.claim();
  const artifact = { id: newId(), name: "out.csv", mediaType: "text/csv", sizeBytes: 3, sha256: "ab" };
  await server.blobs.write(artifact.id, Readable.from([Buffer.from("a,b")]));
  await server.settle({ ...claimed, to: "SUCCESS", report: { artifacts: [artifact] } });
  const { body } = await server.request("GET", `/api/tasks/${claimed.id}/artifacts`);
  expect(body.artifacts).toMatchObject([
    { name: "out.csv", size_bytes: 3, url: `/api/artifacts/${artifact.id}` },
  ]);
  expect((await server.request("GET", body.artifacts[0].url)).text).toBe("a,b");
});
