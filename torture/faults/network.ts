// Faults of the network: between one process and PostgreSQL, and between callers and one server.
import { pause } from "../../src/lib/clock.js";
import type { Millis } from "../../src/model/time.js";
import type { Mode } from "../proxy.js";
import type { Random } from "../random.js";
import { type Fault, LEASE } from "./fault.js";

function onProxy(
  name: string,
  which: "database" | "http",
  mode: (random: Random) => Mode,
  [shortest, longest]: readonly [Millis, Millis],
): Fault {
  return {
    name,
    on: "a member",
    unfit: (member) => (member[which] ? undefined : "the store is not reached over TCP"),
    async inject(member, { clock, over }, random) {
      member[which]?.set(mode(random));
      await pause(clock, random.between(shortest, longest), over);
      member[which]?.set({ how: "pass" });
    },
  };
}

export const networkFaults: readonly Fault[] = [
  onProxy("database-cut", "database", () => ({ how: "refuse" }), [100, 5_000]),
  onProxy(
    "database-slow",
    "database",
    (random) => ({ how: "delay", by: random.between(20, 400) }),
    [2_000, 8_000],
  ),
  // A partition that neither side notices, for longer than the lease.
  onProxy("database-silent", "database", () => ({ how: "hold", direction: "both" }), [
    LEASE + 2_000,
    LEASE + 8_000,
  ]),
  onProxy("database-one-way", "database", () => ({ how: "hold", direction: "replies" }), [
    1_000,
    LEASE + 5_000,
  ]),
  onProxy("replies-lost", "http", () => ({ how: "drop-replies" }), [500, 3_000]),
  onProxy("http-silent", "http", () => ({ how: "hold", direction: "both" }), [1_000, 7_000]),
];
