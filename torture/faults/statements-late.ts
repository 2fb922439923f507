// Statements of one worker arrive late, while the worker itself goes on: its settles reach the database after its lease
// has ended and another worker runs the tasks.
import { pause } from "../../src/lib/clock.js";
import type { Millis } from "../../src/model/time.js";
import type { Random } from "../random.js";
import { type Fault, LEASE, type World } from "./fault.js";

/** Long enough that the next worker still runs the task when the late settle arrives. */
const TASK: Millis = 12_000;
/** More than one worker's fair share, so that the struck one runs some. */
const TASKS = 12;

/** One worker at a time: another one has to take over. */
const underWay = new WeakSet<World>();

const workersOf = ({ fleet }: World) =>
  fleet.members.filter(({ role, database }) => role === "worker" && database !== undefined);

export const statementsLate: Fault = {
  name: "statements-late",
  on: "all",
  unfit: (world) => (workersOf(world).length > 1 ? undefined : "there are no two workers behind TCP"),
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
  // Urgent, so that they start at once.
  const slow = { taskType: "long", parameters: { ms: TASK }, options: { priority: 10 } };
  await Promise.all(Array.from({ length: TASKS }, () => load.submit(slow)));
  await pause(clock, TASK - 1_000, over);
  member?.database?.set({ how: "hold", direction: "statements" });
  await pause(clock, LEASE + 8_000, over);
  member?.database?.set({ how: "pass" });
}
