// How a store is decorated: what goes around a verb runs it and never passes its arguments itself, so none is lost.
import type { Store } from "./store.js";

/** The verbs: everything that answers with a promise. */
export type Verb = {
  [Name in keyof Store]: Store[Name] extends (...args: never[]) => Promise<unknown> ? Name : never;
}[keyof Store];

/** Goes around any verb. `call` passes on what the caller gave. */
export type AroundAny = <Answer>(call: () => Promise<Answer>) => Promise<Answer>;

/** Go around single verbs; they may read the arguments. */
export type Arounds = {
  readonly [Name in Verb]?: (
    call: () => ReturnType<Store[Name]>,
    ...args: Parameters<Store[Name]>
  ) => ReturnType<Store[Name]>;
};

/**
 * The same store with something around its verbs. `others` goes around those that `around` does not name.
 * Every member is listed, so that a new one does not compile before it is decorated too.
 */
export function wrapStore(store: Store, around: Arounds, others?: AroundAny): Store {
  return {
    kind: store.kind,
    isShared: store.isShared,
    lease: store.lease,
    notificationProblem: store.notificationProblem,
    problem: store.problem,
    onProblem: store.onProblem,
    onWork: store.onWork,
    onChange: store.onChange,
    onMissed: store.onMissed,

    turn: wrap(store.turn, around.turn ?? others),
    beat: wrap(store.beat, around.beat ?? others),
    retire: wrap(store.retire, around.retire ?? others),
    sync: wrap(store.sync, around.sync ?? others),
    reclaim: wrap(store.reclaim, around.reclaim ?? others),
    promote: wrap(store.promote, around.promote ?? others),

    insert: wrap(store.insert, around.insert ?? others),
    insertWithin: wrap(store.insertWithin, around.insertWithin ?? others),
    get: wrap(store.get, around.get ?? others),
    list: wrap(store.list, around.list ?? others),
    ahead: wrap(store.ahead, around.ahead ?? others),
    cancel: wrap(store.cancel, around.cancel ?? others),
    edit: wrap(store.edit, around.edit ?? others),

    attempts: wrap(store.attempts, around.attempts ?? others),
    logs: wrap(store.logs, around.logs ?? others),
    artifacts: wrap(store.artifacts, around.artifacts ?? others),
    artifact: wrap(store.artifact, around.artifact ?? others),

    beginFile: wrap(store.beginFile, around.beginFile ?? others),
    completeFile: wrap(store.completeFile, around.completeFile ?? others),
    files: wrap(store.files, around.files ?? others),
    expireFiles: wrap(store.expireFiles, around.expireFiles ?? others),
    removeFiles: wrap(store.removeFiles, around.removeFiles ?? others),

    records: wrap(store.records, around.records ?? others),
    commitRecords: wrap(store.commitRecords, around.commitRecords ?? others),
    listRecords: wrap(store.listRecords, around.listRecords ?? others),
    dueRecords: wrap(store.dueRecords, around.dueRecords ?? others),
    recordEntries: wrap(store.recordEntries, around.recordEntries ?? others),
    expireRecords: wrap(store.expireRecords, around.expireRecords ?? others),

    expired: wrap(store.expired, around.expired ?? others),
    remove: wrap(store.remove, around.remove ?? others),

    totals: wrap(store.totals, around.totals ?? others),
    timeline: wrap(store.timeline, around.timeline ?? others),
    queues: wrap(store.queues, around.queues ?? others),
    workers: wrap(store.workers, around.workers ?? others),

    migrate: wrap(store.migrate, around.migrate ?? others),
    ping: wrap(store.ping, around.ping ?? others),
    probe: wrap(store.probe, around.probe ?? others),
    close: wrap(store.close, around.close ?? others),
  };
}

function wrap<Args extends readonly unknown[], Answer>(
  verb: (...args: Args) => Promise<Answer>,
  around: ((call: () => Promise<Answer>, ...args: Args) => Promise<Answer>) | undefined,
): (...args: Args) => Promise<Answer> {
  if (!around) return verb;
  return (...args) => around(() => verb(...args), ...args);
}
