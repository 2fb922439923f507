// What all built-in types have in common, and email_simulation.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Aborted } from "../../src/index.js";
import { jsonSchemaOf } from "../../src/task/json-schema.js";
import { emailSimulation } from "../../src/tasks/email-simulation.js";
import { builtInTasks } from "../../src/tasks/index.js";
import { pace } from "../../src/tasks/pace.js";
import { type Bench, createBench, type RecordedContext } from "../support/task-context.js";

let bench: Bench;

beforeEach(async () => {
  vi.stubEnv("TASKWRIGHT_PACE", "0");
  bench = await createBench();
});

afterEach(async () => {
  await bench.close();
  vi.unstubAllEnvs();
});

test("the types are the three of the specification, and email for real", () => {
  expect(builtInTasks.map(({ name }) => name)).toEqual([
    "data_processing",
    "email",
    "email_simulation",
    "image_processing",
  ]);
});

describe.each(builtInTasks.map((type) => [type.name, type] as const))("%s", (_name, type) => {
  test("describes itself, and each of its parameters, for form and API docs", () => {
    expect(type.description).toMatch(/\.$/);
    const schema = jsonSchemaOf(type.input, "input");
    expect(schema?.additionalProperties).toBe(false);
    for (const [name, property] of Object.entries(Object(schema?.properties))) {
      expect([name, property]).toEqual([name, expect.objectContaining({ title: expect.any(String) })]);
    }
    expect(type.output && jsonSchemaOf(type.output, "output")).toMatchObject({ type: "object" });
  });

  test("has examples that fit and have a summary", async () => {
    expect(type.examples.length).toBeGreaterThan(0);
    for (const { parameters } of type.examples) {
      const checked = await type.input["~standard"].validate(parameters);
      expect(checked.issues).toBeUndefined();
      if (checked.issues) continue;
      const summary = type.summary?.(checked.value, []) ?? "";
      expect(summary.length).toBeGreaterThan(5);
      expect(summary.length).toBeLessThanOrEqual(200);
    }
  });
});

describe("email_simulation", () => {
  async function run(parameters: object, context: RecordedContext = bench.context()): Promise<unknown> {
    const checked = await emailSimulation.input["~standard"].validate(parameters);
    if (checked.issues) throw new Error(JSON.stringify(checked.issues));
    return emailSimulation.run(checked.value, context);
  }

  test("counts successes and failures", async () => {
    expect(await run({})).toEqual({
      success_count: 5,
      failure_count: 0,
      sent: 5,
      failed: 0,
      simulated: true,
    });
    expect(await run({ recipient_count: 10, failure_rate: 0.3 })).toMatchObject({ sent: 7, failed: 3 });
    expect(await run({ count: 4, failure_rate: 1 })).toMatchObject({ sent: 0, failed: 4 });
    expect(await run({ count: 100, failure_rate: 0.29 })).toMatchObject({ sent: 71, failed: 29 });
  });

  test("reports each recipient", async () => {
    const context = bench.context();
    await run({ count: 4, failure_rate: 0.5 }, context);
    expect(context.updates.map(({ done, total, message }) => [done, total, message])).toEqual([
      [1, 4, "1 e-mail sent"],
      [2, 4, "1 e-mail sent, 1 failed"],
      [3, 4, "2 e-mails sent, 1 failed"],
      [4, 4, "2 e-mails sent, 2 failed"],
    ]);
  });

  test("takes either name for the count, not two counts", async () => {
    await expect(run({ recipient_count: 3, count: 3 })).resolves.toMatchObject({ sent: 3 });
    await expect(run({ recipient_count: 3, count: 4 })).rejects.toThrow("must equal recipient_count");
    await expect(run({ count: 10_001 })).rejects.toThrow();
  });

  test("stops its wait on a cancel", async () => {
    vi.stubEnv("TASKWRIGHT_PACE", "60");
    const controller = new AbortController();
    const stopped = expect(run({}, bench.context({ signal: controller.signal }))).rejects.toThrow(Aborted);
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Aborted("cancel", "cancelled"));
    // Without the cancel it would wait for an hour.
    await stopped;
  });
});

test("the pace is a number from 0 up, 1 where it is not set", () => {
  expect(pace({})).toBe(1);
  expect(pace({ TASKWRIGHT_PACE: " " })).toBe(1);
  expect(pace({ TASKWRIGHT_PACE: "0.5" })).toBe(0.5);
  expect(() => pace({ TASKWRIGHT_PACE: "-1" })).toThrow("TASKWRIGHT_PACE must be a number of at least 0");
  expect(() => pace({ TASKWRIGHT_PACE: "fast" })).toThrow(RangeError);
});
