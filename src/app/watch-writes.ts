// Remembers whether the store takes writes: one that answers reads may have a full disk, or be read-only.
import type { Store, StoreError } from "../store/store.js";
import { type AroundAny, wrapStore } from "../store/wrap-store.js";
import { isOutage } from "./until-ready.js";

/**
 * The same store, whose `ping` is a `probe` from the first write that failed for want of the store until one has
 * succeeded: a stored task, or the probe itself. Called for each such failure.
 */
export function watchWrites(store: Store, onFailure: (failure: StoreError) => void): Store {
  let isFailing = false;
  let probing: Promise<void> | undefined;

  const watched: AroundAny = async (write) => {
    try {
      return await write();
    } catch (error) {
      if (isOutage(error)) {
        isFailing = true;
        onFailure(error);
      }
      throw error;
    }
  };

  async function probe(): Promise<void> {
    await store.probe();
    isFailing = false;
  }

  return wrapStore(store, {
    // insertWithin is the caller's transaction, and fails for reasons of its own. Some of these may succeed without
    // having written: only what always writes proves that writes work again.
    turn: watched,
    sync: watched,
    reclaim: watched,
    promote: watched,
    cancel: watched,
    edit: watched,
    beginFile: watched,
    completeFile: watched,
    expireFiles: watched,
    removeFiles: watched,
    remove: watched,
    commitRecords: watched,
    expireRecords: watched,
    async insert(call) {
      const answers = await watched(call);
      if (isFailing && answers.some(({ outcome }) => outcome === "created")) isFailing = false;
      return answers;
    },
    // A heartbeat rewrites one row, for which a full disk may have room: it proves nothing.
    beat: watched,
    async ping(call) {
      if (!isFailing) return call();
      // Many may ask while one probe waits for a slow disk.
      probing ??= probe().finally(() => {
        probing = undefined;
      });
      return probing;
    },
  });
}
