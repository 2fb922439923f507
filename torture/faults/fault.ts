// What a fault is, and what it may reach for.
import type { Clock } from "../../src/lib/clock.js";
import type { Millis } from "../../src/model/time.js";
import type { Fleet, Member } from "../fleet.js";
import type { Load } from "../load.js";
import type { Random } from "../random.js";
import type { OwnPostgres } from "../store/embedded.js";
import type { PostgresAccess } from "../store/postgres.js";

export interface World {
  readonly clock: Clock;
  readonly fleet: Fleet;
  readonly load: Load;
  /** Where the store is PostgreSQL. */
  readonly postgres?: PostgresAccess;
  /** Where the harness started it itself. */
  readonly own?: OwnPostgres;
  /** The library that fakes wall time, where it is installed. */
  readonly fakeTime?: string;
  /** Aborts at the end of the run: what lasts is healed at once. */
  readonly over: AbortSignal;
}

/** Breaks something, and repairs it unless it recovers by itself. */
export type Fault = { readonly name: string } & (
  | {
      readonly on: "a member";
      /** Why it can't be done to this one; undefined where it can. */
      unfit(member: Member, world: World): string | undefined;
      inject(member: Member, world: World, random: Random): Promise<void> | void;
    }
  | {
      readonly on: "all";
      unfit(world: World): string | undefined;
      inject(world: World, random: Random): Promise<void>;
    }
);

/** Why it can't happen here; undefined where it can. */
export function unfitness(fault: Fault, world: World): string | undefined {
  if (fault.on === "all") return fault.unfit(world);
  const reasons = world.fleet.members.map((member) => fault.unfit(member, world));
  return reasons.includes(undefined) ? undefined : reasons[0];
}

/** As long as a worker keeps its tasks without a beat. */
export const LEASE: Millis = 15_000;
