// Chooses what breaks and when, by a seed, and remembers what it did.
import { pause } from "../src/lib/clock.js";
import type { Millis } from "../src/model/time.js";
import { type Fault, unfitness, type World } from "./faults/fault.js";
import type { Member } from "./fleet.js";
import type { Disturbance } from "./history.js";
import { machineTime } from "./machine-time.js";
import type { Random } from "./random.js";

export interface Nemesis {
  /** What was done so far; what still lasts counts up to now. */
  disturbances(): readonly Disturbance[];
  /** Breaks things until `world.over` aborts; resolves once everything is repaired. */
  run(): Promise<void>;
}

export interface NemesisOptions {
  readonly world: World;
  readonly random: Random;
  readonly faults: readonly Fault[];
  /** Mean time from one fault to the next. */
  readonly every: Millis;
  /** Called for each fault as it begins. */
  readonly onFault: (fault: string, member: string | undefined) => void;
  /** Called for a fault that could not be staged, or not be repaired. */
  readonly onTrouble: (fault: string, error: unknown) => void;
}

/** Faults that last overlap with others, but not with more than so many. */
const AT_ONCE = 3;

interface Ongoing {
  readonly fault: string;
  readonly member: Member | undefined;
  readonly from: Millis;
}

export function createNemesis(options: NemesisOptions): Nemesis {
  const { world, random, faults } = options;
  const past: Disturbance[] = [];
  const ongoing = new Map<Ongoing, Promise<void>>();
  // Streams of their own: how long something lasts must not shift what comes next.
  const order = random.named("order");
  const pauses = random.named("pauses");
  let bag: Fault[] = [];
  let begun = 0;

  const describe = ({ fault, member, from }: Ongoing): Disturbance => ({
    fault,
    ...(member && { member: member.name }),
    from,
    to: machineTime(),
  });

  /** Each once, in random order, before any comes again. */
  function next(): Fault | undefined {
    if (bag.length === 0) bag = order.shuffled(faults);
    return bag.pop();
  }

  function begin(fault: Fault): void {
    const choices = random.named(`${fault.name} ${++begun}`);
    const member = fault.on === "all" ? undefined : choose(fault, choices);
    if (fault.on === "a member" && !member) return;
    options.onFault(fault.name, member?.name);
    const one: Ongoing = { fault: fault.name, member, from: machineTime() };
    ongoing.set(
      one,
      inject(fault, member, choices).finally(() => {
        ongoing.delete(one);
        past.push(describe(one));
      }),
    );
  }

  /** A process that is being broken is left alone meanwhile, or one fault would repair another. */
  function choose(fault: Fault & { readonly on: "a member" }, choices: Random): Member | undefined {
    const taken = new Set([...ongoing.keys()].map(({ member }) => member));
    return choices
      .shuffled(world.fleet.members.filter((member) => fault.unfit(member, world) === undefined))
      .find((member) => !taken.has(member));
  }

  async function inject(fault: Fault, member: Member | undefined, choices: Random): Promise<void> {
    try {
      if (fault.on === "all") await fault.inject(world, choices);
      else if (member) await fault.inject(member, world, choices);
    } catch (error) {
      // Such as ending sessions of a server that another fault has just stopped.
      options.onTrouble(fault.name, error);
    }
  }

  return {
    disturbances: () => [...past, ...[...ongoing.keys()].map(describe)],
    async run() {
      while (!world.over.aborted) {
        await pause(world.clock, options.every * (0.4 + 1.2 * pauses.next()), world.over);
        if (world.over.aborted || ongoing.size >= AT_ONCE) continue;
        const fault = next();
        if (fault) begin(fault);
      }
      await Promise.all(ongoing.values());
    },
  };
}

/** Those of `names`, or all; with the reason for each that can't happen here. Throws RangeError for a name that is none. */
export function chooseFaults(all: readonly Fault[], world: World, names: readonly string[] | undefined) {
  for (const name of names ?? []) {
    if (all.some((fault) => fault.name === name)) continue;
    throw new RangeError(
      `there is no fault "${name}"; there are: ${all.map((fault) => fault.name).join(", ")}`,
    );
  }
  const wanted = all.filter((fault) => !names || names.includes(fault.name));
  const skipped = wanted.flatMap((fault) => {
    const reason = unfitness(fault, world);
    return reason === undefined ? [] : [{ name: fault.name, reason }];
  });
  return { faults: wanted.filter((fault) => unfitness(fault, world) === undefined), skipped };
}
