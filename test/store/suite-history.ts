// Conformance of the parts of a task: attempts, log lines, artifacts.
import { expect } from "vitest";
import { LIMITS } from "../../src/model/limits.js";
import type { LogLine, NewArtifact } from "../../src/model/task.js";
import { BOOM, ending, first, retryIn, WORKER } from "./fixture.js";
import type { Case } from "./suite.js";

export function historyTests(check: Case): void {
  attemptTests(check);
  logTests(check);
  artifactTests(check);
}

function attemptTests(check: Case): void {
  check("a task that succeeds at once leaves no attempt", async ({ finish, store, id }) => {
    const held = await finish("SUCCESS");
    expect(await store.attempts(held.id)).toEqual([]);
    expect(await store.attempts(id())).toEqual([]);
  });

  check("an attempt that fails or is cancelled is kept", async ({ run, store, settle, clock }) => {
    for (const status of ["FAILED", "CANCELLED"] as const) {
      const held = await run();
      const stages = [{ name: "read", startedAt: clock.now() }];
      await clock.advance(40);
      await settle({ ...held, to: status, error: BOOM, report: { stages } });
      expect(await store.attempts(held.id)).toEqual([
        {
          attempt: 1,
          worker: WORKER,
          startedAt: held.startedAt,
          endedAt: clock.now(),
          outcome: status,
          error: BOOM,
          stages,
        },
      ]);
    }
  });

  check("each try of a task that needed several is kept, oldest first", async (bench) => {
    const { store, run, settle, claim, clock } = bench;
    const held = await run();
    await clock.advance(10);
    await settle(retryIn(0, held));
    await settle(ending("SUCCESS", first(await claim())));
    expect(await store.attempts(held.id)).toMatchObject([
      { attempt: 1, outcome: "retry", error: BOOM, startedAt: held.startedAt, endedAt: clock.now() },
      { attempt: 2, outcome: "SUCCESS", startedAt: clock.now(), endedAt: clock.now() },
    ]);
  });

  check("a hand-back that is refunded leaves no attempt", async ({ run, store, settle, claim }) => {
    const held = await run();
    await settle({ ...held, to: "PENDING", in: 0, refund: true });
    await settle(ending("SUCCESS", first(await claim())));
    expect(await store.attempts(held.id)).toEqual([]);
  });

  check("a hand-back that counts is kept as released", async ({ run, store, settle, claim }) => {
    const held = await run();
    await settle({ ...held, to: "PENDING", in: 0 });
    await settle(ending("SUCCESS", first(await claim())));
    expect(await store.attempts(held.id)).toMatchObject([
      { attempt: 1, outcome: "released" },
      { attempt: 2, outcome: "SUCCESS" },
    ]);
  });

  check(
    "attempt numbers that come again don't overwrite each other",
    async ({ run, store, settle, claim }) => {
      const held = await run();
      await settle({ ...retryIn(0, held), refund: true });
      await settle({ ...retryIn(0, first(await claim())), refund: true });
      await settle(ending("FAILED", first(await claim())));
      expect(await store.attempts(held.id)).toMatchObject([
        { attempt: 1, outcome: "retry" },
        { attempt: 1, outcome: "retry" },
        { attempt: 1, outcome: "FAILED" },
      ]);
    },
  );

  check("a success at the first attempt is kept where others were before it", async (bench) => {
    const held = await bench.run();
    await bench.settle({ ...retryIn(0, held), refund: true });
    await bench.settle(ending("SUCCESS", first(await bench.claim())));
    expect(await bench.store.attempts(held.id)).toMatchObject([
      { attempt: 1, outcome: "retry" },
      { attempt: 1, outcome: "SUCCESS" },
    ]);
  });

  check("cancelling a pending task is no attempt", async ({ insert, store }) => {
    const [id = ""] = await insert({});
    await store.cancel([id]);
    expect(await store.attempts(id)).toEqual([]);
  });

  check("a retry that a cancel turned into the end is kept as CANCELLED", async (bench) => {
    const held = await bench.run();
    await bench.store.cancel([held.id]);
    await bench.settle(retryIn(5_000, held));
    expect(await bench.store.attempts(held.id)).toMatchObject([{ outcome: "CANCELLED", error: BOOM }]);
  });
}

function line(message: string, more: Partial<LogLine> = {}): LogLine {
  return { at: 1_000, level: "info", message, ...more };
}

function logTests(check: Case): void {
  check("lines are numbered over all attempts", async ({ run, store, settle, claim }) => {
    const held = await run();
    await store.sync([{ ...held, report: { logs: [line("a"), line("b", { fields: '{"n":1}' })] } }]);
    await settle({ ...retryIn(0, held), report: { logs: [line("c", { level: "error" })] } });
    await store.sync([{ ...first(await claim()), report: { logs: [line("d", { level: "warn" })] } }]);
    expect(await store.logs(held.id, { after: 0, limit: 10 })).toEqual({
      more: false,
      lines: [
        { seq: 1, attempt: 1, at: 1_000, level: "info", message: "a" },
        { seq: 2, attempt: 1, at: 1_000, level: "info", message: "b", fields: '{"n":1}' },
        { seq: 3, attempt: 1, at: 1_000, level: "error", message: "c" },
        { seq: 4, attempt: 2, at: 1_000, level: "warn", message: "d" },
      ],
    });
  });

  check("log pages start after a line, and say whether there is more", async ({ run, store }) => {
    const held = await run();
    await store.sync([{ ...held, report: { logs: [line("a"), line("b"), line("c")] } }]);
    const pageAfter = async (after: number) => {
      const { lines, more } = await store.logs(held.id, { after, limit: 2 });
      return [lines.map(({ seq }) => seq), more];
    };
    expect(await pageAfter(0)).toEqual([[1, 2], true]);
    expect(await pageAfter(1)).toEqual([[2, 3], false]);
    expect(await pageAfter(3)).toEqual([[], false]);
  });

  check("a task without lines has an empty log", async ({ run, store, id }) => {
    const held = await run();
    expect(await store.logs(held.id, { after: 0, limit: 5 })).toEqual({ lines: [], more: false });
    expect(await store.logs(id(), { after: 0, limit: 5 })).toEqual({ lines: [], more: false });
  });

  check("over the bound one warning follows, and the rest is dropped", async ({ run, store, settle }) => {
    const held = await run();
    const many = Array.from({ length: LIMITS.logLines - 1 }, () => line("x"));
    await store.sync([{ ...held, report: { logs: many } }]);
    await store.sync([{ ...held, report: { logs: [line("last"), line("over"), line("over")] } }]);
    await settle({ ...ending("SUCCESS", held), report: { logs: [line("over")] } });
    const { lines, more } = await store.logs(held.id, { after: LIMITS.logLines - 1, limit: 10 });
    expect(more).toBe(false);
    expect(lines).toMatchObject([
      { seq: LIMITS.logLines, message: "last" },
      { seq: LIMITS.logLines + 1, level: "warn", attempt: 1 },
    ]);
    expect(lines[1]?.message).toContain(String(LIMITS.logLines));
  });
}

function artifactTests(check: Case): void {
  const artifactOf = (id: string, name: string): NewArtifact => ({
    id,
    name,
    mediaType: "text/csv",
    sizeBytes: 9,
    sha256: "cd".repeat(32),
  });

  check("artifacts are listed oldest first, and found by id", async ({ run, store, settle, id, clock }) => {
    const held = await run();
    const [a, b] = [artifactOf(id(), "a.csv"), artifactOf(id(), "b.csv")];
    const stored = { taskId: held.id, attempt: 1, createdAt: clock.now() };
    await store.sync([{ ...held, report: { artifacts: [a] } }]);
    await settle({ ...ending("SUCCESS", held), report: { artifacts: [b] } });
    expect(await store.artifacts(held.id)).toEqual([
      { ...a, ...stored },
      { ...b, ...stored },
    ]);
    expect(await store.artifact(b.id)).toEqual({ ...b, ...stored });
    expect(await store.artifact(id())).toBeUndefined();
    expect(await store.artifacts(id())).toEqual([]);
  });

  check("an artifact that is reported twice is kept once", async ({ run, store, id }) => {
    const held = await run();
    const report = { artifacts: [artifactOf(id(), "a.csv")] };
    expect(await store.sync([{ ...held, report }])).toEqual(["held"]);
    expect(await store.sync([{ ...held, report }])).toEqual(["held"]);
    expect((await store.artifacts(held.id)).length).toBe(1);
  });

  check("what earlier attempts made stays with its attempt", async ({ run, store, settle, claim, id }) => {
    const held = await run();
    await settle({ ...retryIn(0, held), report: { artifacts: [artifactOf(id(), "one")] } });
    const again = first(await claim());
    await store.sync([{ ...again, report: { artifacts: [artifactOf(id(), "two")] } }]);
    expect(await store.artifacts(held.id)).toMatchObject([
      { name: "one", attempt: 1 },
      { name: "two", attempt: 2 },
    ]);
  });
}
