// No path, query string, header or body makes the server answer 5xx or show its insides, on any store.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TSchema } from "@sinclair/typebox";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROUTES, type Route } from "../../src/http/routes.js";
import { systemClock } from "../../src/lib/clock.js";
import { createMemoryStore } from "../../src/store/memory/memory-store.js";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.js";
import type { Store } from "../../src/store/store.js";
import { openTestStore, startTestServer } from "../store/postgres-support.js";
import { newId, startServer, type TestServer } from "./server.js";

/** Requests to each route. */
const RUNS = 40;
const INSIDES =
  /SQLITE_|invalid byte sequence|out of range|invalid input syntax|relation "|\.js:\d+|node_modules/;

const hostile = fc.oneof(
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      "",
      " ",
      "\0",
      "a\0b",
      "%",
      "_",
      "\\",
      "'",
      '"',
      ",",
      "a,b,,",
      "-1",
      "1e999",
      "9007199254740993",
      "9223372036854775808",
      "99999999999999999999d",
      `${"9".repeat(400)}d`,
      "500000d",
      "60m",
      "2016-12-31T23:59:60Z",
      "0000-01-01T00:00:00Z",
      "0001-01-01T00:00:00+23:59",
      "9999-12-31T23:59:59.999Z",
      "9999-12-31T23:59:59.999-23:59",
      "2026-02-30T00:00:00Z",
      "\u202e\u200b",
      "\ud83d",
      "constructor",
      "__proto__",
      "x".repeat(2100),
      "PENDING,RUNNING,SUCCESS,FAILED,CANCELLED",
      "WzEsIjAxOTlkOGE0LTZjMzItN2IxZS05ZjA0LTJhZDBjODVlNzcxMyIsIngiXQ",
    ),
  },
);

/** Values that fit the schema, or nearly. */
function fitting(schema: TSchema): fc.Arbitrary<unknown> {
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  if (schema.format === "date-time")
    return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  if (schema.format === "uuid") return fc.constant(newId());
  if (schema.type === "integer" || schema.type === "number") {
    return fc.oneof(fc.integer({ min: schema.minimum, max: schema.maximum }), fc.double());
  }
  if (schema.type === "boolean") return fc.boolean();
  if (schema.type === "array") return fc.array(fitting(schema.items ?? {}), { maxLength: 30 });
  if (schema.type === "object" && schema.properties) return objectOf(schema);
  if (schema.type === "string" || Array.isArray(schema.type)) return hostile;
  return fc.jsonValue({ maxDepth: 4 });
}

/** Some of the schema's fields, each fitting or hostile, and at times one that it does not have. */
function objectOf(schema: TSchema): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.fromEntries(
    Object.entries<TSchema>(schema.properties ?? {}).map(([name, field]) => [
      name,
      fc.oneof({ weight: 3, arbitrary: fitting(field) }, { weight: 1, arbitrary: hostile }),
    ]),
  );
  return fc.record({ ...fields, unknown: hostile }, { requiredKeys: [] });
}

const header = fc
  .oneof(
    hostile,
    fc.constantFrom("bytes=0-0", "bytes=-0", "bytes=9-1", "bytes=99999999999999999999-", "*", "0:0"),
  )
  .map((text) => text.replaceAll(/[^\x20-\x7e]/g, "?"));
const headers = fc.record(
  {
    "idempotency-key": header,
    "last-event-id": header,
    range: header,
    "if-none-match": header,
    cookie: header,
  },
  { requiredKeys: [] },
);

/** Answers are read to their end, but for streams. */
async function answerTo(
  url: string,
  init: RequestInit,
): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(url, init);
  if (response.headers.get("content-type")?.startsWith("text/event-stream")) {
    await response.body?.cancel();
    return { status: response.status, text: "" };
  }
  return { status: response.status, text: await response.text() };
}

function expectNoServerError({ status, text }: { readonly status: number; readonly text: string }): void {
  if (status >= 500 || (status >= 400 && INSIDES.test(text)))
    throw new Error(`${status} ${text.slice(0, 600)}`);
}

function withQuery(url: string, query: Record<string, unknown>): string {
  const pairs = Object.entries(query).map(
    ([name, value]) => `${name}=${encodeURIComponent(String(value).toWellFormed())}`,
  );
  return pairs.length === 0 ? url : `${url}?${pairs.join("&")}`;
}

describe.each<[string, () => Promise<{ readonly store: Store; close(): Promise<void> }>]>([
  [
    "memory",
    async () => {
      const store = createMemoryStore({ clock: systemClock });
      return { store, close: async () => undefined };
    },
  ],
  [
    "SQLite",
    async () => {
      const folder = await mkdtemp(path.join(tmpdir(), "taskwright-hostile-"));
      const store = await openSqliteStore({ file: path.join(folder, "t.db"), clock: systemClock });
      return { store, close: () => rm(folder, { recursive: true, force: true }) };
    },
  ],
  [
    "PostgreSQL",
    async () => {
      const close = await startTestServer();
      return { store: await openTestStore(), close };
    },
  ],
])("over the %s store", (_name, open) => {
  let server: TestServer;
  let close: () => Promise<void>;
  let taskId: string;
  beforeAll(async () => {
    const opened = await open();
    close = opened.close;
    server = await startServer({ store: opened.store });
    taskId = (await server.submit({ task_type: "sample", tags: ["a"] })).id;
    await server.submit({ task_type: "sample", queue: "other" });
  }, 60_000);
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await close();
  });

  const routes = Object.entries<Route>(ROUTES).filter(([id]) => !id.startsWith("health."));
  it.each(routes)(
    "%s",
    async (_id, route) => {
      const where = fc.oneof(fc.constantFrom(taskId, newId()), hostile);
      const query = route.query
        ? fc.oneof(
            { weight: 4, arbitrary: objectOf(route.query) },
            { weight: 1, arbitrary: fc.dictionary(hostile, hostile) },
          )
        : fc.constant({});
      const body = route.body
        ? fc.oneof(objectOf(route.body), fc.jsonValue()).map((value) => JSON.stringify(value))
        : fc.constant(undefined);
      const request = fc.record({ where, query, body, headers });
      await fc.assert(
        fc.asyncProperty(request, async ({ where, query, body, headers }) => {
          const at = encodeURIComponent(where.toWellFormed());
          const url = withQuery(server.url + route.path.replaceAll(/\{\w+\}/g, at), query);
          // Waiting for a task that nobody runs is another test's.
          if (/[?&]wait=[1-9]/.test(url)) return;
          const { method } = route;
          const typed = body === undefined ? headers : { ...headers, "content-type": "application/json" };
          expectNoServerError(
            await answerTo(url, { method, headers: typed, ...(body !== undefined && { body }) }),
          );
        }),
        { numRuns: RUNS },
      );
    },
    120_000,
  );

  it("dates that there are not, and steps beyond all numbers, are refused at their field", async () => {
    const leap = "2016-12-31T23:59:60Z";
    for (const [route, pointer] of [
      [`/api/stats?from=${leap}`, "?from"],
      [`/api/stats?to=${leap}`, "?to"],
      ["/api/stats?step=9007199254740993m", "?step"],
      ["/api/stats?step=9007199254740993", "?step"],
      ["/api/stats?step=400d", "?step"],
      [`/api/tasks/?created_after=${leap}`, "?created_after"],
      [`/api/tasks/?completed_before=${leap}`, "?completed_before"],
      ["/api/tasks/?worker=a%00", "?worker"],
      ["/api/tasks/?tag=a%00", "?tag"],
    ]) {
      const { status, body } = await server.request("GET", route ?? "");
      expect([route, status, body?.errors[0]?.pointer]).toEqual([route, 422, pointer]);
    }
    const submit = await server.request("POST", "/api/tasks/submit", {
      body: { task_type: "sample", run_at: leap },
    });
    expect([submit.status, submit.body.errors[0].pointer]).toEqual([422, "/run_at"]);
  });
});
