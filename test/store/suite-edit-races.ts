// Every race of an edit with what else moves a task: both sides run at once, and tell one story.
import { expect } from "vitest";
import type { TaskPatch } from "../../src/model/task.js";
import { type Bench, EVERYTHING, ending, first, WORKER, workerState } from "./fixture.js";
import type { Case } from "./suite.js";

export const EDITED = { outcome: "edited" };

/** Tasks by status, over all lanes. */
async function counted({ store }: Bench, status: "PENDING" | "RUNNING" | "CANCELLED"): Promise<number> {
  return (await store.totals()).reduce((sum, { counts }) => sum + counts[status], 0);
}

export function editRaces(check: Case): void {
  check("edit against claim: what runs is what the edit made, or the edit is refused", async (bench) => {
    const { insert, store } = bench;
    await store.beat(workerState(WORKER));
    for (let round = 0; round < 20; round++) {
      const [id = ""] = await insert({});
      const parameters = `{"round":${round}}`;
      const queue = round % 3 === 0 ? "post" : "default";
      const edit = () => store.edit(id, { parameters, priority: round % 4, queue });
      const claim = () => store.turn({ worker: WORKER, outcomes: [], claim: EVERYTHING });
      const [answer, turn] =
        round % 2 === 0
          ? await Promise.all([edit(), claim()])
          : await Promise.all([claim(), edit()]).then(([claimed, edited]) => [edited, claimed] as const);
      // The claim may have stepped over the task while it was edited.
      const claimed = turn.claimed.length > 0 ? turn.claimed : (await claim()).claimed;
      expect(claimed.map((task) => task.id)).toEqual([id]);
      if (answer.outcome === "edited") expect(first(claimed)).toMatchObject({ parameters, queue });
      else {
        expect(answer).toEqual({ outcome: "started", status: "RUNNING" });
        expect(first(claimed)).toMatchObject({ parameters: '{"x":1}', queue: "default" });
      }
      await bench.settle(ending("SUCCESS", first(claimed)));
    }
    expect(await counted(bench, "PENDING")).toBe(0);
    expect(await counted(bench, "RUNNING")).toBe(0);
  });

  check("many edits against many claims: no task runs twice or with what an edit replaced", async (bench) => {
    const { insert, store } = bench;
    const ids = await insert(...Array.from({ length: 40 }, () => ({})));
    const workers = ["w1", "w2", "w3"];
    await Promise.all(workers.map((worker) => store.beat(workerState(worker))));
    const edits = ids.map((id, n) =>
      store.edit(id, { parameters: `{"n":${n}}`, priority: n % 5, queue: n % 2 ? "post" : "default" }),
    );
    const claims = Array.from({ length: 12 }, (_, n) =>
      store.turn({ worker: workers[n % 3] ?? "", outcomes: [], claim: { ...EVERYTHING, limit: 3 } }),
    );
    const [answers, turns] = await Promise.all([Promise.all(edits), Promise.all(claims)]);
    const rest = await bench.claim({}, "w1");
    const claimed = [...turns.flatMap((turn) => turn.claimed), ...rest];
    expect(claimed.map((task) => task.id).sort()).toEqual([...ids].sort());
    for (const task of claimed) {
      const n = ids.indexOf(task.id);
      const isEdited = answers[n]?.outcome === "edited";
      expect([n, task.parameters]).toEqual([n, isEdited ? `{"n":${n}}` : '{"x":1}']);
    }
    expect(await counted(bench, "PENDING")).toBe(0);
    expect(await counted(bench, "RUNNING")).toBe(40);
  });

  check("edit against cancel: the task ends once, and counts where it was", async (bench) => {
    const { insert, store, get } = bench;
    for (let round = 0; round < 12; round++) {
      const [id = ""] = await insert(round % 2 ? {} : { start: { in: 5_000 } });
      const patch: TaskPatch = { queue: "post", priority: 3, start: round % 3 ? "now" : { in: 100 } };
      const [edited, [cancelled]] = await Promise.all([store.edit(id, patch), store.cancel([id])]);
      expect(cancelled).toEqual({ outcome: "cancelled" });
      const task = await get(id);
      expect(task.status).toBe("CANCELLED");
      if (edited.outcome === "edited") expect(task).toMatchObject({ queue: "post", priority: 3 });
      else {
        expect(edited).toEqual({ outcome: "started", status: "CANCELLED" });
        expect(task).toMatchObject({ queue: "default", priority: 0 });
      }
    }
    expect(await counted(bench, "PENDING")).toBe(0);
    expect(await counted(bench, "CANCELLED")).toBe(12);
    expect(await bench.claim()).toEqual([]);
  });

  check("edit against promote: the task is ready once", async (bench) => {
    const { insert, store, clock, claim } = bench;
    for (let round = 0; round < 10; round++) {
      const [id = ""] = await insert({ start: { in: 10 } });
      await clock.advance(10);
      const [answer] = await Promise.all([
        store.edit(id, { parameters: `{"round":${round}}`, priority: round % 2 }),
        store.promote(10),
        store.promote(10),
      ]);
      expect(answer).toEqual(EDITED);
      await store.promote(10);
      const claimed = await claim();
      expect(claimed.map((task) => [task.id, task.parameters])).toEqual([[id, `{"round":${round}}`]]);
      expect(await claim()).toEqual([]);
      await bench.settle(ending("SUCCESS", first(claimed)));
    }
  });

  check("a task put off while it is promoted starts at once or in time, never twice", async (bench) => {
    const { insert, store, clock, claim } = bench;
    for (let round = 0; round < 10; round++) {
      const [id = ""] = await insert({ start: { in: 10 } });
      await clock.advance(10);
      const [answer] = await Promise.all([store.edit(id, { start: { in: 50 } }), store.promote(10)]);
      expect(answer).toEqual(EDITED);
      expect(await claim()).toEqual([]);
      await clock.advance(50);
      await store.promote(10);
      const claimed = await claim();
      expect(claimed.map((task) => task.id)).toEqual([id]);
      await bench.settle(ending("SUCCESS", first(claimed)));
    }
  });

  check("edit against expiry: the task expires, or waits under its new deadline", async (bench) => {
    const { insert, store, clock, get, claim } = bench;
    for (let round = 0; round < 12; round++) {
      const [id = ""] = await insert({ expiresIn: 10 });
      await clock.advance(10);
      const edit = () => store.edit(id, { expiresIn: null, options: { expiresIn: null } });
      const expire = () => (round % 3 === 2 ? claim() : store.promote(10));
      const [answer] =
        round % 2 === 0
          ? await Promise.all([edit(), expire()])
          : await Promise.all([expire(), edit()]).then(([, edited]) => [edited] as const);
      if (answer.outcome === "edited") {
        await store.promote(10);
        const held = [...(await claim()), ...(await store.get([id])).flatMap((task) => task ?? [])];
        expect(first(held).id).toBe(id);
        expect(["PENDING", "RUNNING"]).toContain((await get(id)).status);
      } else {
        expect(answer).toEqual({ outcome: "started", status: "CANCELLED" });
        expect((await get(id)).reason).toBe("expired");
      }
    }
  });

  check("two edits at once: both are applied, one after the other", async (bench) => {
    const { insert, store, get } = bench;
    for (let round = 0; round < 10; round++) {
      const [id = ""] = await insert({ retry: { base: 1 }, start: round % 2 ? "now" : { in: 1_000 } });
      const answers = await Promise.all([
        store.edit(id, { options: { tags: ["a"] }, priority: 5 }),
        store.edit(id, { options: { summary: "new" }, queue: "post" }),
        store.edit(id, { parameters: '{"third":1}', maxAttempts: 9 }),
      ]);
      expect(answers).toEqual([EDITED, EDITED, EDITED]);
      expect(await get(id)).toMatchObject({
        tags: ["a"],
        summary: "new",
        retry: { base: 1 },
        priority: 5,
        queue: "post",
        parameters: '{"third":1}',
        maxAttempts: 9,
      });
      await store.cancel([id]);
    }
    expect(await store.totals()).toMatchObject([{ queue: "post", counts: { PENDING: 0, CANCELLED: 10 } }]);
  });

  check("two edits of one field at once: one of them stands", async ({ insert, store, get, claim }) => {
    const [id = ""] = await insert({});
    await Promise.all([1, 2, 3, 4].map((n) => store.edit(id, { queue: `q${n}`, priority: n })));
    const { queue, priority } = await get(id);
    expect(queue).toBe(`q${priority}`);
    expect((await claim()).map((task) => [task.id, task.queue])).toEqual([[id, queue]]);
  });

  check("a file that expires while an edit names it: used or missing, never both", async (bench) => {
    const [id = ""] = await bench.insert({});
    for (let round = 0; round < 6; round++) {
      const file = await bench.upload();
      await bench.clock.advance(10);
      const patch = { parameters: `{"round":${round}}`, files: [file.id] };
      const [answer] = await Promise.all([bench.store.edit(id, patch), bench.store.expireFiles(5, 10)]);
      const [kept] = await bench.store.files([file.id]);
      expect(answer.outcome).toBe(kept ? "edited" : "missing_file");
    }
  });
}
