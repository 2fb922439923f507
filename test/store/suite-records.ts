// Conformance of records: compare-and-set by version, entries, due and expired ones, changes with tasks.
import { expect } from "vitest";
import type { RecordChange, Store } from "../../src/store/store.js";
import type { Case } from "./suite.js";

const put = (key: string, value: string, expected: number | "any" = 0) =>
  ({ kind: "note", key, value: JSON.stringify(value), expected }) as const;

const applied = (...versions: readonly number[]) => ({ outcome: "applied", versions, tasks: [] });

async function valueAt(store: Store, key: string): Promise<string | undefined> {
  const [record] = await store.records([{ kind: "note", key }]);
  return record && JSON.parse(record.value);
}

export function recordTests(check: Case): void {
  changeTests(check);
  readTests(check);
  taskTests(check);
}

function changeTests(check: Case): void {
  check("a record is put, changed and removed under its version", async ({ store }) => {
    expect(await store.commitRecords([{ puts: [put("a", "one")] }])).toEqual([applied(1)]);
    expect(
      await store.records([
        { kind: "note", key: "a" },
        { kind: "other", key: "a" },
      ]),
    ).toEqual([{ kind: "note", key: "a", value: '"one"', version: 1 }, undefined]);
    expect(await store.commitRecords([{ puts: [put("a", "two", 1)] }])).toEqual([applied(2)]);
    expect(await store.commitRecords([{ puts: [put("a", "three", "any")] }])).toEqual([applied(3)]);
    const remove = { removes: [{ kind: "note", key: "a", expected: 3 }] };
    expect(await store.commitRecords([remove])).toEqual([applied()]);
    expect(await valueAt(store, "a")).toBeUndefined();
    expect(await store.commitRecords([{ puts: [put("a", "anew")] }])).toEqual([applied(1)]);
  });

  check("a change against another version leaves everything as it is", async ({ store }) => {
    await store.commitRecords([{ puts: [put("a", "one")] }]);
    const stale: readonly RecordChange[] = [
      { puts: [put("b", "new"), put("a", "two", 7)], entries: [{ kind: "audit", key: "b", value: "1" }] },
      { removes: [{ kind: "note", key: "a", expected: 2 }] },
      { puts: [put("a", "again")] },
      { removes: [{ kind: "note", key: "missing", expected: 1 }] },
    ];
    expect(await store.commitRecords(stale)).toEqual([
      { outcome: "conflict", at: { kind: "note", key: "a" }, version: 1 },
      { outcome: "conflict", at: { kind: "note", key: "a" }, version: 1 },
      { outcome: "conflict", at: { kind: "note", key: "a" }, version: 1 },
      { outcome: "conflict", at: { kind: "note", key: "missing" }, version: 0 },
    ]);
    expect(await valueAt(store, "a")).toBe("one");
    expect(await valueAt(store, "b")).toBeUndefined();
    expect(await store.recordEntries({ kind: "audit", key: "b" }, { limit: 10 })).toEqual([]);
  });

  check(
    "earlier changes of a commit count for later ones, and one that fails undoes no other",
    async ({ store }) => {
      const answers = await store.commitRecords([
        { puts: [put("a", "one")] },
        { puts: [put("a", "two", 1)] },
        { puts: [put("a", "lost", 1)] },
        { removes: [{ kind: "note", key: "a", expected: 2 }] },
        { puts: [put("a", "last")] },
      ]);
      expect(answers).toEqual([
        applied(1),
        applied(2),
        { outcome: "conflict", at: { kind: "note", key: "a" }, version: 2 },
        applied(),
        applied(1),
      ]);
      expect(await valueAt(store, "a")).toBe("last");
    },
  );

  check("of many who change one record at once, each version has one winner", async ({ store }) => {
    const writers = Array.from({ length: 8 }, (_, n) => store.commitRecords([{ puts: [put("a", `w${n}`)] }]));
    const answers = (await Promise.all(writers)).flat();
    expect(answers.filter(({ outcome }) => outcome === "applied")).toHaveLength(1);
    const counters = Array.from({ length: 8 }, () => store.commitRecords([{ puts: [put("a", "x", "any")] }]));
    const versions = (await Promise.all(counters)).flat().map((answer) => {
      return answer.outcome === "applied" ? answer.versions[0] : undefined;
    });
    expect(versions.sort()).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });

  check(
    "two commits that name the same records in another order do not block each other",
    async ({ store }) => {
      const change = (keys: readonly string[]) =>
        store.commitRecords([{ puts: keys.map((key) => put(key, "x", "any")) }]);
      await Promise.all([change(["a", "b", "c"]), change(["c", "b", "a"]), change(["b", "a", "c"])]);
      expect((await store.listRecords("note", { limit: 10 })).map(({ version }) => version)).toEqual([
        3, 3, 3,
      ]);
    },
  );

  check("entries are appended in order, and read from the newest", async ({ store, clock }) => {
    const entry = (value: string) => ({ kind: "ledger", key: "s", value });
    await store.commitRecords([{ entries: [entry("1"), entry("2")] }]);
    await clock.advance(10);
    await store.commitRecords([{ entries: [entry("3"), { ...entry("other"), key: "t" }] }]);
    const newest = await store.recordEntries({ kind: "ledger", key: "s" }, { limit: 2 });
    expect(newest.map(({ value }) => value)).toEqual(["3", "2"]);
    expect(newest[0]?.at).toBe(clock.now());
    const rest = await store.recordEntries(
      { kind: "ledger", key: "s" },
      { limit: 2, before: newest[1]?.seq },
    );
    expect(rest).toMatchObject([{ value: "1", at: clock.now() - 10 }]);
    expect(await store.commitRecords([])).toEqual([]);
    expect(await store.records([])).toEqual([]);
  });
}

function readTests(check: Case): void {
  check("records of a kind are listed by key, and by what it starts with", async ({ store }) => {
    const keys = ["b/2", "a", "b/1", "b/10", "c", "b"];
    await store.commitRecords([
      { puts: keys.map((key) => put(key, key)) },
      { puts: [{ ...put("b/0", "x"), kind: "other" }] },
    ]);
    const list = async (page: { limit: number; after?: string; prefix?: string }) =>
      (await store.listRecords("note", page)).map(({ key }) => key);
    expect(await list({ limit: 10 })).toEqual(["a", "b", "b/1", "b/10", "b/2", "c"]);
    expect(await list({ limit: 2, after: "b" })).toEqual(["b/1", "b/10"]);
    expect(await list({ limit: 10, prefix: "b/" })).toEqual(["b/1", "b/10", "b/2"]);
    expect(await list({ limit: 10, prefix: "b/", after: "b/10" })).toEqual(["b/2"]);
    expect(await list({ limit: 10, prefix: "x" })).toEqual([]);
  });

  check("due records come when their moment has come", async ({ store, clock }) => {
    const now = clock.now();
    await store.commitRecords([
      {
        puts: [
          { ...put("late", "x"), dueAt: now + 500 },
          { ...put("soon", "x"), dueAt: now + 100 },
          { ...put("now", "x"), dueAt: now },
          put("never", "x"),
        ],
      },
    ]);
    const due = async (limit: number) => {
      const { records, nextIn } = await store.dueRecords("note", limit);
      return { keys: records.map(({ key }) => key), nextIn };
    };
    expect(await due(10)).toEqual({ keys: ["now"], nextIn: 100 });
    await clock.advance(500);
    expect(await due(2)).toEqual({ keys: ["now", "soon"], nextIn: 0 });
    await store.commitRecords([
      { puts: [{ ...put("now", "x", 1), dueAt: clock.now() + 7 }, put("soon", "x", 1)] },
    ]);
    expect(await due(10)).toEqual({ keys: ["late"], nextIn: 7 });
    expect(await store.dueRecords("other", 10)).toEqual({ records: [], nextIn: undefined });
  });

  check("an expired record does not exist, before it is removed and after", async ({ store, clock }) => {
    const expiresAt = clock.now() + 100;
    await store.commitRecords([
      { puts: [{ ...put("a", "x"), expiresAt, dueAt: clock.now() }, put("b", "x")] },
    ]);
    expect(await store.records([{ kind: "note", key: "a" }])).toMatchObject([{ expiresAt, version: 1 }]);
    expect(await store.expireRecords(10)).toBe(0);
    await clock.advance(100);
    expect(await valueAt(store, "a")).toBeUndefined();
    expect((await store.listRecords("note", { limit: 10 })).map(({ key }) => key)).toEqual(["b"]);
    expect((await store.dueRecords("note", 10)).records).toEqual([]);
    const stale = { puts: [put("a", "y", 1)] };
    expect(await store.commitRecords([stale])).toMatchObject([{ outcome: "conflict", version: 0 }]);
    expect(await store.expireRecords(10)).toBe(1);
    expect(await store.expireRecords(10)).toBe(0);
    expect(await store.commitRecords([{ puts: [put("a", "z")] }])).toEqual([applied(1)]);
  });
}

function taskTests(check: Case): void {
  check("a change stores its tasks with its records, or nothing", async ({ task, store, id, claim }) => {
    const good = task();
    const [stored] = await store.commitRecords([{ puts: [put("a", "x")], tasks: [good, task()] }]);
    expect(stored).toMatchObject({ outcome: "applied", tasks: [{ outcome: "created", id: good.id }, {}] });
    const bad = task({ files: [id()] });
    const withheld = task();
    const answers = await store.commitRecords([
      { puts: [put("b", "x")], tasks: [withheld, bad], entries: [{ kind: "audit", key: "b", value: "1" }] },
      { puts: [put("c", "x")], tasks: [task(), good] },
      { puts: [put("a", "y")], tasks: [task()] },
    ]);
    expect(answers).toMatchObject([
      { outcome: "refused", tasks: [{ outcome: "withheld", id: withheld.id }, { outcome: "missing_file" }] },
      { outcome: "applied", tasks: [{ outcome: "created" }, { outcome: "replayed", id: good.id }] },
      { outcome: "conflict", version: 1 },
    ]);
    expect(await valueAt(store, "b")).toBeUndefined();
    expect(await valueAt(store, "c")).toBe("x");
    expect(await store.get([withheld.id])).toEqual([undefined]);
    expect(await claim()).toHaveLength(3);
  });
}
