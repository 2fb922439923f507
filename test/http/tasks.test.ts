// Submit, get, list, cancel, retry and wait over a real socket.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { workerState } from "../store/fixture.js";
import { expectProblem, newId, startServer, type TestServer } from "./server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server[Symbol.asyncDispose]());

describe("submit", () => {
  it("answers the stored task with its location", async () => {
    const answer = await server.request("POST", "/api/tasks/submit", {
      body: { task_type: "sample", parameters: { rows: 5 }, priority: 7, tags: ["a"] },
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get("location")).toBe(`/api/tasks/${answer.body.id}`);
    expect(answer.body).toMatchObject({
      task_type: "sample",
      status: "PENDING",
      waiting_for: "handler",
      progress: 0,
      parameters: { rows: 5 },
      result_data: null,
      error_message: null,
      summary: "5 rows",
      queue: "default",
      priority: 7,
      tags: ["a"],
      attempt: 0,
      max_attempts: 3,
      started_at: null,
      completed_at: null,
    });
    const read = await server.request("GET", `/api/tasks/${answer.body.id}`);
    expect(read.body).toEqual(answer.body);
  });
});

describe("list", () => {
  it("answers newest first, with and without the last slash, and pages by cursor", async () => {
    const ids = [];
    for (let count = 0; count < 3; count++) ids.unshift((await server.submit()).id);
    for (const route of ["/api/tasks/", "/api/tasks"]) {
      const { body } = await server.request("GET", `${route}?limit=2&status=PENDING&task_type=sample`);
      expect(body.tasks.map((task: { id: string }) => task.id)).toEqual(ids.slice(0, 2));
      expect(body.tasks[0]).not.toHaveProperty("parameters");
      expect(body.next_cursor).toEqual(expect.any(String));
      const cursor = encodeURIComponent(body.next_cursor);
      const next = await server.request(
        "GET",
        `${route}?limit=2&status=PENDING&task_type=sample&cursor=${cursor}`,
      );
      expect(next.body.tasks[0].id).toBe(ids[2]);
    }
  });
});

describe("filters of a list", () => {
  it("leave out, look back from now, and follow the end of what failed", async () => {
    await using own = await startServer();
    const ids = async (query: string) => {
      const { status, body } = await own.request("GET", `/api/tasks/?${query}`);
      expect(status).toBe(200);
      return body.tasks.map((task: { id: string }) => task.id);
    };
    const tagged = await own.submit({ task_type: "sample", tags: ["keep", "skip"] });
    const plain = await own.submit({ task_type: "sample", tags: ["keep"], queue: "other" });
    const later = await own.submit({ task_type: "sample", delay: "1h" });
    expect(await ids("tag=keep&not_tag=skip")).toEqual([plain.id]);
    expect(await ids("not_queue=other&not_task_type=none")).toEqual([later.id, tagged.id]);
    expect(await ids("waiting_for=time")).toEqual([later.id]);
    expect(await ids("created_after=1h&created_before=0s")).toEqual([later.id, plain.id, tagged.id]);
    await own.request("DELETE", `/api/tasks/${plain.id}`);
    await own.request("DELETE", `/api/tasks/${tagged.id}`);
    const retry = await own.request("POST", `/api/tasks/${plain.id}/retry`, {});
    expect(await ids("status=CANCELLED&order=completed")).toEqual([tagged.id, plain.id]);
    expect(await ids("status=CANCELLED&retried=false")).toEqual([tagged.id]);
    expect(await ids("retried=true")).toEqual([plain.id]);
    const one = await own.request("GET", "/api/tasks/?limit=2&created_after=1h");
    const next = encodeURIComponent(one.body.next_cursor);
    expect(await ids(`limit=2&created_after=1h&cursor=${next}`)).toEqual([plain.id, tagged.id]);
    expect(one.body.tasks[0].id).toBe(retry.body.id);
  });
});

describe("get", () => {
  it("answers 404 for an id that is none, and one that nobody has", async () => {
    for (const id of ["nonsense", "%00", newId()]) {
      expectProblem(await server.request("GET", `/api/tasks/${id}`), 404, "task_not_found");
    }
  });

  it("takes an id in capitals, because it is the same UUID", async () => {
    const { id } = await server.submit();
    expect((await server.request("GET", `/api/tasks/${id.toUpperCase()}`)).body.id).toBe(id);
  });

  it("with wait answers once the task has finished", async () => {
    await using own = await startServer();
    const { id } = await own.submit();
    const waiting = own.request("GET", `/api/tasks/${id}?wait=30`);
    const task = await own.claim();
    await own.settle({ ...task, to: "SUCCESS", resultData: '{"rows":1000}' });
    expect((await waiting).body).toMatchObject({ id, status: "SUCCESS", result_data: { rows: 1000 } });
  });

  it("with wait is answered as it is when the server closes", async () => {
    const own = await startServer();
    const { id } = await own.submit();
    const waiting = own.request("GET", `/api/tasks/${id}?wait=60`);
    // The server has the long poll once a later request is answered on another connection.
    await own.request("GET", "/api/health");
    await own[Symbol.asyncDispose]();
    expect((await waiting).body).toMatchObject({ id, status: "PENDING" });
  });

  it("refuses to wait longer than a minute", async () => {
    const { id } = await server.submit();
    for (const wait of ["61", "-1", "x"]) {
      expectProblem(await server.request("GET", `/api/tasks/${id}?wait=${wait}`), 422, "validation_failed");
    }
  });
});

describe("cancel", () => {
  it("ends a pending task, once", async () => {
    const { id } = await server.submit();
    const first = await server.request("DELETE", `/api/tasks/${id}`);
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ id, status: "CANCELLED", completed_at: expect.any(String) });
    const second = expectProblem(
      await server.request("DELETE", `/api/tasks/${id}`),
      409,
      "task_not_cancellable",
    );
    expect(second).toMatchObject({ status_now: "CANCELLED" });
  });

  it("asks a running task to stop; asking again answers the same", async () => {
    await using own = await startServer();
    const { id } = await own.submit();
    await own.claim();
    const first = await own.request("DELETE", `/api/tasks/${id}`);
    expect(first.status).toBe(202);
    expect(first.body).toMatchObject({ status: "RUNNING", cancel_requested_at: expect.any(String) });
    const second = await own.request("DELETE", `/api/tasks/${id}`);
    expect([second.status, second.body]).toEqual([202, first.body]);
  });

  it("of a task that nobody has answers 404", async () => {
    expectProblem(await server.request("DELETE", `/api/tasks/${newId()}`), 404, "task_not_found");
    expectProblem(await server.request("DELETE", "/api/tasks/17"), 404, "task_not_found");
  });
});

describe("retry", () => {
  async function failed(own: TestServer, body?: Record<string, unknown>): Promise<string> {
    const { id } = await own.submit(body);
    const task = await own.claim();
    await own.settle({ ...task, to: "FAILED", error: { name: "Error", message: "broken" } });
    return id;
  }

  it("of a failed task makes a new one, once", async () => {
    await using own = await startServer();
    const id = await failed(own, { task_type: "sample", parameters: { rows: 7 }, priority: 3, tags: ["t"] });
    const retried = await own.request("POST", `/api/tasks/${id}/retry`);
    expect(retried.status).toBe(201);
    expect(retried.body).toMatchObject({
      status: "PENDING",
      retry_of: id,
      parameters: { rows: 7 },
      priority: 3,
      tags: ["t"],
    });
    expect(retried.body.id).not.toBe(id);
    expect((await own.request("GET", `/api/tasks/${id}`)).body.retried_by).toBe(retried.body.id);
    const again = expectProblem(
      await own.request("POST", `/api/tasks/${id}/retry`),
      409,
      "task_already_retried",
    );
    expect(again).toMatchObject({ retried_by: retried.body.id });
    const insisting = await own.request("POST", `/api/tasks/${id}/retry`, { body: { again: true } });
    expect(insisting.status).toBe(201);
  });

  it("may change parameters and options, which are checked", async () => {
    await using own = await startServer();
    const id = await failed(own);
    const wrong = await own.request("POST", `/api/tasks/${id}/retry`, { body: { parameters: { rows: 0 } } });
    expect(expectProblem(wrong, 422, "validation_failed").errors[0]?.pointer).toBe("/parameters/rows");
    const body = { parameters: { rows: 9 }, max_attempts: 5, queue: "other" };
    const retried = await own.request("POST", `/api/tasks/${id}/retry`, { body });
    expect(retried.body).toMatchObject({ ...body, summary: "9 rows" });
  });

  it("of a task that runs, waits or succeeded says why not", async () => {
    await using own = await startServer();
    const { id } = await own.submit();
    const retry = () => own.request("POST", `/api/tasks/${id}/retry`);
    expect(expectProblem(await retry(), 409, "task_not_retryable")).toMatchObject({ status_now: "PENDING" });
    const task = await own.claim();
    expect(expectProblem(await retry(), 409, "task_not_retryable")).toMatchObject({ status_now: "RUNNING" });
    await own.settle({ ...task, to: "SUCCESS" });
    expect(expectProblem(await retry(), 409, "task_not_retryable")).toMatchObject({ status_now: "SUCCESS" });
  });

  it("under one Idempotency-Key is one retry", async () => {
    await using own = await startServer();
    const id = await failed(own);
    const retry = () =>
      own.request("POST", `/api/tasks/${id}/retry`, { headers: { "idempotency-key": "again-1" } });
    const first = await retry();
    const second = await retry();
    expect(second.body.id).toBe(first.body.id);
    expect(second.headers.get("idempotency-replayed")).toBe("true");
  });
});

describe("idempotency", () => {
  const body = { task_type: "sample", parameters: { rows: 3, label: "x" } };
  const submit = (key: string, sent: Record<string, unknown>) =>
    server.request("POST", "/api/tasks/submit", { body: sent, headers: { "idempotency-key": key } });

  it("stores a request under one key once, however its fields are ordered", async () => {
    const first = await submit("key-1", body);
    expect(first.headers.get("idempotency-replayed")).toBeNull();
    const reordered = { parameters: { label: "x", rows: 3 }, task_type: "sample" };
    const second = await submit("key-1", reordered);
    expect([second.status, second.body]).toEqual([201, first.body]);
    expect(second.headers.get("idempotency-replayed")).toBe("true");
  });

  it("refuses another request under the same key", async () => {
    await submit("key-2", body);
    expectProblem(await submit("key-2", { ...body, priority: 1 }), 422, "idempotency_mismatch");
  });

  it("stores one task for fifty that come at once", async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => submit("key-3", body)));
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
  });

  it("takes the caller's own id, once", async () => {
    const id = newId();
    const first = await server.request("POST", "/api/tasks/submit", { body: { ...body, id } });
    expect(first.body.id).toBe(id);
    const second = await server.request("POST", "/api/tasks/submit", { body: { ...body, id } });
    expect([second.status, second.body]).toEqual([201, first.body]);
    const other = await server.request("POST", "/api/tasks/submit", { body: { task_type: "sample", id } });
    expectProblem(other, 409, "id_conflict");
  });

  it("keeps a key that looks like an id apart from that id", async () => {
    const id = newId();
    const own = await server.request("POST", "/api/tasks/submit", { body: { ...body, id } });
    const keyed = await submit(id, body);
    expect(keyed.status).toBe(201);
    expect(keyed.body.id).not.toBe(own.body.id);
  });
});

describe("batch", () => {
  const batch = (body: Record<string, unknown>) => server.request("POST", "/api/tasks/batch", { body });
  const count = async () => (await server.request("GET", "/api/tasks/?limit=500")).body.tasks.length;
  const good = { task_type: "sample" };

  it("stores what is valid, and says at its position what is not", async () => {
    const tasks = [
      good,
      { ...good, parameters: { rows: 0 } },
      { task_type: "nope" },
      17,
      { ...good, id: newId() },
    ];
    const { status, body } = await batch({ tasks });
    expect(status).toBe(200);
    expect(body).toMatchObject({ created: 2, failed: 3 });
    expect(body.outcomes.map((outcome: { ok: boolean }) => outcome.ok)).toEqual([
      true,
      false,
      false,
      false,
      true,
    ]);
    expect(body.outcomes[1].problem.errors[0].pointer).toBe("/tasks/1/parameters/rows");
    expect(body.outcomes[2].problem.code).toBe("unknown_task_type");
    expect(body.outcomes[3].problem.errors[0]).toMatchObject({ pointer: "/tasks/3", code: "type" });
    expect(body.outcomes[4].task.id).toBe(tasks[4] && Reflect.get(Object(tasks[4]), "id"));
  });

  it("that is atomic stores all or nothing", async () => {
    const before = await count();
    const refusedShape = await batch({ atomic: true, tasks: [good, { ...good, priority: "x" }] });
    expect(expectProblem(refusedShape, 422, "batch_rejected").errors[0]?.pointer).toBe("/tasks/1/priority");
    const refused = await batch({ atomic: true, tasks: [good, { ...good, parameters: { rows: 0 } }] });
    expect(expectProblem(refused, 422, "batch_rejected").errors[0]?.pointer).toBe("/tasks/1/parameters/rows");
    const file = { task_type: "reading", parameters: { file_id: newId() } };
    const gone = await batch({ atomic: true, tasks: [good, file] });
    expect(expectProblem(gone, 422, "batch_rejected").errors[0]?.code).toBe("missing_file");
    const taken = { ...good, id: newId() };
    await server.submit({ ...taken, priority: 1 });
    const conflict = await batch({ atomic: true, tasks: [good, taken] });
    expect(expectProblem(conflict, 422, "batch_rejected").errors[0]?.code).toBe("id_conflict");
    const repeated = { ...good, id: newId() };
    const twice = await batch({ atomic: true, tasks: [repeated, { ...repeated, priority: 1 }, good] });
    expect(expectProblem(twice, 422, "batch_rejected").errors).toMatchObject([
      { pointer: "/tasks/1", code: "id_conflict" },
    ]);
    expect(await count()).toBe(before + 1);
    expect((await batch({ atomic: true, tasks: [good, good] })).body).toMatchObject({
      created: 2,
      failed: 0,
    });
  });

  it("counts what was stored before apart from what is new", async () => {
    const again = { ...good, id: newId() };
    expect((await batch({ tasks: [again] })).body).toMatchObject({ created: 1, replayed: 0 });
    for (const atomic of [false, true]) {
      const { body } = await batch({ atomic, tasks: [again, good, again] });
      expect(body).toMatchObject({ created: 1, replayed: 2, failed: 0 });
    }
  });

  it("takes from 1 to 1,000 tasks", async () => {
    expectProblem(await batch({ tasks: [] }), 422, "validation_failed");
    expectProblem(await batch({ tasks: Array.from({ length: 1001 }, () => good) }), 422, "validation_failed");
    await using own = await startServer();
    const tasks = Array.from({ length: 1000 }, () => ({
      task_type: "sample",
      parameters: { label: "x".repeat(2000) },
    }));
    const answer = await own.request("POST", "/api/tasks/batch", { body: { tasks } });
    expect(answer.body).toMatchObject({ created: 1000, failed: 0 });
  });
});

describe("an explanation", () => {
  it("says why a task is where it is, from its submit to its end", async () => {
    await using own = await startServer();
    const reasons = async (id: string) => {
      const { status, body } = await own.request("GET", `/api/tasks/${id}/explain`);
      expect([status, typeof body.sentence]).toEqual([200, "string"]);
      return body.reasons;
    };
    const [{ id }, later, behind] = [
      await own.submit(),
      await own.submit({ task_type: "sample", delay: "1h", expires_in: "2h" }),
      await own.submit(),
    ];
    expect(await reasons(behind.id)).toEqual([
      { kind: "no_handler", task_type: "sample", queue: "default", workers: 0 },
      { kind: "position", queue: "default", ahead: { value: 1, relation: "exact" } },
    ]);
    expect(await reasons(later.id)).toMatchObject([
      { kind: "time", until: expect.stringMatching(/Z$/) },
      { kind: "no_handler" },
      { kind: "expires", at: later.expires_at },
    ]);
    const held = await own.claim();
    expect(await reasons(id)).toMatchObject([
      { kind: "running", worker: "test-worker", host: null, attempt: 1, max_attempts: 3 },
      { kind: "worker_lost", worker: "test-worker", heartbeat_at: null },
    ]);
    const error = { name: "Error", message: "no luck" };
    await own.settle({ ...held, to: "PENDING", in: 60_000, error });
    expect(await reasons(id)).toMatchObject([{ kind: "retry", attempt: 1, error }, { kind: "no_handler" }]);
    await own.request("DELETE", `/api/tasks/${id}`);
    expect(await reasons(id)).toMatchObject([
      { kind: "finished", status: "CANCELLED", reason: "user", error: null },
    ]);
    expectProblem(await own.request("GET", `/api/tasks/${newId()}/explain`), 404, "task_not_found");
  });
});

describe("parts of a task", () => {
  it("are attempts, logs and artifacts", async () => {
    await using own = await startServer();
    const { id } = await own.submit();
    const first = await own.claim();
    const at = first.startedAt;
    const logs = [1, 2, 3].map((line) => ({
      at,
      level: "info" as const,
      message: `line ${line}`,
      fields: '{"a":1}',
    }));
    const error = { name: "Error", message: "not yet" };
    await own.settle({ ...first, to: "PENDING", in: 0, error, report: { logs } });
    const attempts = await own.request("GET", `/api/tasks/${id}/attempts`);
    expect(attempts.body.attempts).toMatchObject([{ attempt: 1, outcome: "retry", error }]);
    const page = await own.request("GET", `/api/tasks/${id}/logs?after=1&limit=1`);
    expect(page.body).toMatchObject({ lines: [{ seq: 2, message: "line 2", fields: { a: 1 } }], more: true });
    expect((await own.request("GET", `/api/tasks/${id}/artifacts`)).body).toEqual({ artifacts: [] });
    for (const part of ["attempts", "logs", "artifacts"]) {
      expectProblem(await own.request("GET", `/api/tasks/${newId()}/${part}`), 404, "task_not_found");
    }
  });
});

describe("what operators see", () => {
  it("is also types that only workers of other processes know, which can be submitted", async () => {
    await using own = await startServer();
    await own.store.beat(workerState("elsewhere", { taskTypes: ["sample", "foreign"] }));
    const { body } = await own.request("GET", "/api/task-types");
    const [known, , foreign] = body.task_types;
    expect(known.parameters_schema).not.toBeNull();
    expect(foreign).toMatchObject({ name: "foreign", parameters_schema: null, result_schema: null });
    const task = await own.submit({ task_type: "foreign", parameters: { any: "thing" } });
    expect(task).toMatchObject({ task_type: "foreign", status: "PENDING", waiting_for: "worker" });
  });

  it("is task types, queues, workers, statistics and health", async () => {
    const types = await server.request("GET", "/api/task-types");
    expect(types.body.task_types[0]).toMatchObject({
      name: "sample",
      parameters_schema: { type: "object", properties: { rows: { type: "integer", minimum: 1 } } },
      defaults: { max_attempts: 3, timeout_ms: 900_000, retry: { base_ms: 5000 } },
      examples: [{ parameters: { rows: 10 } }],
    });
    await server.submit();
    expect((await server.request("GET", "/api/queues")).body.queues[0]).toMatchObject({ name: "default" });
    expect((await server.request("GET", "/api/workers")).body).toEqual({ workers: [] });
    const stats = await server.request("GET", "/api/stats?step=5m&group_by=queue");
    expect(stats.body.counts.PENDING).toBeGreaterThan(0);
    expect(stats.body).toMatchObject({
      step_ms: 300_000,
      by_lane: [{ queue: "default", task_type: "sample" }],
    });
    for (const query of [
      "step=90s",
      "step=x",
      "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z",
      "group_by=x",
    ]) {
      expectProblem(await server.request("GET", `/api/stats?${query}`), 422, "validation_failed");
    }
    for (const route of ["/api/health", "/api/health/live", "/api/health/ready"]) {
      const health = await server.request("GET", route);
      expect([health.status, health.body]).toMatchObject([
        200,
        { status: "ok", store: "memory", version: "0.0.0-test" },
      ]);
    }
  });

  it("says that it is not ready, and why, while the store is away", async () => {
    await using own = await startServer();
    await own.store.close();
    const ready = await own.request("GET", "/api/health/ready");
    expect([ready.status, ready.body]).toMatchObject([
      503,
      { status: "unavailable", reason: expect.any(String) },
    ]);
    expect((await own.request("GET", "/api/health")).status).toBe(200);
    const submitted = await own.request("POST", "/api/tasks/submit", { body: { task_type: "sample" } });
    expectProblem(submitted, 503, "unavailable");
    expect(submitted.headers.get("retry-after")).toBe("2");
  });
});
