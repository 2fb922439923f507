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
  "%s: a look for expired tasks goes on behind 20,000 older ones that have just ended",
  async (kind) => {
    const clock = createManualClock();
    const { store, insert, claim, settle, finish } = createBench(await stores[kind](clock), clock);
    const slow: ClaimedTask[] = [];
    for (let part = 0; part < 20; part++) {
      await insert(...Array.from({ length: 1_000 }, () => ({})));
      slow.push(...(await claim({ limit: 1_000 })));
    }
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
