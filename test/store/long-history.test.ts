// What the SQL stores do where much of the history is old and not yet expired.
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { createManualClock } from "../../src/lib/clock.js";
import type { ClaimedTask } from "../../src/model/task.js";
import { createBench, ending } from "./fixture.js";
import { openTestStore, startTestServer } from "./postgres-support.js";
import { openStore, temporaryFolder } from "./sqlite-support.js";

const DAY = 86_400_000;

beforeAll(startTestServer, 60_000);

const stores = {
  sqlite: (clock: ReturnType<typeof createManualClock>) =>
    openStore(path.join(temporaryFolder(), "tasks.db"), clock),
  postgres: (clock: ReturnType<typeof createManualClock>) => openTestStore({ clock }),
} as const;

test.for(["sqlite", "postgres"] as const)(
  "%s: behind 20,000 tasks a tag finds its own, and a look for expired ones goes on",
  async (kind) => {
    const clock = createManualClock();
    const { store, insert, claim, settle, finish } = createBench(await stores[kind](clock), clock);
    const slow: ClaimedTask[] = [];
    await insert({ tags: ["rare"], taskType: "mail" });
    for (let part = 0; part < 20; part++) {
      await insert(...Array.from({ length: 1_000 }, () => ({})));
      slow.push(...(await claim({ limit: 1_000, taskTypes: ["work"] })));
    }
    const tagged = await store.list({ tags: ["rare"] }, { limit: 10, order: "newest" });
    expect([tagged.tasks.length, tagged.next, tagged.searchedUntil]).toEqual([1, undefined, undefined]);
    const quick = await finish("SUCCESS");
    // More than a day: of many ids in one millisecond the last name a later one.
    await clock.advance(DAY + 1_000);
    for (let part = 0; part < slow.length; part += 1_000) {
      await settle(...slow.slice(part, part + 1_000).map((task) => ending("SUCCESS", task)));
    }
    const looks = [await store.expired(DAY, 10), await store.expired(DAY, 10), await store.expired(DAY, 10)];
    expect(looks.map((tasks) => tasks.map(({ id }) => id))).toEqual([[], [quick.id], [quick.id]]);
    expect(await store.remove([quick.id])).toBe(1);
    await clock.advance(DAY + 1);
    // Behind it there was nothing more, so the next look begins at the oldest again.
    expect(await store.expired(DAY, 10)).toEqual([]);
    expect(await store.expired(DAY, 10)).toHaveLength(10);
  },
);
