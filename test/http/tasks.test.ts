// Submit, get, list, cancel, retry and wait over a real socket.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
      waiting_for: "worker",
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

describe("get", () => {
  it("answers 404 for an id that is none, and one that nobody has", async () => {
    for (const id of ["nonsense", "%00", newId()]) {
      expectProblem(await server.request("GET", `/api/tasks/${id}`), 404, "task_not_found");
    }
  });
});
