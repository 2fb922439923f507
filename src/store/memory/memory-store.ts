// The reference store: keeps everything in this process and forgets it with it. It says in the plainest code what
// every store must do; it is no production store: each verb may look at everything.
import type { Clock } from "../../lib/clock.js";
import { type Change, ENDLESS_LEASE, type Store, StoreError } from "../store.js";
import { edit } from "./editing.js";
import { beginFile, completeFile, expireFiles, files, removeFiles } from "./files.js";
import { artifact, artifacts, attempts, logs } from "./history.js";
import { ahead, list } from "./listing.js";
import { commitRecords, dueRecords, expireRecords, listRecords, recordEntries, records } from "./records.js";
import { expired, remove } from "./retention.js";
import { sync } from "./settling.js";
import { createState, type State } from "./state.js";
import { queues, timeline, totals, workers } from "./statistics.js";
import { cancel, get, insert } from "./tasks.js";
import { beat, promote, reclaim, retire, turn } from "./work.js";

export function createMemoryStore({ clock }: { readonly clock: Clock }): Store {
  const state = createState(clock);
  const workListeners = new Set<() => void>();
  const changeListeners = new Set<(changes: readonly Change[]) => void>();
  let closed = false;

  /** Runs a verb in one go, so nothing comes in between, and then tells what it changed. */
  function verb<Args extends readonly unknown[], Answer>(
    run: (state: State, ...args: Args) => Answer,
  ): (...args: Args) => Promise<Answer> {
    return async (...args) => {
      if (closed) throw new StoreError("closed", "The store was closed.");
      const answer = run(state, ...args);
      tell();
      return answer;
    };
  }

  function tell(): void {
    const { changes, workAppeared } = state;
    state.changes = [];
    state.workAppeared = false;
    if (changes.length > 0) for (const listener of [...changeListeners]) listener(changes);
    if (workAppeared) for (const listener of [...workListeners]) listener();
  }

  return {
    kind: "memory",
    migrate: verb(() => ({ from: 0, to: 0 })),
    ping: verb(() => undefined),
    probe: verb(() => undefined),
    notificationProblem: () => undefined,
    problem: () => undefined,
    onProblem: () => () => undefined,
    isShared: false,
    lease: () => ENDLESS_LEASE,
    turn: verb(turn),
    beat: verb(beat),
    retire: verb(retire),
    sync: verb(sync),
    reclaim: verb(reclaim),
    promote: verb(promote),
    insert: verb(insert),
    insertWithin: verb(() => {
      throw new StoreError("unsupported", "A store in memory cannot be shared between processes.");
    }),
    get: verb(get),
    list: verb(list),
    ahead: verb(ahead),
    cancel: verb(cancel),
    edit: verb(edit),
    attempts: verb(attempts),
    logs: verb(logs),
    artifacts: verb(artifacts),
    artifact: verb(artifact),
    beginFile: verb(beginFile),
    completeFile: verb(completeFile),
    files: verb(files),
    expireFiles: verb(expireFiles),
    removeFiles: verb(removeFiles),
    records: verb(records),
    commitRecords: verb(commitRecords),
    listRecords: verb(listRecords),
    dueRecords: verb(dueRecords),
    recordEntries: verb(recordEntries),
    expireRecords: verb(expireRecords),
    expired: verb(expired),
    remove: verb(remove),
    totals: verb(totals),
    timeline: verb(timeline),
    queues: verb(queues),
    workers: verb(workers),
    onWork(listener) {
      workListeners.add(listener);
      return () => workListeners.delete(listener);
    },
    onChange(listener) {
      changeListeners.add(listener);
      return () => changeListeners.delete(listener);
    },
    onMissed: () => () => undefined,
    async close() {
      closed = true;
    },
  };
}
