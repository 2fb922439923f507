// A real server on a free port over the memory store, with what tests ask of it. No tests here.
import { randomFillSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { z } from "zod";
import { createDirectoryBlobs } from "../../src/files/directory.js";
import type { Blobs } from "../../src/files/files.js";
import { createHttpServer, type HttpServerOptions } from "../../src/http/app.js";
import type { WireProblem, WireTask } from "../../src/http/wire.js";
import { systemClock } from "../../src/lib/clock.js";
import { silentLog } from "../../src/lib/log.js";
import { createIdSource } from "../../src/model/id.js";
import type { ClaimedTask, Outcome } from "../../src/model/task.js";
import { createFacade } from "../../src/queue/facade.js";
import { createMemoryStore } from "../../src/store/memory/memory-store.js";
import type { Store } from "../../src/store/store.js";
import { defineTask } from "../../src/task/define.js";
import { fileId } from "../../src/task/file-fields.js";
import { createRegistry } from "../../src/task/registry.js";

export const sample = defineTask({
  name: "sample",
  description: "Makes rows.",
  input: z.strictObject({
    rows: z.int().min(1).max(10_000_000).default(1000),
    label: z.string().optional(),
  }),
  summary: ({ rows }) => `${rows} rows`,
  examples: [{ title: "A few rows", parameters: { rows: 10 } }],
  run: ({ rows }) => ({ rows }),
});

export const reading = defineTask({
  name: "reading",
  description: "Reads an upload.",
  input: z.strictObject({ file_id: fileId() }),
  run: () => null,
});

export const newId = createIdSource(systemClock.now, (bytes) => randomFillSync(bytes));

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly store: Store;
  readonly dataDir: string;
  readonly blobs: Blobs;
  request(method: string, route: string, options?: RequestOptions): Promise<Answer>;
  submit(body?: Record<string, unknown>): Promise<WireTask>;
  /** Claims one task as a worker would. */
  claim(): Promise<ClaimedTask>;
  settle(outcome: Outcome): Promise<void>;
}

export interface RequestOptions {
  /** A plain object is sent as JSON, anything else as it is. */
  readonly body?: BodyInit | Record<string, unknown>;
  readonly headers?: Record<string, string>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: what the server answers is what the tests look into.
  readonly body: any;
}

export interface TestServerOptions extends Partial<HttpServerOptions> {
  /** Default: the memory store. */
  readonly store?: Store;
  /** Default: a folder of its own. */
  readonly blobs?: Blobs;
}

export async function startServer(options: TestServerOptions = {}): Promise<TestServer> {
  const dataDir = await mkdtemp(path.join(tmpdir(), "taskwright-http-"));
  const store = options.store ?? createMemoryStore({ clock: systemClock });
  const registry = options.registry ?? createRegistry([sample, reading]);
  const blobs = options.blobs ?? (await createDirectoryBlobs({ root: dataDir }));
  const server = await createHttpServer({
    facade: createFacade({ store, blobs, registry, clock: systemClock, log: silentLog, newId }),
    registry,
    clock: systemClock,
    log: silentLog,
    newId,
    version: "0.0.0-test",
    startedAt: systemClock.now(),
    ...options,
  });
  const url = await server.listen({ host: "127.0.0.1", port: 0 });

  async function request(method: string, route: string, { body, headers = {} }: RequestOptions = {}) {
    const json = isPlainObject(body);
    const typed = json || typeof body === "string";
    const response = await fetch(url + route, {
      method,
      headers: { ...(typed && { "content-type": "application/json" }), ...headers },
      ...(body !== undefined && { body: json ? JSON.stringify(body) : body }),
      redirect: "manual",
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get("content-type") ?? "");
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson ? JSON.parse(text) : undefined,
    };
  }

  return {
    url,
    store,
    dataDir,
    blobs,
    request,
    async submit(body = { task_type: "sample" }) {
      const answer = await request("POST", "/api/tasks/submit", { body });
      if (answer.status !== 201) throw new Error(`submit answered ${answer.status}: ${answer.text}`);
      return answer.body;
    },
    async claim() {
      const { claimed } = await store.turn({
        worker: "test-worker",
        outcomes: [],
        claim: { limit: 1, taskTypes: registry.names, queues: "all" },
      });
      const [task] = claimed;
      if (!task) throw new Error("there was nothing to claim");
      return task;
    },
    async settle(outcome) {
      await store.turn({ worker: "test-worker", outcomes: [outcome] });
    },
    async [Symbol.asyncDispose]() {
      await server.close();
      await store.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function isPlainObject(body: RequestOptions["body"]): body is Record<string, unknown> {
  return typeof body === "object" && Object.getPrototypeOf(body) === Object.prototype;
}

/** A problem document must have all of its members, and say nothing of our insides. */
export function expectProblem(answer: Answer, status: number, code: string): WireProblem {
  const { body } = answer;
  if (answer.status !== status || body?.code !== code) {
    throw new Error(`expected ${status} ${code}, got ${answer.status}: ${answer.text.slice(0, 500)}`);
  }
  const type = answer.headers.get("content-type") ?? "";
  if (!type.startsWith("application/problem+json")) throw new Error(`a problem has the type ${type}`);
  for (const member of ["type", "title", "status", "detail", "code", "errors", "request_id"]) {
    if (!(member in body)) throw new Error(`a problem lacks ${member}: ${answer.text}`);
  }
  if (/\bat .+:\d+:\d+|node_modules|\.js:/.test(answer.text))
    throw new Error(`a problem shows a stack: ${answer.text}`);
  return body;
}
