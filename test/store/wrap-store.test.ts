// Decorators of a store pass on every argument of every verb, and answer what the store answers.
import { expect, test } from "vitest";
import { boundWaits } from "../../src/app/bound-waits.js";
import { tellScheduled } from "../../src/app/tell-scheduled.js";
import { watchWrites } from "../../src/app/watch-writes.js";
import { createManualClock } from "../../src/lib/clock.js";
import { translated } from "../../src/queue/store-errors.js";
import { createMemoryStore } from "../../src/store/memory/memory-store.js";
import type { Store } from "../../src/store/store.js";
import { type Verb, wrapStore } from "../../src/store/wrap-store.js";

/** A store whose functions note their arguments and answer a value of their own. */
function recorder() {
  const clock = createManualClock();
  const store = createMemoryStore({ clock });
  const calls: { readonly name: string; readonly args: readonly unknown[] }[] = [];
  const names = Object.entries(store).flatMap(([name, member]) =>
    typeof member === "function" ? [name] : [],
  );
  for (const name of names) {
    // No promise: what is not a verb passes it through, and a verb that is awaited answers it too.
    const record = (...args: unknown[]) => {
      calls.push({ name, args });
      return Object.assign(Promise.resolve([name]), { name });
    };
    Object.assign(store, { [name]: record });
  }
  return { clock, store, calls, names };
}

/** Any verb accepts these: a list of tasks without members, a request without outcomes. */
const ARGS = [Object.assign([], { outcomes: [] }), { second: true }, { third: true }, { fourth: true }];

const DECORATORS: Readonly<
  Record<string, (store: Store, clock: ReturnType<typeof createManualClock>) => Store>
> = {
  "around every verb": (store) => wrapStore(store, {}, (call) => call()),
  "around none": (store) => wrapStore(store, {}),
  boundWaits: (store, clock) => boundWaits(store, clock, 1_000),
  watchWrites: (store) => watchWrites(store, () => undefined),
  tellScheduled: (store) => tellScheduled(store, () => undefined),
  translated: (store) => translated(store),
};

test.each(Object.entries(DECORATORS))("%s", async (_name, decorate) => {
  const { clock, store, calls, names } = recorder();
  const decorated = decorate(store, clock);
  expect(names.length).toBeGreaterThan(30);
  for (const name of names) {
    calls.length = 0;
    const member: unknown = Reflect.get(decorated, name);
    if (typeof member !== "function") throw new Error(`${name} is missing`);
    const answer: unknown = await Reflect.apply(member, undefined, ARGS);
    expect(answer).toEqual([name]);
    expect(calls).toEqual([{ name, args: ARGS }]);
  }
});

test("what goes around a verb sees its arguments, and may answer in its place", async () => {
  const { store, calls } = recorder();
  const seen: Verb[] = [];
  const wrapped = wrapStore(
    store,
    {
      get: async (_call, ids) => ids.map(() => undefined),
    },
    (call) => {
      seen.push("list");
      return call();
    },
  );
  expect(await wrapped.get(["a", "b"])).toEqual([undefined, undefined]);
  expect(calls).toEqual([]);
  await wrapped.list({}, { limit: 1, order: "newest" });
  expect(seen).toEqual(["list"]);
  expect(calls).toEqual([{ name: "list", args: [{}, { limit: 1, order: "newest" }] }]);
});
