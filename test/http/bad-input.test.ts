// What hostile or clumsy callers send: each is answered with a clear problem, and the server goes on.

import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { LIMITS } from "../../src/model/limits.js";
import { expectProblem, newId, startServer, type TestServer } from "./server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ uploadLimit: 100_000 });
});
afterAll(() => server[Symbol.asyncDispose]());
afterEach(async () => {
  expect((await server.request("GET", "/api/health")).status).toBe(200);
  await server.submit();
});

const submit = (body: RequestBody, headers = {}) =>
  server.request("POST", "/api/tasks/submit", { body, headers });
type RequestBody = Record<string, unknown> | string;

describe("a submit", () => {
  const rows: [string, Record<string, unknown>, string, string][] = [
    ["rows: 0", { parameters: { rows: 0 } }, "/parameters/rows", "minimum"],
    ['rows: "abc"', { parameters: { rows: "abc" } }, "/parameters/rows", "type"],
    ['rows: "5"', { parameters: { rows: "5" } }, "/parameters/rows", "type"],
    ["an unknown parameter", { parameters: { rows: 5, colour: 1 } }, "/parameters/colour", "unknown"],
    ["parameters that are a list", { parameters: [1] }, "/parameters", "type"],
    ["an unknown field", { uniqe: true }, "/uniqe", "unknown"],
    ["an option of a later release", { depends_on: [newId()] }, "/depends_on", "unknown"],
    ["a priority out of range", { priority: 101 }, "/priority", "maximum"],
    ['priority: "5"', { priority: "5" }, "/priority", "type"],
    ["priority: 1.5", { priority: 1.5 }, "/priority", "type"],
    ["a delay that is none", { delay: "soon" }, "/delay", "duration"],
    ["a delay too long", { delay: "400d" }, "/delay", "range"],
    ["an expiry that is none", { expires_in: "soon" }, "/expires_in", "duration"],
    ["an expiry of nothing", { expires_in: 0 }, "/expires_in", "range"],
    ["an expiry of more than a year", { expires_in: "400d" }, "/expires_in", "range"],
    ["an expiry before the start", { expires_in: "1m", delay: "60s" }, "/expires_in", "order"],
    ["a timeout of nothing", { timeout: 0 }, "/timeout", "range"],
    ["run_at that is no date", { run_at: "tomorrow" }, "/run_at", "format"],
    ["run_at with delay", { run_at: "2027-01-01T00:00:00Z", delay: "1m" }, "/run_at", "exclusive"],
    ["an empty tag", { tags: [""] }, "/tags/0", "minLength"],
    ["a blank queue", { queue: "  " }, "/queue", "blank"],
    ["a queue that ends in a space", { queue: "mail " }, "/queue", "blank"],
    ["a zero-width space in a queue", { queue: "ma\u200bil" }, "/queue", "unprintable"],
    ["a direction override in a queue", { queue: "\u202eliam" }, "/queue", "unprintable"],
    ["a line break in a tag", { tags: ["a\nb"] }, "/tags/0", "unprintable"],
    ["a comma in a queue", { queue: "a,b" }, "/queue", "comma"],
    ["a slash in a queue", { queue: "team/mail" }, "/queue", "slash"],
    ["a comma in a tag", { tags: ["a", "a,b"] }, "/tags/1", "comma"],
    ["a queue that is not normalized", { queue: "cafe\u0301" }, "/queue", "normalization"],
    ["21 tags", { tags: Array.from({ length: 21 }, () => "a") }, "/tags", "maxItems"],
    ["a summary too long", { summary: "x".repeat(201) }, "/summary", "maxLength"],
    ["NUL in a tag", { tags: ["a\u0000"] }, "/tags/0", "nul"],
    ["NUL in a parameter", { parameters: { label: "a\u0000b" } }, "/parameters/label", "nul"],
    ["an id that is no UUID", { id: "17" }, "/id", "format"],
    ["an id that is no UUIDv7", { id: "3f2504e0-4f89-41d3-9a0c-0305e82c3301" }, "/id", "format"],
    ["an id of long ago", { id: "01890000-0000-7000-8000-000000000000" }, "/id", "age"],
    ["a retry factor below 1", { retry: { factor: 0 } }, "/retry/factor", "minimum"],
  ];
  it.each(rows)("with %s is refused at its field", async (_name, part, pointer, code) => {
    const problem = expectProblem(await submit({ task_type: "sample", ...part }), 422, "validation_failed");
    expect(problem.errors).toContainEqual({ pointer, code, message: expect.any(String) });
  });

  it("names every wrong field at once, with the limit", async () => {
    const answer = await submit({ task_type: "sample", priority: 999, max_attempts: 0, tags: ["", "b"] });
    expect(expectProblem(answer, 422, "validation_failed").errors).toEqual([
      { pointer: "/priority", code: "maximum", message: "must be at most 100" },
      { pointer: "/max_attempts", code: "minimum", message: "must be at least 1" },
      { pointer: "/tags/0", code: "minLength", message: "must not be empty" },
    ]);
  });

  it("of an unknown type suggests the one that was meant", async () => {
    const problem = expectProblem(await submit({ task_type: "sampel" }), 422, "unknown_task_type");
    expect(problem).toMatchObject({ suggestion: "sample", errors: [{ pointer: "/task_type" }] });
    expectProblem(await submit({ task_type: "../../x" }), 422, "unknown_task_type");
    expectProblem(await submit({ task_type: "constructor" }), 422, "unknown_task_type");
  });

  it("without a required parameter says which", async () => {
    const problem = expectProblem(
      await submit({ task_type: "reading", parameters: {} }),
      422,
      "validation_failed",
    );
    expect(problem.errors[0]).toMatchObject({ pointer: "/parameters/file_id", code: "required" });
  });

  it("that names an upload which is not there says where", async () => {
    const answer = await submit({ task_type: "reading", parameters: { file_id: newId() } });
    expect(expectProblem(answer, 422, "validation_failed").errors).toEqual([
      { pointer: "/parameters/file_id", code: "missing_file", message: expect.any(String) },
    ]);
  });

  it("with numbers beyond all bounds is refused", async () => {
    for (const rows of ["1e99", "1e999", "-1e999"]) {
      const answer = await submit(`{"task_type":"sample","parameters":{"rows":${rows}}}`);
      expect(expectProblem(answer, 422, "validation_failed").errors[0]?.pointer).toBe("/parameters/rows");
    }
  });

  it("that is not JSON is malformed", async () => {
    for (const body of ["", "{", "nonsense", '{"task_type":"sample"', "\ufeff{}"]) {
      const answer = await submit(body);
      if (body === "") expectProblem(answer, 422, "validation_failed");
      else expectProblem(answer, 400, "malformed_request");
    }
    for (const body of ["[]", "null", "3", '"sample"']) {
      expectProblem(await submit(body), 422, "validation_failed");
    }
  });

  it("that is not UTF-8 is malformed", async () => {
    const body = Buffer.from('{"task_type":"sample","summary":"\xff"}', "latin1");
    const answer = await server.request("POST", "/api/tasks/submit", {
      body,
      headers: { "content-type": "application/json" },
    });
    expectProblem(answer, 400, "malformed_request");
  });

  it("of another content type is not taken", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "nonsense"]) {
      expectProblem(
        await submit('{"task_type":"sample"}', { "content-type": type }),
        415,
        "unsupported_media_type",
      );
    }
  });

  it("nested 10,000 levels deep is refused", async () => {
    const deep = (open: string, close: string) => `${open.repeat(10_000)}1${close.repeat(10_000)}`;
    for (const value of [deep("[", "]"), deep('{"a":', "}")]) {
      const inside = await submit(`{"task_type":"sample","parameters":{"label":${value}}}`);
      expect(expectProblem(inside, 422, "validation_failed").errors[0]).toMatchObject({ code: "depth" });
      expectProblem(await submit(`{"task_type":"sample","tags":${value}}`), 422, "validation_failed");
      expectProblem(await submit(value), 422, "validation_failed");
    }
  });

  it("with keys that poison prototypes is refused", async () => {
    for (const key of ["__proto__", "constructor", "prototype"]) {
      const poison = `{"${key}":{"isAdmin":true}}`;
      const inside = await submit(`{"task_type":"sample","parameters":{"label":${poison}}}`);
      expect(expectProblem(inside, 422, "validation_failed").errors[0]).toMatchObject({
        code: "forbidden_key",
      });
      expectProblem(await submit(`{"task_type":"sample","parameters":${poison}}`), 422, "validation_failed");
      const beside = await submit(`{"task_type":"sample","${key}":{"isAdmin":true}}`);
      expectProblem(beside, 422, "validation_failed");
    }
    expect(Reflect.get({}, "isAdmin")).toBeUndefined();
  });

  it("with half of a surrogate pair is refused", async () => {
    const answer = await submit('{"task_type":"sample","parameters":{"label":"\\ud800"}}');
    expect(expectProblem(answer, 422, "validation_failed").errors).toEqual([
      { pointer: "/parameters/label", code: "lone_surrogate", message: expect.any(String) },
    ]);
  });

  it("with parameters over the limit is too large, and says the limit", async () => {
    const parameters = { label: "x".repeat(LIMITS.payloadBytes) };
    const problem = expectProblem(
      await submit({ task_type: "sample", parameters }),
      413,
      "payload_too_large",
    );
    expect(problem).toMatchObject({ limit_bytes: LIMITS.payloadBytes, errors: [{ pointer: "/parameters" }] });
  });

  it("of 50 MB is refused before it is read", async () => {
    const { hostname, port } = new URL(server.url);
    const headers = { "content-type": "application/json", "content-length": String(50 * 1024 * 1024) };
    const sending = httpRequest({ hostname, port, method: "POST", path: "/api/tasks/submit", headers });
    sending.write('{"task_type":"sample","parameters":{"label":"');
    const [response] = await once(sending, "response");
    expect(response.statusCode).toBe(413);
    const problem = JSON.parse(await text(response));
    expect(problem).toMatchObject({ code: "payload_too_large", limit_bytes: LIMITS.requestBytes });
    sending.on("error", () => undefined).destroy();
  });
});

describe("a list", () => {
  const queries: [string, string][] = [
    ["limit=0", "?limit"],
    ["limit=-1", "?limit"],
    ["limit=501", "?limit"],
    ["limit=abc", "?limit"],
    ["limit=1e999", "?limit"],
    ["limit=5&limit=6", "?limit"],
    ["status=DONE", "?status"],
    ["status=PENDING,nonsense", "?status"],
    ["statsu=PENDING", "?statsu"],
    ["order=random", "?order"],
    ["created_after=yesterday", "?created_after"],
    ["completed_before=-1h", "?completed_before"],
    ["waiting_for=luck", "?waiting_for"],
    ["retried=maybe", "?retried"],
    ["order=completed", "?order"],
    ["order=completed&status=SUCCESS", "?order"],
    ["include=secrets", "?include"],
  ];
  it.each(queries)("with %s is refused at that parameter", async (query, pointer) => {
    const problem = expectProblem(
      await server.request("GET", `/api/tasks/?${query}`),
      422,
      "validation_failed",
    );
    expect(problem.errors[0]?.pointer).toBe(pointer);
  });

  it("with a cursor that is made up, or of another filter, says so", async () => {
    await server.submit();
    const first = await server.request("GET", "/api/tasks/?limit=1&status=PENDING");
    const cursor = encodeURIComponent(first.body.next_cursor);
    expectProblem(await server.request("GET", "/api/tasks/?cursor=made-up"), 400, "invalid_cursor");
    const other = await server.request("GET", `/api/tasks/?limit=1&status=FAILED&cursor=${cursor}`);
    expectProblem(other, 400, "invalid_cursor");
  });
});

describe("a path", () => {
  it("that is not there answers a problem, not a page", async () => {
    for (const route of ["/api/nonsense", "/api", "/api/tasks/1/2/3", "/nonsense.php"]) {
      expectProblem(await server.request("GET", route), 404, "not_found");
    }
    expectProblem(await server.request("GET", "/api/tasks/%ff"), 400, "malformed_request");
  });

  it("with another method says which are served", async () => {
    const answer = await server.request("PUT", "/api/tasks/");
    expectProblem(answer, 405, "method_not_allowed");
    expect(answer.headers.get("allow")).toBe("GET, HEAD");
    const task = await server.request("PUT", `/api/tasks/${newId()}`);
    expectProblem(task, 405, "method_not_allowed");
    expect(task.headers.get("allow")).toBe("GET, HEAD, PATCH, DELETE");
  });
});

describe("a connection", () => {
  /** What the server says to these bytes. */
  async function raw(bytes: string): Promise<string> {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.end(bytes);
    return text(socket);
  }

  it("that does not speak HTTP, or says too much, hears a problem", async () => {
    expect(await raw("nonsense\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 [\s\S]*"code":"malformed_request"/);
    const headers = `GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ${"x".repeat(20_000)}\r\n\r\n`;
    expect(await raw(headers)).toMatch(/^HTTP\/1\.1 431 [\s\S]*"code":"headers_too_large"/);
  });
});

describe("an Expect header", () => {
  it("other than 100-continue is answered with a problem", async () => {
    const { hostname, port } = new URL(server.url);
    const sending = httpRequest({ hostname, port, path: "/api/health", headers: { expect: "magic" } }).end();
    const [response] = await once(sending, "response");
    expect(response.statusCode).toBe(417);
    expect(response.headers["content-type"]).toMatch(/^application\/problem\+json/);
    expect(JSON.parse(await text(response))).toMatchObject({ code: "expectation_failed", status: 417 });
  });
});

describe("an upload", () => {
  async function upload(name: string, bytes: number): Promise<Awaited<ReturnType<TestServer["request"]>>> {
    const form = new FormData();
    form.append("file", new Blob([new Uint8Array(bytes)]), name);
    return server.request("POST", "/api/files", { body: form });
  }
  async function blobs(): Promise<string[]> {
    const found = await readdir(server.dataDir, { recursive: true, withFileTypes: true });
    return found.filter((entry) => entry.isFile()).map((entry) => entry.name);
  }

  it("with a way out of the folder in its name stays in the folder", async () => {
    for (const name of ["../../../etc/passwd", "..\\..\\passwd", "/etc/passwd", "a/../passwd"]) {
      const answer = await upload(name, 3);
      expect(answer.status).toBe(201);
      expect(answer.body.files[0].name).toBe("passwd");
      expect(await blobs()).toContain(answer.body.files[0].id);
    }
    expect(await readdir(path.dirname(server.dataDir))).not.toContain("passwd");
  });

  it("over the limit is refused, and leaves nothing", async () => {
    const before = await blobs();
    const problem = expectProblem(await upload("large.bin", 100_001), 413, "payload_too_large");
    expect(problem).toMatchObject({ limit_bytes: 100_000 });
    expect(await blobs()).toEqual(before);
  });

  it("that is cut off in the middle leaves nothing", async () => {
    const before = await blobs();
    const head =
      '--x\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n' +
      "Content-Type: application/octet-stream\r\n\r\n";
    const answer = await server.request("POST", "/api/files", {
      body: `${head}only the beginning`,
      headers: { "content-type": "multipart/form-data; boundary=x" },
    });
    expectProblem(answer, 400, "malformed_request");
    expect(await blobs()).toEqual(before);

    const { hostname, port } = new URL(server.url);
    const headers = { "content-type": "multipart/form-data; boundary=x", "content-length": "50000" };
    const sending = httpRequest({ hostname, port, method: "POST", path: "/api/files", headers });
    sending.on("error", () => undefined);
    await new Promise((resolve) => sending.write(head + "x".repeat(20_000), resolve));
    sending.destroy();
    // The next upload is answered after the server has seen the cut.
    await upload("after.bin", 1);
    await expect.poll(async () => (await blobs()).length).toBe(before.length + 1);
  });

  it("that is JSON pretending to be one is not taken", async () => {
    const body = { files: [{ filepath: "/etc/passwd", originalFilename: "x" }] };
    expectProblem(await server.request("POST", "/api/files", { body }), 415, "unsupported_media_type");
    expectProblem(await server.request("POST", "/api/files"), 415, "unsupported_media_type");
  });

  it("without a file says so", async () => {
    const form = new FormData();
    form.append("note", "no file");
    expectProblem(await server.request("POST", "/api/files", { body: form }), 422, "validation_failed");
  });
});
