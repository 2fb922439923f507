// Statements of one worker arrive late, while the worker itself goes on: its settles reach the database after its lease
// has ended and another worker runs the tasks.
import { pause } from "../../src/lib/clock.js";
import type { Millis } from "../../src/model/time.js";
import type { Random } from "../random.js";
import { type Fault, LEASE, type World } from "./fault.js";

/** Long enough that the next worker still runs the task when the late settle arrives. */
const TASK: Millis = 12_000;
/** More than one worker has slots for, so that the struck one runs some. */
const TASKS = 30;
/** From the end of one to the end of the next. */
const STEP: Millis = 100;
/** From the end of the lease: until another worker has noticed it, and before a statement is given up after 30 s. */
const TAKE_OVER: Millis = 12_000;
const LOOK: Millis = 250;
const BEGINS: Millis = 3_000;
/** A type whose handler reports nothing. */
const SLOW = "deaf";

/** One worker at a time: another one has to take over. */
const underWay = new WeakSet<World>();

const workersOf = ({ fleet }: World) =>
  fleet.members.filter(({ role, database }) => role === "worker" && database !== undefined);

export const statementsLate: Fault = {
  name: "statements-late",
  on: "all",
  unfit: (world) =>
    world.postgres && workersOf(world).length > 1 ? undefined : "there are no two workers behind TCP",
  async inject(world, random) {
    if (underWay.has(world)) return;
    underWay.add(world);
    try {
      await delayOne(world, random);
    } finally {
      underWay.delete(world);
    }
  },
};

async function delayOne(world: World, random: Random): Promise<void> {
  const { clock, load, over } = world;
  const member = random.pick(workersOf(world));
  // Urgent, so that they start at once. They report nothing: what carries a report is settled in two steps. And they end
  // one after the other, so that some do between the last report that gets through and the first that is held up.
  const slow = (index: number) => ({
    taskType: SLOW,
    parameters: { ms: TASK + index * STEP },
    options: { priority: 10 },
  });
  await Promise.all(Array.from({ length: TASKS }, (_, index) => load.submit(slow(index))));
  await pause(clock, TASK + (TASKS * STEP) / 3, over);
  member?.database?.set({ how: "hold", direction: "statements" });
  await takenOver(world);
  member?.database?.set({ how: "pass" });
}

/** Resolves once one of these tasks runs elsewhere, or none will. */
async function takenOver({ clock, postgres, over }: World): Promise<void> {
  const end = clock.monotonic() + LEASE + TAKE_OVER;
  while (!over.aborted && clock.monotonic() < end) {
    if (await postgres?.takenOver(SLOW)) {
      // What was taken over is handed back first, and then begins.
      await pause(clock, BEGINS, over);
      return;
    }
    await pause(clock, LOOK, over);
  }
}
