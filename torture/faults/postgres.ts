// Faults of PostgreSQL: sessions ended, no room for more, restarts. Restarts and a full server only where it is our own.
import { pause } from "../../src/lib/clock.js";
import type { Fault } from "./fault.js";

const endSessions: Fault = {
  name: "sessions-end",
  on: "all",
  unfit: ({ postgres }) => (postgres ? undefined : "the store is not PostgreSQL"),
  async inject({ postgres, clock, over }, random) {
    if (!postgres) return;
    // Two a second, for some seconds.
    for (let round = random.between(2, 8); round > 0 && !over.aborted; round--) {
      const session = random.pick(await postgres.sessions());
      if (session !== undefined) await postgres.terminate(session);
      await pause(clock, 500, over);
    }
  },
};

function restart(how: "fast" | "immediate"): Fault {
  return {
    name: `postgres-${how}`,
    on: "all",
    unfit: ({ own }) => (own ? undefined : "PostgreSQL is not the harness's own"),
    async inject({ own }) {
      await own?.restart(how);
    },
  };
}

const fillConnections: Fault = {
  name: "connections-full",
  on: "all",
  unfit: ({ own }) => (own ? undefined : "PostgreSQL is not the harness's own"),
  async inject({ postgres, clock, over }, random) {
    if (!postgres) return;
    const close = await postgres.exhaust();
    await pause(clock, random.between(1_000, 5_000), over);
    await close();
  },
};

export const postgresFaults: readonly Fault[] = [
  endSessions,
  restart("fast"),
  restart("immediate"),
  fillConnections,
];
