// The thread that renews leases on a connection of its own, also while the event loop of its process stands still.
// Entry point; nothing imports it but for its types.
import { type MessagePort, workerData } from "node:worker_threads";
import { systemClock, threadsMonotonic } from "../../lib/clock.js";
import { createLoop } from "../../lib/loop.js";
import type { WorkerId } from "../../model/task.js";
import type { Millis } from "../../model/time.js";
import type { StoreErrorCode, WorkerState } from "../store.js";
import { createDatabase } from "./database.js";
import { toStoreError } from "./errors.js";
import { endLease, type Renewal, renew } from "./heartbeat.js";

export interface HeartbeatSetting {
  readonly url: string;
  readonly schema: string;
  readonly lease: Millis;
  /** How long leases are renewed after the process has last spoken. */
  readonly stallLimit: Millis;
  readonly port: MessagePort;
}

export type HeartbeatCall =
  | { readonly seq: number; readonly what: "beat"; readonly state: WorkerState }
  | { readonly seq: number; readonly what: "retire"; readonly worker: WorkerId };

export type HeartbeatReply =
  /** On the clock that all threads share. */
  | ({ readonly what: "renewed"; readonly worker: WorkerId } & Renewal)
  | { readonly what: "done"; readonly seq: number }
  | {
      readonly what: "failed";
      readonly seq: number;
      readonly code: StoreErrorCode;
      readonly message: string;
      readonly advice: string;
    };

interface Known {
  readonly state: WorkerState;
  /** When the process last spoke for this worker. */
  readonly spokeAt: Millis;
  renewedAt: Millis;
}

/** A process speaks this often; silence beyond it is a loop that stands still. */
const BEAT: Millis = 3_000;
const LOOK: Millis = 1_000;
/** In time to try again on a new connection. */
const PATIENCE: Millis = 4_000;

const { url, schema, lease, stallLimit, port }: HeartbeatSetting = workerData;
const database = createDatabase({ url, schema, poolSize: 1, patience: PATIENCE, now: undefined });
const workers = new Map<WorkerId, Known>();
/** One statement after the other: a renewal that came behind a retirement would bring the worker back. */
let queue: Promise<unknown> = Promise.resolve();
const loop = createLoop({ clock: systemClock, tick: look, onError: () => LOOK });

function inTurn<Answer>(run: () => Promise<Answer>): Promise<Answer> {
  const answer = queue.then(run);
  queue = answer.catch(() => undefined);
  return answer;
}

async function renewLease(known: Known, state: WorkerState): Promise<void> {
  const sentAt = threadsMonotonic();
  await renew(database.query, state, lease, null);
  known.renewedAt = sentAt;
  say({ what: "renewed", worker: state.id, sentAt, answeredAt: threadsMonotonic() });
}

/** Speaks for workers whose process is silent, and says how long its loop stands still. */
async function look(): Promise<Millis> {
  for (const known of workers.values()) {
    const now = threadsMonotonic();
    const silent = now - known.spokeAt;
    if (now - known.renewedAt < BEAT + LOOK / 2 || silent > stallLimit) continue;
    const { state } = known;
    const eventLoopLag = Math.max(state.eventLoopLag, Math.round(silent - BEAT));
    await inTurn(async () => {
      if (workers.get(state.id) === known) await renewLease(known, { ...state, eventLoopLag });
    });
  }
  return LOOK;
}

async function run(call: HeartbeatCall): Promise<void> {
  if (call.what === "retire") {
    workers.delete(call.worker);
    return inTurn(() => endLease(database.query, call.worker));
  }
  const { state } = call;
  const known = {
    state,
    spokeAt: threadsMonotonic(),
    renewedAt: workers.get(state.id)?.renewedAt ?? Number.NEGATIVE_INFINITY,
  };
  workers.set(state.id, known);
  return inTurn(() => renewLease(known, state));
}

function say(reply: HeartbeatReply): void {
  port.postMessage(reply);
}

async function close(): Promise<void> {
  await loop.stop();
  await queue;
  await database.close();
  port.close();
}

port.on("message", (call: HeartbeatCall | "close") => {
  if (call === "close") {
    void close();
    return;
  }
  run(call).then(
    () => say({ what: "done", seq: call.seq }),
    (error: unknown) => {
      const { code, message, advice } = toStoreError(error);
      say({ what: "failed", seq: call.seq, code, message, advice });
    },
  );
});
void loop.start();
