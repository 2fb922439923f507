// Faults of handlers: a task that kills its process, and one that blocks its event loop for longer than the lease.
import type { Fault } from "./fault.js";
import { LEASE } from "./fault.js";

const poison: Fault = {
  name: "poison",
  on: "all",
  unfit: () => undefined,
  async inject({ load }, random) {
    await load.submit({ taskType: "poison", parameters: { ms: random.between(0, 300) } });
  },
};

const blocked: Fault = {
  name: "blocked-loop",
  on: "all",
  unfit: ({ fleet }) =>
    fleet.members.some((member) => member.role === "worker")
      ? undefined
      : "the server is the worker, and would not respond",
  async inject({ load }, random) {
    const ms = random.between(1_000, LEASE + 3_000);
    await load.submit({ taskType: "blocking", parameters: { ms }, options: { priority: 10 } });
  },
};

export const handlerFaults: readonly Fault[] = [poison, blocked];
