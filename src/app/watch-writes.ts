// Remembers whether the store takes writes: one that answers reads may have a full disk, or be read-only.
import type { Store, StoreError } from "../store/store.js";
import { isOutage } from "./until-ready.js";

/**
 * The same store, whose `ping` is a `probe` from the first write that failed for want of the store until one has
 * succeeded: a stored task, or the probe itself. Hears of each such failure.
 */
export function watchWrites(store: Store, onFailure: (failure: StoreError) => void): Store {
  let isFailing = false;
  let probing: Promise<void> | undefined;

  async function noteFailure<Answer>(write: Promise<Answer>): Promise<Answer> {
    try {
      return await write;
    } catch (error) {
      if (isOutage(error)) {
        isFailing = true;
        onFailure(error);
      }
      throw error;
    }
  }

  function watched<Args extends readonly unknown[], Answer>(write: (...args: Args) => Promise<Answer>) {
    return (...args: Args): Promise<Answer> => noteFailure(write(...args));
  }

  async function probe(): Promise<void> {
    await store.probe();
    isFailing = false;
  }

  return {
    ...store,
    // insertWithin is the caller's transaction, and fails for reasons of its own. Some of these may succeed without having written: only what always writes proves that writes work again.
    turn: watched(store.turn),
    sync: watched(store.sync),
    reclaim: watched(store.reclaim),
    promote: watched(store.promote),
    cancel: watched(store.cancel),
    beginFile: watched(store.beginFile),
    completeFile: watched(store.completeFile),
    expireFiles: watched(store.expireFiles),
    removeFiles: watched(store.removeFiles),
    remove: watched(store.remove),
    async insert(tasks, options) {
      const answers = await noteFailure(store.insert(tasks, options));
      if (isFailing && answers.some(({ outcome }) => outcome === "created")) isFailing = false;
      return answers;
    },
    // A heartbeat rewrites one row, for which a full disk may have room: it proves nothing.
    beat: watched(store.beat),
    async ping() {
      if (!isFailing) return store.ping();
      // Many may ask while one probe waits for a slow disk.
      probing ??= probe().finally(() => {
        probing = undefined;
      });
      return probing;
    },
  };
}
