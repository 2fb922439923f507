// Sessions of the page on both stores: they outlive a restart, are known to every process, and end on the server.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Taskwright, TaskwrightOptions } from "../../src/index.js";
import { freshSchema, runSql, serverUrl, startTestServer } from "../store/postgres-support.js";
import { listen } from "./listen.js";
import { openApp } from "./support.js";

const KEY = "a-key-of-more-than-16-bytes";

let remove: () => Promise<void>;
beforeAll(async () => {
  remove = await startTestServer();
}, 60_000);
afterAll(() => remove());

async function serve(app: Taskwright, apiKey = KEY) {
  const { url } = await listen(app.handler({ apiKey }));
  return {
    async signIn(): Promise<string> {
      const reply = await fetch(`${url}/api/session`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ key: apiKey }),
      });
      expect(reply.status).toBe(204);
      return reply.headers.get("set-cookie")?.split(";")[0] ?? "";
    },
    async signOut(cookie: string): Promise<void> {
      const reply = await fetch(`${url}/api/session`, { method: "DELETE", headers: { cookie } });
      expect(reply.status).toBe(204);
      expect(reply.headers.get("set-cookie")).toContain("Max-Age=0");
    },
    status: async (cookie: string) => (await fetch(`${url}/api/tasks/`, { headers: { cookie } })).status,
  };
}

async function sqlite(): Promise<Partial<TaskwrightOptions>> {
  return {};
}
async function postgres(): Promise<Partial<TaskwrightOptions>> {
  return { store: serverUrl(), schema: freshSchema(), poolSize: 2 };
}

describe.each([
  ["SQLite", sqlite],
  ["PostgreSQL", postgres],
])("on %s", (_name, place) => {
  test("a cookie no longer works once its session has ended, wherever it was copied to", async () => {
    const { signIn, signOut, status } = await serve(await openApp(await place()));
    const [mine, other] = [await signIn(), await signIn()];
    expect(mine).not.toBe(other);
    expect([await status(mine), await status(other)]).toEqual([200, 200]);
    await signOut(mine);
    await signOut(mine);
    expect([await status(mine), await status(other)]).toEqual([401, 200]);
  });

  test("a session belongs to the key that it was opened with", async () => {
    const app = await openApp(await place());
    const [before, after] = [await serve(app), await serve(app, "another-key-of-16-bytes")];
    const cookie = await before.signIn();
    expect(await before.status(cookie)).toBe(200);
    expect(await after.status(cookie)).toBe(401);
  });

  test("what was made up is no session", async () => {
    const { signIn, status } = await serve(await openApp(await place()));
    const cookie = await signIn();
    const [name, token = ""] = cookie.split("=");
    expect(token).toMatch(/^[\w-]{43}$/);
    for (const forged of ["", "x", `${token}x`, token.slice(1), "A".repeat(43), "1.2", "%00"]) {
      expect(await status(`${name}=${forged}`)).toBe(401);
    }
  });
});

test("processes on one PostgreSQL know each other's sessions, and their end", async () => {
  const store = await postgres();
  const one = await serve(await openApp(store));
  const two = await serve(await openApp({ ...store, migrate: false }));
  const cookie = await one.signIn();
  expect(await two.status(cookie)).toBe(200);
  await two.signOut(cookie);
  expect(await one.status(cookie)).toBe(401);
});

test("the database has neither the cookie nor the key", async () => {
  const store = await postgres();
  const { signIn } = await serve(await openApp(store));
  const [, token = ""] = (await signIn()).split("=");
  const rows = JSON.stringify(await runSql(`SELECT r::text AS row FROM ${store.schema}.record r`));
  expect(rows).toContain("session");
  expect(rows).not.toContain(token);
  expect(rows).not.toContain(KEY);
});
