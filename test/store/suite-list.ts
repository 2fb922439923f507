// Conformance of lists: order, pages, filters, totals, cursors.
import { expect } from "vitest";
import { LIMITS } from "../../src/model/limits.js";
import type { Task } from "../../src/model/task.js";
import type { PageRequest, Store, TaskFilter } from "../../src/store/store.js";
import { type Bench, BOOM, ending, OTHER_WORKER, retryIn, WORKER } from "./fixture.js";
import type { Case } from "./suite.js";

/** All pages one after the other; throws where there is no end. */
export async function listAll(
  store: Store,
  filter: TaskFilter,
  page: PageRequest = { limit: 100, order: "newest" },
): Promise<readonly Task[]> {
  const tasks: Task[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < 1_000; pages++) {
    const answer = await store.list(filter, { ...page, cursor });
    tasks.push(...answer.tasks);
    if (answer.next === undefined) return tasks;
    cursor = answer.next;
  }
  throw new Error("the list has no end");
}

async function idsOf(bench: Bench, filter: TaskFilter): Promise<readonly string[]> {
  return (await listAll(bench.store, filter)).map((task) => task.id);
}

export function listTests(check: Case): void {
  laneTests(check);
  orderTests(check);
  filterTests(check);
  completionTests(check);
  aheadTests(check);
  shapeTests(check);
  totalTests(check);
  cursorTests(check);
}

/** Tasks in every place: ready, scheduled, waiting for a retry, running, and finished in each way. Oldest first. */
async function oneOfEach(bench: Bench) {
  const success = await bench.finish("SUCCESS");
  const failed = await bench.finish("FAILED");
  const cancelled = await bench.finish("CANCELLED");
  const retrying = await bench.run();
  await bench.settle(retryIn(1_000, retrying));
  const running = await bench.run();
  const [ready = "", scheduled = ""] = await bench.insert({ priority: 5 }, { start: { in: 50 } });
  return {
    success: success.id,
    failed: failed.id,
    cancelled: cancelled.id,
    retrying: retrying.id,
    running: running.id,
    ready,
    scheduled,
  };
}

function orderTests(check: Case): void {
  check("newest first goes by id, wherever the tasks lie", async (bench) => {
    const ids = Object.values(await oneOfEach(bench));
    const newest = (await listAll(bench.store, {})).map((task) => task.id);
    expect(newest).toEqual([...ids].reverse());
    const oldest = await listAll(bench.store, {}, { limit: 100, order: "oldest" });
    expect(oldest.map((task) => task.id)).toEqual(ids);
  });

  check("pages follow each other without gap or repetition", async (bench) => {
    const ids = Object.values(await oneOfEach(bench));
    for (const limit of [1, 2, 3, 7]) {
      for (const order of ["newest", "oldest"] as const) {
        const listed = (await listAll(bench.store, {}, { limit, order })).map((task) => task.id);
        expect(listed).toEqual(order === "newest" ? [...ids].reverse() : ids);
      }
    }
  });

  check("the last page says that it is the last", async ({ insert, store }) => {
    await insert({}, {});
    expect((await store.list({}, { limit: 2, order: "newest" })).next).toBeUndefined();
    expect((await store.list({}, { limit: 1, order: "newest" })).next).toEqual(expect.any(String));
    expect((await store.list({ queues: ["none"] }, { limit: 1, order: "newest" })).tasks).toEqual([]);
  });

  check("pages stay whole when tasks come and move in between", async ({ insert, store, claim }) => {
    const ids = await insert({}, {}, {}, {});
    const page = { limit: 2, order: "newest" } as const;
    const one = await store.list({}, page);
    await claim({ limit: 2 });
    await insert({});
    const two = await store.list({}, { ...page, cursor: one.next });
    expect([...one.tasks, ...two.tasks].map((task) => task.id)).toEqual([...ids].reverse());
  });

  check("pending tasks of many lanes and priorities are one list", async ({ insert, store }) => {
    const ids = await insert(
      ...Array.from({ length: 24 }, (_, index) => ({
        queue: `q${index % 3}`,
        taskType: index % 2 === 0 ? "work" : "mail",
        priority: (index * 7) % 5,
        start: index % 4 === 3 ? { in: 10_000 - index } : ("now" as const),
      })),
    );
    const filter: TaskFilter = { status: ["PENDING"] };
    expect((await listAll(store, filter, { limit: 5, order: "newest" })).map((task) => task.id)).toEqual(
      [...ids].reverse(),
    );
    expect((await listAll(store, filter, { limit: 5, order: "oldest" })).map((task) => task.id)).toEqual(ids);
  });
}

function completionTests(check: Case): void {
  const page = { limit: 100, order: "completed" } as const;
  const ended = async ({ store }: Bench, filter: TaskFilter, limit = 100) =>
    (await listAll(store, filter, { ...page, limit })).map((task) => task.id);

  check("in the order of completion, whenever the tasks were submitted", async (bench) => {
    const slow = await bench.run();
    const quick = await bench.finish("FAILED");
    await bench.finish("SUCCESS");
    await bench.clock.advance(10);
    const cancelled = await bench.finish("CANCELLED");
    await bench.clock.advance(10);
    await bench.settle(ending("FAILED", slow));
    for (const limit of [1, 2, 100]) {
      expect(await ended(bench, {}, limit)).toEqual([slow.id, cancelled.id, quick.id]);
    }
    expect(await ended(bench, { status: ["FAILED", "SUCCESS"] })).toEqual([slow.id, quick.id]);
    expect(await ended(bench, { status: ["SUCCESS", "PENDING"] })).toEqual([]);
    const now = bench.clock.now();
    expect(await ended(bench, { completedAfter: now - 10, completedBefore: now })).toEqual([cancelled.id]);
    const { total } = await bench.store.list({ status: ["FAILED", "SUCCESS"] }, page);
    expect(total).toEqual({ value: 2, relation: "exact" });
  });

  check("in the order of completion, many that ended at one moment follow by id", async (bench) => {
    const ids = await bench.insert(...Array.from({ length: 40 }, () => ({})));
    await bench.store.cancel(ids);
    await bench.clock.advance(1);
    const later = await bench.finish("FAILED");
    expect(await ended(bench, {}, 7)).toEqual([later.id, ...[...ids].reverse()]);
    expect(await ended(bench, {}, 500)).toEqual([later.id, ...[...ids].reverse()]);
  });

  check("in the order of completion, a page is followed by what ended before it", async (bench) => {
    const first = await bench.finish("FAILED");
    await bench.clock.advance(1);
    const second = await bench.finish("FAILED");
    const one = await bench.store.list({}, { ...page, limit: 1 });
    await bench.clock.advance(1);
    await bench.finish("FAILED");
    await bench.store.remove([second.id]);
    const two = await bench.store.list({}, { ...page, limit: 5, cursor: one.next });
    expect(two.tasks.map((task) => task.id)).toEqual([first.id]);
    const other = { ...page, order: "newest", cursor: one.next } as const;
    await expect(bench.store.list({}, other)).rejects.toMatchObject({ code: "invalid_cursor" });
  });
}

function filterTests(check: Case): void {
  check("by status: each, several, and an empty list means all", async (bench) => {
    const at = await oneOfEach(bench);
    expect(await idsOf(bench, { status: ["PENDING"] })).toEqual([at.scheduled, at.ready, at.retrying]);
    expect(await idsOf(bench, { status: ["RUNNING"] })).toEqual([at.running]);
    expect(await idsOf(bench, { status: ["SUCCESS"] })).toEqual([at.success]);
    expect(await idsOf(bench, { status: ["CANCELLED", "FAILED"] })).toEqual([at.cancelled, at.failed]);
    expect(await idsOf(bench, { status: ["SUCCESS", "RUNNING"] })).toEqual([at.running, at.success]);
    expect((await idsOf(bench, { status: [] })).length).toBe(7);
  });

  check("by task type and queue, alone and together with status", async (bench) => {
    const mail = await bench.finish("SUCCESS", { taskType: "mail", queue: "post" });
    const [work = "", other = ""] = await bench.insert({ queue: "post" }, { taskType: "mail" });
    expect(await idsOf(bench, { taskTypes: ["mail"] })).toEqual([other, mail.id]);
    expect(await idsOf(bench, { queues: ["post"] })).toEqual([work, mail.id]);
    expect(await idsOf(bench, { queues: ["post"], taskTypes: ["mail"] })).toEqual([mail.id]);
    expect(await idsOf(bench, { taskTypes: ["mail", "work"], status: ["PENDING"] })).toEqual([other, work]);
    expect(await idsOf(bench, { queues: ["default", "post"], status: ["SUCCESS"] })).toEqual([mail.id]);
    expect(await idsOf(bench, { taskTypes: ["none"] })).toEqual([]);
  });

  check("by tags: tasks that carry all of them", async (bench) => {
    const [both = "", one = ""] = await bench.insert({ tags: ["a", "b"] }, { tags: ["a"] }, { tags: ["ab"] });
    expect(await idsOf(bench, { tags: ["a"] })).toEqual([one, both]);
    expect(await idsOf(bench, { tags: ["b", "a"] })).toEqual([both]);
    expect(await idsOf(bench, { tags: ["c"] })).toEqual([]);
  });

  check("by tags, whichever way the tasks were stored, and wherever they are", async (bench) => {
    const { store, finish, insert, upload, id } = bench;
    const tags = ["a", "b", "a"];
    const { id: done } = await finish("SUCCESS", { tags });
    const file = await upload();
    const [plain = "", keyed = "", later = "", filed = "", retry = ""] = await insert(
      { tags },
      { tags, replay: { key: "k", digest: "d" } },
      { tags, start: { in: 1_000 } },
      { tags, files: [file.id] },
      { tags, retryOf: done },
    );
    await insert({ tags: ["a"] }, { tags: ["b"] }, {});
    const record = bench.task({ id: id(), tags });
    await store.commitRecords([{ tasks: [record] }]);
    const all = [record.id, retry, filed, later, keyed, plain, done];
    expect(await idsOf(bench, { tags: ["b", "a"] })).toEqual(all);
    const pages = { limit: 2, order: "oldest" } as const;
    const oldest = await listAll(store, { tags: ["a", "b"] }, pages);
    expect(oldest.map((task) => task.id)).toEqual([...all].reverse());
    expect(await idsOf(bench, { tags: ["a", "b"], status: ["SUCCESS"] })).toEqual([done]);
    expect(await idsOf(bench, { tags: ["a", "c"] })).toEqual([]);
  });

  check("by tags: an edit moves the task from its old tags to the new ones", async (bench) => {
    const [one = "", two = ""] = await bench.insert({ tags: ["old", "kept"] }, {});
    await bench.store.edit(one, { options: { tags: ["kept", "new", "new"] } });
    await bench.store.edit(two, { options: { tags: ["new"] } });
    await bench.store.edit(two, { priority: 5 });
    expect(await idsOf(bench, { tags: ["old"] })).toEqual([]);
    expect(await idsOf(bench, { tags: ["kept"] })).toEqual([one]);
    expect(await idsOf(bench, { tags: ["new"] })).toEqual([two, one]);
    await bench.store.edit(one, { options: { tags: null } });
    expect(await idsOf(bench, { tags: ["kept"] })).toEqual([]);
  });

  check("by tags: what was refused or repeated leaves no second trace", async (bench) => {
    const { store, task } = bench;
    const stored = task({ tags: ["a"], replay: { key: "k", digest: "d" } });
    const other = task({ tags: ["a"] });
    await store.insert([stored]);
    expect(await store.insert([stored])).toMatchObject([{ outcome: "replayed" }]);
    const refused = task({ tags: ["a"], replay: { key: "k", digest: "other" } });
    const answers = await store.insert([other, refused], { atomic: true });
    expect(answers.map(({ outcome }) => outcome)).toEqual(["withheld", "conflict"]);
    expect(await idsOf(bench, { tags: ["a"] })).toEqual([stored.id]);
  });

  check("without some types, queues or tags", async (bench) => {
    const [work = "", mail = "", post = "", tagged = ""] = await bench.insert(
      {},
      { taskType: "mail" },
      { queue: "post" },
      { tags: ["a", "b"] },
    );
    expect(await idsOf(bench, { notTaskTypes: ["mail", "none"] })).toEqual([tagged, post, work]);
    expect(await idsOf(bench, { notQueues: ["post"] })).toEqual([tagged, mail, work]);
    expect(await idsOf(bench, { notTags: ["b", "c"] })).toEqual([post, mail, work]);
    expect(await idsOf(bench, { tags: ["a"], notTags: ["b"] })).toEqual([]);
    expect(await idsOf(bench, { queues: ["default"], notTaskTypes: ["mail"], notTags: ["a"] })).toEqual([
      work,
    ]);
    const { total } = await bench.store.list({ notTaskTypes: ["mail"] }, { limit: 1, order: "newest" });
    expect(total).toEqual({ value: 3, relation: "exact" });
  });

  check("by what pending tasks wait for", async (bench) => {
    const at = await oneOfEach(bench);
    expect(await idsOf(bench, { waitingFor: ["worker"] })).toEqual([at.ready]);
    expect(await idsOf(bench, { waitingFor: ["time"] })).toEqual([at.scheduled]);
    expect(await idsOf(bench, { waitingFor: ["retry"] })).toEqual([at.retrying]);
    expect(await idsOf(bench, { waitingFor: ["retry", "worker"] })).toEqual([at.ready, at.retrying]);
    expect(await idsOf(bench, { waitingFor: ["time"], taskTypes: ["work"] })).toEqual([at.scheduled]);
    expect(await idsOf(bench, { waitingFor: ["time"], status: ["FAILED"] })).toEqual([]);
    expect(await idsOf(bench, { waitingFor: ["pause"] })).toEqual([]);
  });

  check("those that were retried, and those that were not", async (bench) => {
    const { id: retried } = await bench.finish("FAILED");
    const { id: left } = await bench.finish("FAILED");
    const [again = ""] = await bench.insert({ retryOf: retried });
    expect(await idsOf(bench, { status: ["FAILED"], retried: false })).toEqual([left]);
    expect(await idsOf(bench, { retried: true })).toEqual([retried]);
    expect(await idsOf(bench, { retried: false })).toEqual([again, left]);
  });

  check("by worker: what it runs and what it finished", async (bench) => {
    const finished = await bench.finish("FAILED");
    const running = await bench.run();
    await bench.insert({});
    await bench.claim({}, OTHER_WORKER);
    expect(await idsOf(bench, { worker: WORKER })).toEqual([running.id, finished.id]);
  });

  check("by time of creation and completion", async (bench) => {
    const start = bench.clock.now();
    const early = await bench.finish("SUCCESS");
    await bench.clock.advance(60_000);
    const late = await bench.finish("SUCCESS");
    const [open = ""] = await bench.insert({});
    const middle = start + 30_000;
    expect(await idsOf(bench, { createdAfter: middle })).toEqual([open, late.id]);
    expect(await idsOf(bench, { createdBefore: middle })).toEqual([early.id]);
    expect(await idsOf(bench, { completedAfter: middle })).toEqual([late.id]);
    expect(await idsOf(bench, { completedBefore: middle })).toEqual([early.id]);
    expect(await idsOf(bench, { completedBefore: start + 90_000 })).toEqual([late.id, early.id]);
  });

  check("a range of time includes its beginning and not its end", async (bench) => {
    const { id, createdAt } = await bench.finish("SUCCESS");
    expect(await idsOf(bench, { createdAfter: createdAt, completedAfter: createdAt })).toEqual([id]);
    expect(await idsOf(bench, { createdBefore: createdAt })).toEqual([]);
    expect(await idsOf(bench, { completedBefore: createdAt })).toEqual([]);
  });

  check("by text: id prefix, or part of summary, type or error message, case ignored", async (bench) => {
    const failed = await bench.finish("FAILED", { taskType: "mail" });
    const [named = ""] = await bench.insert({ summary: "Report of MAY 100% _x" });
    expect(await idsOf(bench, { text: "of may" })).toEqual([named]);
    expect(await idsOf(bench, { text: "boom HAPP" })).toEqual([failed.id]);
    expect(await idsOf(bench, { text: "AIL" })).toEqual([failed.id]);
    expect(await idsOf(bench, { text: named })).toEqual([named]);
    expect(await idsOf(bench, { text: named.slice(0, -1).toUpperCase() })).toEqual([named]);
    expect(await idsOf(bench, { text: named.slice(3) })).toEqual([]);
    expect(await idsOf(bench, { text: "100%" })).toEqual([named]);
    expect(await idsOf(bench, { text: "0%_" })).toEqual([]);
    expect(await idsOf(bench, { text: "x_" })).toEqual([]);
  });
}

function aheadTests(check: Case): void {
  check("how many come before a ready task: by priority, then by age, in its queue", async (bench) => {
    const { store, insert, claim, id } = bench;
    const [low = "", old = "", mail = "", high = "", elsewhere = "", later = ""] = await insert(
      { priority: -5 },
      {},
      { taskType: "mail" },
      { priority: 5 },
      { queue: "post" },
      { start: { in: 10 } },
    );
    const ahead = (most: number) => Promise.all([high, old, mail, low].map((one) => store.ahead(one, most)));
    expect(await ahead(10)).toEqual([0, 1, 2, 3]);
    expect(await ahead(2)).toEqual([0, 1, 2, 2]);
    expect(await Promise.all([elsewhere, later, id(), "x"].map((one) => store.ahead(one, 10)))).toEqual([
      0,
      undefined,
      undefined,
      undefined,
    ]);
    await claim({ limit: 1 });
    expect(await ahead(10)).toEqual([undefined, 0, 1, 2]);
  });
}

function shapeTests(check: Case): void {
  check("rows leave out parameters and result unless asked for", async ({ finish, run, settle, store }) => {
    await finish("SUCCESS");
    const held = await run();
    await settle({ ...held, to: "SUCCESS", resultData: "5" });
    const page = { limit: 1, order: "newest" } as const;
    const [bare] = (await store.list({}, page)).tasks;
    expect(bare).toMatchObject({ id: held.id, status: "SUCCESS", progress: 100 });
    expect(bare?.parameters).toBeUndefined();
    expect(bare?.resultData).toBeUndefined();
    const [full] = (await store.list({}, { ...page, include: ["parameters", "result_data"] })).tasks;
    expect(full).toMatchObject({ parameters: '{"x":1}', resultData: "5" });
  });

  check("rows agree with get, wherever the tasks lie", async (bench) => {
    const ids = Object.values(await oneOfEach(bench));
    await bench.insert({ retryOf: ids[1], tags: ["t"], summary: "s" });
    const page = { limit: 100, order: "oldest", include: ["parameters", "result_data"] } as const;
    const rows = await listAll(bench.store, {}, page);
    expect(rows).toEqual(await bench.store.get(rows.map((row) => row.id)));
  });

  check("a page of large tasks ends early, and its cursor goes on", async (bench) => {
    const { store, insert, run, settle } = bench;
    const third = "é".repeat(LIMITS.listBytes / 6 - 10);
    const large = await run({ parameters: JSON.stringify({ text: third }) });
    await settle({ ...large, to: "SUCCESS", resultData: JSON.stringify(third) });
    await insert(...[1, 2, 3].map(() => ({ parameters: JSON.stringify({ text: third }) })), {});
    const page = { limit: 3, order: "oldest" } as const;
    const sizes = async (include?: PageRequest["include"]) => {
      const pages: number[] = [];
      let cursor: string | undefined;
      const seen: string[] = [];
      do {
        const { tasks, next, searchedUntil } = await store.list({}, { ...page, include, cursor });
        expect(searchedUntil).toBeUndefined();
        seen.push(...tasks.map((task) => task.id));
        pages.push(tasks.length);
        cursor = next;
      } while (cursor !== undefined);
      expect(new Set(seen).size).toBe(5);
      return pages;
    };
    expect(await sizes()).toEqual([3, 2]);
    expect(await sizes(["result_data"])).toEqual([3, 2]);
    expect(await sizes(["parameters"])).toEqual([3, 2]);
    // The first has both; with the one after it the page is nearly full, so a third one still begins in it.
    const one = { ...page, limit: 500 };
    const both = await store.list({}, { ...one, include: ["parameters", "result_data"] });
    expect(both.tasks.length).toBe(3);
    expect(both.next).toBeDefined();
    const rest = await store.list({}, { ...one, include: ["parameters", "result_data"], cursor: both.next });
    expect(rest.tasks.map((task) => task.parameters?.length)).toEqual([third.length + 11, 7]);
    expect(rest.next).toBeUndefined();
  });

  check("a task that fills a page alone has one to itself", async ({ insert, store }) => {
    const parameters = JSON.stringify({ text: "x".repeat(LIMITS.listBytes) });
    const ids = await insert({ parameters }, { parameters }, {});
    const page = { limit: 500, order: "oldest", include: ["parameters"] } as const;
    const pages = [];
    for (let cursor: string | undefined; ; ) {
      const { tasks, next } = await store.list({}, { ...page, cursor });
      pages.push(tasks.map((task) => task.id));
      if (next === undefined) break;
      cursor = next;
    }
    expect(pages).toEqual([[ids[0]], [ids[1]], [ids[2]]]);
  });

  check("rows cut a long stack", async ({ run, settle, store }) => {
    const held = await run();
    await settle({ ...held, to: "FAILED", error: { ...BOOM, stack: "é".repeat(5_000) } });
    const [row] = (await store.list({}, { limit: 1, order: "newest" })).tasks;
    const bytes = Buffer.byteLength(row?.error?.stack ?? "");
    expect(row?.error?.message).toBe(BOOM.message);
    expect(bytes).toBeGreaterThan(LIMITS.listStackBytes / 2);
    expect(bytes).toBeLessThanOrEqual(LIMITS.listStackBytes);
  });
}

function totalTests(check: Case): void {
  check("a total by status, type and queue is exact", async (bench) => {
    await oneOfEach(bench);
    const page = { limit: 1, order: "newest" } as const;
    const totalOf = async (filter: TaskFilter) => (await bench.store.list(filter, page)).total;
    expect(await totalOf({})).toEqual({ value: 7, relation: "exact" });
    expect(await totalOf({ status: ["PENDING", "FAILED"] })).toEqual({ value: 4, relation: "exact" });
    expect(await totalOf({ taskTypes: ["work"], queues: ["default"] })).toEqual({
      value: 7,
      relation: "exact",
    });
    expect(await totalOf({ queues: ["none"] })).toEqual({ value: 0, relation: "exact" });
  });

  check("any other total is what was seen at least", async ({ insert, store }) => {
    await insert({ tags: ["a"] }, { tags: ["a"] }, {});
    const { total } = await store.list({ tags: ["a"] }, { limit: 10, order: "newest" });
    expect(total).toEqual({ value: 2, relation: "at_least" });
  });

  check("a total stays the same from page to page", async ({ insert, store }) => {
    await insert({}, {}, {});
    const page = { limit: 2, order: "newest" } as const;
    const one = await store.list({}, page);
    const two = await store.list({}, { ...page, cursor: one.next });
    expect(two.total).toEqual(one.total);
  });
}

function cursorTests(check: Case): void {
  const page = { limit: 1, order: "newest" } as const;
  const invalid = expect.objectContaining({ name: "StoreError", code: "invalid_cursor" });

  check("a cursor that was made up is refused", async ({ insert, store }) => {
    await insert({}, {});
    const made = ["", "x", "bm8", Buffer.from("[1,2,3]").toString("base64url"), "%%%", "A".repeat(400)];
    for (const cursor of made) await expect(store.list({}, { ...page, cursor })).rejects.toEqual(invalid);
    const { next = "" } = await store.list({}, page);
    const cut = { ...page, cursor: next.slice(0, -4) };
    await expect(store.list({}, cut)).rejects.toEqual(invalid);
  });

  check("a cursor of another filter or order is refused", async ({ insert, store }) => {
    await insert({ tags: ["a"] }, { tags: ["a"] });
    const { next: cursor } = await store.list({ tags: ["a"] }, page);
    await expect(store.list({}, { ...page, cursor })).rejects.toEqual(invalid);
    await expect(store.list({ tags: ["b"] }, { ...page, cursor })).rejects.toEqual(invalid);
    await expect(store.list({ tags: ["a"] }, { ...page, order: "oldest", cursor })).rejects.toEqual(invalid);
    expect((await store.list({ tags: ["a"] }, { ...page, cursor })).tasks.length).toBe(1);
  });

  check("a cursor stands for its filter, however that is written", async ({ insert, store }) => {
    await insert({}, {});
    const { next: cursor } = await store.list({ status: ["PENDING", "RUNNING"], tags: [] }, page);
    const same: TaskFilter = { queues: undefined, status: ["RUNNING", "PENDING"] };
    expect((await store.list(same, { ...page, limit: 9, cursor })).tasks.length).toBe(1);
  });

  check("a cursor outlives the task that it stands on", async ({ finish, store }) => {
    const older = await finish("SUCCESS");
    const newer = await finish("SUCCESS");
    const { next: cursor } = await store.list({}, page);
    await store.remove([newer.id]);
    expect((await store.list({}, { ...page, cursor })).tasks.map((task) => task.id)).toEqual([older.id]);
  });
}

function laneTests(check: Case): void {
  check("lists over more lanes than are merged are complete", async ({ task, store, claim, settle }) => {
    const names = Array.from({ length: 230 }, (_, n) => `q${n}`);
    const tasks = names.map((queue, n) =>
      task({ queue, priority: n % 3, taskType: n % 2 ? "work" : "mail" }),
    );
    await store.insert(tasks);
    await store.insert(names.map((queue, n) => task({ queue, start: { in: 100 + n }, taskType: "work" })));
    const claimed = await claim({ limit: 200 });
    await settle(...claimed.map((held, n) => ending(n % 4 ? "SUCCESS" : "FAILED", held)));
    const everything = await listAll(store, {});
    expect(everything).toHaveLength(460);
    const filters: readonly TaskFilter[] = [
      { taskTypes: ["work"] },
      { taskTypes: ["work"], status: ["PENDING"] },
      { status: ["PENDING"] },
      { status: ["SUCCESS"] },
      { status: ["SUCCESS", "FAILED"], taskTypes: ["mail", "work"] },
      { status: ["FAILED"], queues: names },
      { status: ["PENDING", "FAILED"], queues: names.slice(0, 3) },
      { queues: ["q7", "q228"] },
      { queues: names },
    ];
    for (const filter of filters) {
      const { status = [], taskTypes = [], queues = [] } = filter;
      const isIn = (list: readonly string[], value: string) => list.length === 0 || list.includes(value);
      const wanted = everything.filter(
        (one) => isIn(status, one.status) && isIn(taskTypes, one.taskType) && isIn(queues, one.queue),
      );
      expect((await listAll(store, filter)).map(({ id }) => id)).toEqual(wanted.map(({ id }) => id));
    }
  });
}
