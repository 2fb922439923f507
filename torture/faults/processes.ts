// Faults of processes: killed, frozen, asked to stop, asked twice.
import { pause } from "../../src/lib/clock.js";
import type { Millis } from "../../src/model/time.js";
import type { Process } from "../process.js";
import type { Random } from "../random.js";
import { type Fault, LEASE, type World } from "./fault.js";

type Role = "server" | "worker";

/** A second SIGTERM within a second of the first counts as the same one. */
const SECOND_SIGNAL: Millis = 1_200;

function onProcess(
  name: string,
  role: Role,
  act: (process: Process, world: World, random: Random) => Promise<void> | void,
): Fault {
  return {
    name: `${role}-${name}`,
    on: "a member",
    unfit: (member) => (member.role === role ? undefined : `there is no ${role} of its own`),
    async inject(member, world, random) {
      if (!member.current()?.isUp) {
        // Struck down again the moment it is up, it would never get to work.
        await member.up();
        await pause(world.clock, random.between(500, 3_000), world.over);
      }
      await act(await member.up(), world, random);
    },
  };
}

function freezing(from: Millis, to: Millis) {
  return async (process: Process, { clock, over }: World, random: Random) => {
    process.freeze();
    await pause(clock, random.between(from, to), over);
    process.thaw();
  };
}

export const processFaults: readonly Fault[] = [
  onProcess("kill", "worker", (process) => process.kill()),
  onProcess("kill", "server", (process) => process.kill()),
  // Long enough that another one takes its tasks over: it wakes up as a zombie.
  onProcess("freeze", "worker", freezing(LEASE + 2_000, LEASE + 6_000)),
  onProcess("freeze", "server", freezing(500, 4_000)),
  onProcess("stop", "worker", (process) => process.stop()),
  onProcess("stop", "server", (process) => process.stop()),
  onProcess("stop-twice", "worker", stopTwice),
  onProcess("stop-twice", "server", stopTwice),
];

async function stopTwice(process: Process, { clock }: World): Promise<void> {
  process.stop();
  await pause(clock, SECOND_SIGNAL);
  process.stop();
}
