// The hand-joined text of a task is, to the letter, what the schema's serialiser makes of it.
import fc from "fast-check";
import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, it } from "vitest";
import { taskText } from "../../src/http/task-text.js";
import { taskView } from "../../src/http/task-view.js";
import { TaskReply, TaskSchema } from "../../src/http/wire.js";
import { CANCEL_REASONS, STATUSES, WAITING_FOR } from "../../src/model/status.js";
import type { Task } from "../../src/model/task.js";

let app: FastifyInstance;
let asked: Task;
beforeAll(() => {
  app = Fastify();
  app.addSchema(TaskSchema);
  app.get("/", { schema: { response: { 200: TaskReply } } }, () => taskView(asked));
});
afterAll(() => app.close());

const id = fc.uuid({ version: 7 });
const words = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom('"', "\\", "\n\u0001", "\u2028", "🙂"),
);
const instant = fc.integer({ min: 0, max: 4_102_444_800_000 });
const json = fc.oneof(
  fc.jsonValue().map((value) => JSON.stringify(value)),
  fc.constantFrom("-1.5e-7", "0.1", "[]", "{}", "1e+21"),
);
// Without quotation marks in names: the serializer that this is compared with writes those wrongly.
const jsonObject = fc
  .dictionary(
    words.filter((name) => !name.includes('"')),
    fc.jsonValue(),
    { noNullPrototype: true },
  )
  .map((value) => JSON.stringify(value));

const task: fc.Arbitrary<Task> = fc.record(
  {
    id,
    taskType: words,
    queue: words,
    priority: fc.integer({ min: -100, max: 100 }),
    status: fc.constantFrom(...STATUSES),
    progress: fc.double({ min: 0, max: 100, noNaN: true }),
    stages: fc.array(fc.record({ name: words, startedAt: instant }), { maxLength: 3 }),
    tags: fc.array(words, { maxLength: 3 }),
    attempt: fc.nat(100),
    maxAttempts: fc.nat(100),
    crashes: fc.nat(3),
    timeout: fc.nat(1_000_000),
    createdAt: instant,
    waitingFor: fc.constantFrom(...WAITING_FOR),
    runAt: instant,
    parameters: jsonObject,
    resultData: json,
    progressMessage: words,
    summary: words,
    error: fc.record(
      { name: words, message: words, stack: words, fingerprint: words },
      { requiredKeys: ["name", "message"] },
    ),
    worker: words,
    startedAt: instant,
    completedAt: instant,
    cancelRequestedAt: instant,
    reason: fc.constantFrom(...CANCEL_REASONS),
    expiresIn: fc.nat(86_400_000),
    retryOf: id,
    retriedBy: id,
  },
  {
    requiredKeys: [
      "id",
      "taskType",
      "queue",
      "priority",
      "status",
      "progress",
      "stages",
      "tags",
      "attempt",
      "maxAttempts",
      "crashes",
      "timeout",
      "createdAt",
    ],
  },
);

it("writes every task as the schema does", async () => {
  await fc.assert(
    fc.asyncProperty(task, async (made) => {
      asked = made;
      const { body } = await app.inject("/");
      expect(taskText(made)).toBe(body);
    }),
    { numRuns: 500 },
  );
});
