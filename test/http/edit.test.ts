// PATCH of a task over a real socket.
import { afterAll, beforeAll, expect, it } from "vitest";
import { expectProblem, newId, startServer, type TestServer } from "./server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const patch = (id: string, body: Record<string, unknown>) =>
  server.request("PATCH", `/api/tasks/${id}`, { body });

it("changes a task that waits, and answers it", async () => {
  const { id } = await server.submit({
    task_type: "sample",
    parameters: { rows: 1 },
    tags: ["a"],
    delay: "1h",
  });
  const { status, body } = await patch(id, {
    parameters: { rows: 2 },
    queue: "reports",
    priority: 5,
    run_at: null,
    expires_in: "2h",
    timeout: "1m",
    max_attempts: 4,
    tags: ["b"],
    summary: "two rows",
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    id,
    parameters: { rows: 2 },
    queue: "reports",
    priority: 5,
    waiting_for: "handler",
    timeout_ms: 60_000,
    max_attempts: 4,
    tags: ["b"],
    summary: "two rows",
  });
  expect(Date.parse(body.expires_at) - Date.parse(body.created_at)).toBe(7_200_000);
  expect((await server.request("GET", `/api/tasks/${id}`)).body).toEqual(body);
  const later = await patch(id, { run_at: "2099-01-01T00:00:00.000Z" });
  expectProblem(later, 422, "validation_failed");
  const soon = new Date(Date.now() + 600_000).toISOString();
  const { body: waiting } = await patch(id, { run_at: soon, expires_in: null, summary: null });
  expect(waiting).toMatchObject({ waiting_for: "time", run_at: soon, expires_at: null, summary: null });
});

it.each([
  [{}, ""],
  [{ id: "x" }, "/id"],
  [{ priority: "5" }, "/priority"],
  [{ queue: null }, "/queue"],
  [{ parameters: { rows: 0 } }, "/parameters/rows"],
  [{ run_at: "tomorrow" }, "/run_at"],
  [{ expires_in: "soon" }, "/expires_in"],
])("refuses %j at its field", async (body, pointer) => {
  const task = await server.submit();
  const answer = await patch(task.id, body);
  expectProblem(answer, 422, "validation_failed");
  expect(answer.body.errors[0].pointer).toBe(pointer);
  expect((await server.request("GET", `/api/tasks/${task.id}`)).body).toEqual(task);
});

it("answers 409 with the status once a task has started, and 404 for one that is unknown", async () => {
  const fresh = await startServer();
  try {
    const { id } = await fresh.submit();
    const held = await fresh.claim();
    const edit = () => fresh.request("PATCH", `/api/tasks/${id}`, { body: { priority: 1 } });
    const running = await edit();
    expectProblem(running, 409, "task_not_editable");
    expect(running.body).toMatchObject({
      status_now: "RUNNING",
      detail: expect.stringContaining("cancel it"),
    });
    await fresh.settle({ ...held, to: "SUCCESS" });
    const finished = await edit();
    expectProblem(finished, 409, "task_not_editable");
    expect(finished.body).toMatchObject({ status_now: "SUCCESS" });
  } finally {
    await fresh[Symbol.asyncDispose]();
  }
  expectProblem(await patch(newId(), { priority: 1 }), 404, "task_not_found");
  expectProblem(await patch("x", { priority: 1 }), 404, "task_not_found");
});

it("sends an event with what has changed", async () => {
  const { id } = await server.submit({ task_type: "sample", summary: "old", expires_in: "1h" });
  const stream = await fetch(`${server.url}/api/events?task_id=${id}`);
  await patch(id, { queue: "reports", priority: 3, tags: ["x"], summary: null, expires_in: null });
  const decoder = new TextDecoder();
  let heard = "";
  for await (const chunk of stream.body ?? []) {
    heard += decoder.decode(chunk);
    if (heard.includes("task.edited")) break;
  }
  const data = heard.split("\n").find((line) => line.includes("task.edited"));
  expect(JSON.parse(data?.replace("data: ", "") ?? "")).toMatchObject({
    type: "task.edited",
    task: {
      ...{ id, queue: "reports", priority: 3, tags: ["x"], status: "PENDING", waiting_for: "worker" },
      ...{ summary: null, expires_at: null, run_at: null },
    },
  });
});
