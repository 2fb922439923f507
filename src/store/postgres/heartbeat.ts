// Renews the leases of this process's workers. How it is done in line: here, and on a thread: in threaded-heartbeat.ts.
import type { Clock } from "../../lib/clock.js";
import type { WorkerId } from "../../model/task.js";
import type { Instant, Millis } from "../../model/time.js";
import type { Lease, WorkerState } from "../store.js";
import { type Database, moment, type Query } from "./database.js";

export interface Heartbeat {
  /** Resolves once the lease is renewed. */
  beat(state: WorkerState): Promise<void>;
  /** Ends the lease for good. */
  retire(worker: WorkerId): Promise<void>;
  lease(worker: WorkerId): Lease;
  close(): Promise<void>;
}

// One row by primary key, which stays on its page.
const BEAT = `
INSERT INTO taskwright.worker (id, heartbeat_at, lease_until, state)
SELECT $1, m.now, m.now + $2::bigint, $3 FROM (SELECT ${moment("$4")} AS now) m
ON CONFLICT (id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at, lease_until = excluded.lease_until,
  state = excluded.state`;

const RETIRE = "DELETE FROM taskwright.worker WHERE id = $1";

/** `lease` counts on the database's clock, or from `now`. */
export async function renew(
  query: Query,
  state: WorkerState,
  lease: Millis,
  now: Instant | null,
): Promise<void> {
  await query(BEAT, [state.id, lease, JSON.stringify(state), now]);
}

export async function endLease(query: Query, worker: WorkerId): Promise<void> {
  await query(RETIRE, [worker]);
}

/** A statement that renewed a lease was under way between these moments. */
export interface Renewal {
  readonly sentAt: Millis;
  readonly answeredAt: Millis;
}

/** When leases were renewed last, counted from before the statement was sent: a lease never lasts shorter than that. */
export function createRenewals(lease: Millis, monotonic: () => Millis) {
  const renewed = new Map<WorkerId, { readonly until: Millis; readonly number: number }>();
  return {
    note(worker: WorkerId, { sentAt, answeredAt }: Renewal): void {
      const last = renewed.get(worker);
      const isUnbroken = last !== undefined && answeredAt <= last.until;
      const number = (last?.number ?? 0) + (isUnbroken ? 0 : 1);
      renewed.set(worker, { until: sentAt + lease, number });
    },
    forget(worker: WorkerId): void {
      renewed.delete(worker);
    },
    lease(worker: WorkerId): Lease {
      const last = renewed.get(worker);
      return { left: Math.max(0, (last?.until ?? 0) - monotonic()), number: last?.number ?? 0 };
    },
  };
}

/** On this thread, and on a clock that may be a test's. `database` is closed by its creator. */
export function createHeartbeat(database: Database, lease: Millis, clock: Clock): Heartbeat {
  const renewals = createRenewals(lease, clock.monotonic);
  return {
    async beat(state) {
      const sentAt = clock.monotonic();
      await renew(database.query, state, lease, database.now());
      renewals.note(state.id, { sentAt, answeredAt: clock.monotonic() });
    },
    async retire(worker) {
      renewals.forget(worker);
      await endLease(database.query, worker);
    },
    lease: renewals.lease,
    close: async () => undefined,
  };
}
