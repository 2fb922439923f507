// Conformance of what callers do: insert with its answers, get, cancel.
import { expect } from "vitest";
import { BOOM, ending, first, retryIn, WORKER } from "./fixture.js";
import type { Case } from "./suite.js";

export function taskTests(check: Case): void {
  insertTests(check);
  replayTests(check);
  retryTests(check);
  getTests(check);
  cancelTests(check);
}

function insertTests(check: Case): void {
  check("a task is stored as it was submitted", async ({ task, store, get, clock }) => {
    const submitted = task({
      queue: "press",
      priority: -7,
      parameters: '{"text":"Grüße, 世界 🌍"}',
      tags: ["b", "a"],
      summary: "one line",
      maxAttempts: 9,
      timeout: 1_234,
    });
    expect(await store.insert([submitted])).toEqual([
      { outcome: "created", id: submitted.id, createdAt: clock.now() },
    ]);
    expect(await get(submitted.id)).toEqual({
      id: submitted.id,
      taskType: "work",
      queue: "press",
      priority: -7,
      status: "PENDING",
      waitingFor: "worker",
      parameters: '{"text":"Grüße, 世界 🌍"}',
      tags: ["b", "a"],
      summary: "one line",
      maxAttempts: 9,
      timeout: 1_234,
      progress: 0,
      stages: [],
      attempt: 0,
      crashes: 0,
      createdAt: clock.now(),
    });
  });

  check("a task for later waits for its time", async ({ insert, get, clock }) => {
    const now = clock.now();
    const [delayed, dated] = await insert({ start: { in: 2_000 } }, { start: { at: now + 9_000 } });
    expect(await get(delayed ?? "")).toMatchObject({ waitingFor: "time", runAt: now + 2_000 });
    expect(await get(dated ?? "")).toMatchObject({ waitingFor: "time", runAt: now + 9_000 });
  });

  check("a start that has passed means at once", async ({ insert, claim, clock }) => {
    const ids = await insert({ start: { in: 0 } }, { start: { at: clock.now() } }, { start: { at: 1_000 } });
    expect((await claim()).map((task) => task.id)).toEqual(ids);
  });

  check("runAt stays as submitted once the time has come", async ({ insert, store, get, clock }) => {
    const runAt = clock.now() + 500;
    const [id] = await insert({ start: { in: 500 } });
    await clock.advance(700);
    await store.promote(10);
    expect(await get(id ?? "")).toMatchObject({ waitingFor: "worker", runAt });
  });

  check("what is refused in a batch leaves the rest as it is", async ({ task, store, get, id }) => {
    const fileId = id();
    const good = task();
    const answers = await store.insert([task({ files: [fileId] }), good]);
    expect(answers).toMatchObject([{ outcome: "missing_file", fileId }, { outcome: "created" }]);
    expect((await get(good.id)).status).toBe("PENDING");
    expect(await store.get([answers[0]?.id ?? ""])).toEqual([undefined]);
  });

  check("one refused task keeps all of an atomic batch from being stored", async (bench) => {
    const { task, store, claim, upload, id } = bench;
    const [stored] = await store.insert([task({ replay: { key: "k", digest: "d" } })]);
    const before = await store.totals();
    const same = task({ replay: { key: "k", digest: "d" } });
    const plain = task({ queue: "fresh", start: { in: 1_000 } });
    const file = await upload();
    const refusals = [
      task({ replay: { key: "k", digest: "other" } }),
      task({ files: [id()] }),
      { ...task(), id: stored?.id ?? "", parameters: '{"other":1}' },
    ];
    for (const refused of refusals) {
      const batch = [task({ files: [file.id], replay: { key: "new", digest: "d" } }), refused, same, plain];
      const answers = await store.insert(batch, { atomic: true });
      expect(answers).toMatchObject([
        { outcome: "withheld", id: batch[0]?.id },
        { outcome: refused.files ? "missing_file" : "conflict" },
        { outcome: "replayed", id: stored?.id },
        { outcome: "withheld", id: plain.id },
      ]);
      expect(await store.get([batch[0]?.id ?? "", plain.id])).toEqual([undefined, undefined]);
    }
    expect(await store.totals()).toEqual(before);
    expect((await store.queues({ limit: 100 })).map(({ name }) => name)).not.toContain("fresh");
    // What was withheld left no key behind, and can be stored later.
    const again = [task({ files: [file.id], replay: { key: "new", digest: "e" } }), same, plain];
    expect(await store.insert(again, { atomic: true })).toMatchObject([
      { outcome: "created" },
      { outcome: "replayed" },
      { outcome: "created" },
    ]);
    expect((await claim()).map((one) => one.id)).toEqual([stored?.id, again[0]?.id]);
  });

  check("an atomic batch that repeats an id with another request stores nothing", async ({ task, store }) => {
    const one = task();
    const answers = await store.insert([one, { ...one, parameters: '{"other":1}' }], { atomic: true });
    expect(answers.map(({ outcome }) => outcome)).toEqual(["withheld", "conflict"]);
    expect(await store.get([one.id])).toEqual([undefined]);
  });

  check("a batch of a thousand keeps its order", async ({ task, store, claim }) => {
    const tasks = Array.from({ length: 1_000 }, () => task());
    const answers = await store.insert(tasks);
    expect(answers.map((answer) => answer.id)).toEqual(tasks.map((one) => one.id));
    expect((await claim({ limit: 1_000 })).map((one) => one.id)).toEqual(tasks.map((one) => one.id));
  });
}

function replayTests(check: Case): void {
  check("the same key with the same digest is replayed, under the id stored", async ({ task, store }) => {
    const replay = { key: "k", digest: "d" };
    const [created] = await store.insert([task({ replay })]);
    expect(await store.insert([task({ replay, parameters: "{}" })])).toEqual([
      { outcome: "replayed", id: created?.id },
    ]);
    expect((await store.list({}, { limit: 10, order: "newest" })).tasks.length).toBe(1);
  });

  check(
    "keys of a batch of the same kind are kept, and a batch that repeats one is told apart",
    async (bench) => {
      const { task, store, get } = bench;
      const keyed = (n: number) => task({ replay: { key: `k${n}`, digest: "d" } });
      await store.insert([keyed(0)]);
      const batch = [1, 2, 3].map(keyed);
      expect(await store.insert(batch)).toMatchObject(batch.map(({ id }) => ({ outcome: "created", id })));
      const again = [keyed(2), keyed(4)];
      expect(await store.insert(again)).toMatchObject([
        { outcome: "replayed", id: batch[1]?.id },
        { outcome: "created", id: again[1]?.id },
      ]);
      const twice = [keyed(5), keyed(5)];
      expect(await store.insert(twice)).toMatchObject([
        { outcome: "created", id: twice[0]?.id },
        { outcome: "replayed", id: twice[0]?.id },
      ]);
      expect((await get(twice[0]?.id ?? "")).status).toBe("PENDING");
      expect((await store.list({}, { limit: 10, order: "newest" })).total.value).toBe(6);
    },
  );

  check("the same key with another digest is a conflict", async ({ task, store }) => {
    const [created] = await store.insert([task({ replay: { key: "k", digest: "d" } })]);
    const other = task({ replay: { key: "k", digest: "e" } });
    expect(await store.insert([other])).toEqual([{ outcome: "conflict", id: created?.id }]);
    expect(await store.get([other.id])).toEqual([undefined]);
  });

  check("earlier positions of a batch count as stored for later ones", async ({ task, store }) => {
    const replay = { key: "k", digest: "d" };
    const one = task({ replay });
    const answers = await store.insert([
      one,
      task({ replay }),
      task({ replay: { key: "k", digest: "e" } }),
      one,
    ]);
    expect(answers.map((answer) => answer.outcome)).toEqual(["created", "replayed", "conflict", "replayed"]);
    expect(new Set(answers.map((answer) => answer.id))).toEqual(new Set([one.id]));
  });

  check("the same id with the same fields is replayed", async ({ task, store, settle, claim }) => {
    const one = task({ tags: ["x"], summary: "s", retry: { base: 5 } });
    await store.insert([one]);
    expect(await store.insert([one])).toEqual([{ outcome: "replayed", id: one.id }]);
    await settle(ending("SUCCESS", first(await claim())));
    expect(await store.insert([one])).toEqual([{ outcome: "replayed", id: one.id }]);
    expect(await claim()).toEqual([]);
  });

  check("the same id with any other field is a conflict", async ({ task, store, get }) => {
    const one = task();
    await store.insert([one]);
    const others = [
      { parameters: "{}" },
      { taskType: "mail" },
      { queue: "q" },
      { priority: 1 },
      { options: '{"tags":["t"]}' },
      { maxAttempts: 1 },
      { timeout: 1 },
    ];
    const answers = await store.insert(others.map((other) => ({ ...one, ...other })));
    expect(answers).toEqual(others.map(() => ({ outcome: "conflict", id: one.id })));
    expect((await get(one.id)).parameters).toBe(one.parameters);
  });

  check("a key is forgotten when its task is removed", async ({ finish, store, task }) => {
    const replay = { key: "k", digest: "d" };
    const held = await finish("SUCCESS", { replay });
    await store.remove([held.id]);
    expect(await store.insert([task({ replay: { key: "k", digest: "e" } })])).toMatchObject([
      { outcome: "created" },
    ]);
  });
}

function retryTests(check: Case): void {
  check("a retry is linked both ways", async ({ finish, insert, get }) => {
    const held = await finish("FAILED");
    const [retry] = await insert({ retryOf: held.id });
    expect((await get(held.id)).retriedBy).toBe(retry);
    expect((await get(retry ?? "")).retryOf).toBe(held.id);
  });

  check("a second retry needs `again`, and the newest one is shown", async (bench) => {
    const { finish, insert, get, store, task } = bench;
    const held = await finish("FAILED");
    const [retry] = await insert({ retryOf: held.id });
    expect(await store.insert([task({ retryOf: held.id })])).toEqual([
      { outcome: "already_retried", id: retry },
    ]);
    const [second] = await insert({ retryOf: held.id, again: true });
    expect((await get(held.id)).retriedBy).toBe(second);
    expect(await store.insert([task({ retryOf: held.id })])).toEqual([
      { outcome: "already_retried", id: second },
    ]);
  });

  check("a replay of a retry is a replay, not a second retry", async ({ finish, store, task }) => {
    const held = await finish("CANCELLED");
    const retry = task({ retryOf: held.id, replay: { key: "r", digest: "d" } });
    await store.insert([retry]);
    expect(await store.insert([retry])).toEqual([{ outcome: "replayed", id: retry.id }]);
  });

  check("a retry starts from the checkpoint only where it says so", async ({ run, settle }) => {
    const held = await run();
    await settle({ ...ending("FAILED", held), report: { checkpoint: '"half"' } });
    const afresh = await run({ retryOf: held.id });
    const onward = await run({ retryOf: held.id, again: true, keepCheckpoint: true });
    expect(afresh.checkpoint).toBeUndefined();
    expect(onward).toMatchObject({ checkpoint: '"half"', attempt: 1, crashes: 0 });
  });

  check("a task that succeeded leaves no checkpoint to a retry", async ({ run, settle }) => {
    const held = await run();
    await settle({ ...ending("SUCCESS", held), report: { checkpoint: '"all"' } });
    expect((await run({ retryOf: held.id, keepCheckpoint: true })).checkpoint).toBeUndefined();
  });
}

function getTests(check: Case): void {
  check("get answers by position, undefined where there is nothing", async ({ insert, store, id }) => {
    const [a, b] = await insert({}, {});
    const found = await store.get([b ?? "", id(), a ?? "", b ?? ""]);
    expect(found.map((task) => task?.id)).toEqual([b, undefined, a, b]);
  });

  check("get shows the whole stack", async ({ run, settle, get }) => {
    const held = await run();
    const error = { ...BOOM, stack: "x".repeat(10_000), fingerprint: "f" };
    await settle({ ...held, to: "FAILED", error });
    expect((await get(held.id)).error).toEqual(error);
  });
}

function cancelTests(check: Case): void {
  check("a pending task ends at once", async ({ insert, store, get, claim, clock }) => {
    const [ready, scheduled] = await insert({}, { start: { in: 100 } });
    const answer = await store.cancel([ready ?? "", scheduled ?? ""]);
    expect(answer).toEqual([{ outcome: "cancelled" }, { outcome: "cancelled" }]);
    for (const id of [ready, scheduled]) {
      const task = await get(id ?? "");
      expect(task).toMatchObject({ status: "CANCELLED", completedAt: clock.now(), progress: 0, attempt: 0 });
      expect(task.startedAt).toBeUndefined();
      expect(task.waitingFor).toBeUndefined();
    }
    await clock.advance(200);
    expect(await store.promote(10)).toEqual({ count: 0 });
    expect(await claim()).toEqual([]);
  });

  check("a task that waits for a retry ends at once, and keeps what it has been through", async (bench) => {
    const held = await bench.run();
    await bench.settle(retryIn(1_000, held));
    expect(await bench.store.cancel([held.id])).toEqual([{ outcome: "cancelled" }]);
    const { startedAt } = held;
    expect(await bench.get(held.id)).toMatchObject({ status: "CANCELLED", attempt: 1, startedAt });
  });

  check("a running task is flagged once", async ({ run, store, get, clock }) => {
    const held = await run();
    const requestedAt = clock.now();
    const answer = [{ outcome: "requested", requestedAt }];
    expect(await store.cancel([held.id])).toEqual(answer);
    await clock.advance(1_000);
    expect(await store.cancel([held.id])).toEqual(answer);
    expect(await get(held.id)).toMatchObject({
      status: "RUNNING",
      cancelRequestedAt: requestedAt,
      worker: WORKER,
    });
  });

  check(
    "finished and unknown tasks are answered, and nothing changes",
    async ({ finish, store, id, get }) => {
      const done = await finish("SUCCESS");
      const failed = await finish("FAILED");
      const before = await get(done.id);
      expect(await store.cancel([done.id, id(), failed.id])).toEqual([
        { outcome: "finished", status: "SUCCESS" },
        { outcome: "missing" },
        { outcome: "finished", status: "FAILED" },
      ]);
      expect(await get(done.id)).toEqual(before);
    },
  );

  check("a task named twice in one cancel is cancelled once", async ({ insert, store }) => {
    const [id = ""] = await insert({});
    expect(await store.cancel([id, id])).toEqual([
      { outcome: "cancelled" },
      { outcome: "finished", status: "CANCELLED" },
    ]);
  });

  check("a worker that stops for a cancel says CANCELLED", async ({ run, store, settle, get }) => {
    const held = await run();
    await store.cancel([held.id]);
    expect(await settle(ending("CANCELLED", held))).toEqual(["CANCELLED"]);
    expect(await get(held.id)).toMatchObject({ status: "CANCELLED", attempt: 1 });
  });

  check(
    "a cancelled task says why, and the first reason stands",
    async ({ insert, run, store, settle, get }) => {
      const [plain = "", skipped = ""] = await insert({ priority: -1 }, { priority: -1 });
      await store.cancel([plain]);
      await store.cancel([skipped], "skipped");
      expect((await get(plain)).reason).toBe("user");
      expect((await get(skipped)).reason).toBe("skipped");
      const held = await run();
      await store.cancel([held.id], "bulk");
      await store.cancel([held.id], "user");
      expect((await get(held.id)).reason).toBe("bulk");
      await settle(ending("CANCELLED", held));
      expect(await get(held.id)).toMatchObject({ status: "CANCELLED", reason: "bulk" });
      const listed = await store.list({ status: ["CANCELLED"] }, { limit: 10, order: "oldest" });
      expect(listed.tasks.map(({ reason }) => reason)).toEqual(["user", "skipped", "bulk"]);
    },
  );

  check("a task that ends otherwise has no reason", async ({ run, store, settle, get }) => {
    const held = await run();
    await store.cancel([held.id], "bulk");
    await settle(ending("SUCCESS", held));
    expect((await get(held.id)).reason).toBeUndefined();
    const unasked = await run();
    await settle(ending("CANCELLED", unasked));
    expect((await get(unasked.id)).reason).toBeUndefined();
  });

  check("a cancel between two attempts keeps its reason", async ({ run, store, settle, get }) => {
    const held = await run();
    await store.cancel([held.id], "superseded");
    expect(await settle(retryIn(1_000, held))).toEqual(["CANCELLED"]);
    expect((await get(held.id)).reason).toBe("superseded");
  });
}
