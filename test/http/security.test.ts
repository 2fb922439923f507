// Who may talk to the server: host names, origins and the API key, over every route of the table.

import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { ROUTES, type Route } from "../../src/http/routes.js";
import { createSignInThrottle, type SignInThrottle } from "../../src/http/sign-in-throttle.js";
import { createManualClock } from "../../src/lib/clock.js";
import { TaskwrightError } from "../../src/model/errors.js";
import { expectProblem, newId, startServer, type TestServer } from "./server.js";

const KEY = "correct horse battery staple";
const routes = Object.entries<Route>(ROUTES).map(([id, route]) => ({
  id,
  ...route,
  url: route.path.replaceAll(/\{\w+\}/g, newId()),
}));

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ apiKey: KEY, allowedHosts: ["tasks.example"] });
});
afterAll(() => server[Symbol.asyncDispose]());

/** A request whose Host header says what fetch would not let us say. */
async function call(method: string, path: string, headers: Record<string, string>) {
  const { hostname, port } = new URL(server.url);
  const sending = httpRequest({ hostname, port, method, path, headers }).end();
  const [response] = await once(sending, "response");
  // A stream of events has no end: only its head is looked at.
  const stream = String(response.headers["content-type"]).startsWith("text/event-stream");
  const body = stream ? "" : await text(response);
  sending.destroy();
  return { status: Number(response.statusCode), body };
}

describe.each(routes)("$id", ({ method, url, access }) => {
  it(access === "open" ? "is open" : "asks for the key", async () => {
    const answer = await server.request(method, url);
    if (access !== "open") {
      expectProblem(answer, 401, "unauthenticated");
      expect(answer.headers.get("www-authenticate")).toBe("Bearer");
      const wrong = await server.request(method, url, { headers: { authorization: "Bearer wrong" } });
      expectProblem(wrong, 401, "unauthenticated");
      const right = await call(method, url, { authorization: `Bearer ${KEY}` });
      expect(right.status).not.toBe(401);
    } else {
      expect(answer.text).not.toContain("Send the API key");
    }
  });

  it("refuses foreign host names and origins", async () => {
    const authorization = `Bearer ${KEY}`;
    for (const host of ["evil.test", "evil.test:8000", "localhost.evil.test", "127.0.0.1.evil.test"]) {
      const answer = await call(method, url, { authorization, host });
      expect([answer.status, answer.body]).toEqual([403, expect.stringContaining("forbidden_host")]);
    }
    for (const origin of ["null", "http://evil.test", "http://localhost:1", "file://"]) {
      const answer = await call(method, url, { authorization, origin });
      expect([answer.status, answer.body]).toEqual([403, expect.stringContaining("forbidden_origin")]);
    }
    for (const host of [
      "localhost:8000",
      "LOCALHOST",
      "127.0.0.1:1",
      "[::1]:80",
      "tasks.example",
      "tasks.example:443",
    ]) {
      const answer = await call(method, url, { authorization, host, origin: `https://${host}` });
      expect(answer.status).not.toBe(403);
    }
  });
});

it("asks for the key before it says what is not there", async () => {
  expectProblem(await server.request("POST", "/api/nonsense"), 401, "unauthenticated");
  expectProblem(await server.request("GET", "/docs/"), 401, "unauthenticated");
});

describe("a session", () => {
  const signIn = (key: string) => server.request("POST", "/api/session", { body: { key } });

  it("is a cookie that scripts can't read, for whoever knows the key", async () => {
    expectProblem(await signIn("wrong"), 401, "unauthenticated");
    const answer = await signIn(KEY);
    expect(answer.status).toBe(204);
    const cookie = answer.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain(KEY);
    const [pair = ""] = cookie.split(";");
    expect(
      (await server.request("GET", "/api/tasks/", { headers: { cookie: `other=1; ${pair}` } })).status,
    ).toBe(200);
    for (const forged of [
      `${pair}x`,
      pair.replace("=", "=9"),
      "taskwright_session=",
      "taskwright_session=1.2",
    ]) {
      expectProblem(
        await server.request("GET", "/api/tasks/", { headers: { cookie: forged } }),
        401,
        "unauthenticated",
      );
    }
  });

  it("is not given after ten wrong keys within a minute", async () => {
    const clock = createManualClock();
    await using guarded = await startServer({ apiKey: KEY, clock });
    const guess = (key: string) => guarded.request("POST", "/api/session", { body: { key } });
    for (let n = 0; n < 10; n++) expectProblem(await guess(`wrong ${n}`), 401, "unauthenticated");
    const refused = await guess(KEY);
    expectProblem(refused, 429, "too_many_requests");
    expect(refused.headers.get("retry-after")).toBe("60");
    // Requests that bring the key itself are not held up by who guesses.
    const authorization = `Bearer ${KEY}`;
    expect((await guarded.request("GET", "/api/tasks/", { headers: { authorization } })).status).toBe(200);
    await clock.advance(60_000);
    expect((await guess(KEY)).status).toBe(204);
  });

  it("ends with DELETE", async () => {
    const answer = await server.request("DELETE", "/api/session");
    expect(answer.status).toBe(204);
    expect(answer.headers.get("set-cookie")).toContain("Max-Age=0");
  });
});

it("refuses a WebSocket of a foreign page, or without the key", async () => {
  const url = `${server.url.replace("http", "ws")}/api/ws`;
  const refusals = [
    { options: { headers: {} }, status: 401 },
    { options: { headers: { authorization: `Bearer ${KEY}` }, origin: "http://evil.test" }, status: 403 },
    { options: { headers: { authorization: `Bearer ${KEY}` }, origin: "null" }, status: 403 },
  ];
  for (const { options, status } of refusals) {
    const socket = new WebSocket(url, options);
    const [, response] = await once(socket, "unexpected-response");
    expect(response.statusCode).toBe(status);
    socket.on("error", () => undefined).terminate();
  }
});

describe("a key", () => {
  it.each(["", "x", "15 bytes is few"])("%j is too short for a server", async (apiKey) => {
    await expect(startServer({ apiKey })).rejects.toThrow(/at least 16 bytes/);
  });
});

describe("wrong keys", () => {
  const failures = (throttle: SignInThrottle, address: string, times: number) => {
    for (let n = 0; n < times; n++) throttle.failed(address);
  };

  it("count for a whole IPv6 network, and each IPv4 address", () => {
    const throttle = createSignInThrottle(createManualClock());
    failures(throttle, "2001:db8::1", 10);
    expect(() => throttle.check("2001:db8:0:0:ffff::2")).toThrow(TaskwrightError);
    expect(() => throttle.check("2001:db8:0:1::1")).not.toThrow();
    failures(throttle, "::ffff:10.0.0.1", 10);
    expect(() => throttle.check("::ffff:10.0.0.1")).toThrow(TaskwrightError);
    expect(() => throttle.check("::ffff:10.0.0.2")).not.toThrow();
  });

  it("are remembered of ten thousand addresses", () => {
    const throttle = createSignInThrottle(createManualClock());
    failures(throttle, "10.0.0.1", 10);
    for (let n = 0; n < 9_999; n++) throttle.failed(`10.1.${n >> 8}.${n & 255}`);
    expect(() => throttle.check("10.0.0.1")).toThrow(TaskwrightError);
    throttle.failed("10.2.0.0");
    expect(() => throttle.check("10.0.0.1")).not.toThrow();
  });
});

describe("headers", () => {
  it("keep answers out of caches and frames", async () => {
    const { headers } = await server.request("GET", "/api/health");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("content-security-policy")).toBe("default-src 'none'; frame-ancestors 'none'");
  });

  it("of a page allow no inline script", async () => {
    const { headers, text: page } = await server.request("GET", "/");
    expect(headers.get("content-security-policy")).toMatch(/script-src 'self';/);
    expect(page).toContain("npm run build");
  });
});
