// Loops and the clock that tests hold still.
import { expect, test } from "vitest";
import { createManualClock, pause } from "../../src/lib/clock.js";
import { createLoop } from "../../src/lib/loop.js";

test("a tick says when the next comes, and wake brings it forward", async () => {
  const clock = createManualClock();
  const ticks: number[] = [];
  const loop = createLoop({
    clock,
    tick: async () => {
      ticks.push(clock.monotonic());
      return 1_000;
    },
    onError: () => 0,
  });
  await loop.start();
  await clock.advance(2_500);
  expect(ticks).toEqual([0, 1_000, 2_000]);
  loop.wake();
  await clock.advance(0);
  expect(ticks).toEqual([0, 1_000, 2_000, 2_500]);
  await loop.stop();
  await clock.advance(10_000);
  expect(ticks).toHaveLength(4);
  expect(clock.pending).toBe(0);
});

test("a tick that throws is reported and tried again", async () => {
  const clock = createManualClock();
  const errors: unknown[] = [];
  const loop = createLoop({
    clock,
    tick: async () => {
      throw new Error("no luck");
    },
    onError: (error) => {
      errors.push(error);
      return 500;
    },
  });
  await loop.start();
  await clock.advance(1_000);
  expect(errors).toHaveLength(3);
  await loop.stop();
  await loop.stop();
});

test("a loop that never started stops", async () => {
  await createLoop({ clock: createManualClock(), tick: async () => 0, onError: () => 0 }).stop();
});

test("a pause ends with its time or its signal", async () => {
  const clock = createManualClock();
  let ended = 0;
  const controller = new AbortController();
  void pause(clock, 100).then(() => ended++);
  void pause(clock, 1_000_000, controller.signal).then(() => ended++);
  await clock.advance(100);
  expect(ended).toBe(1);
  controller.abort();
  await clock.advance(0);
  expect(ended).toBe(2);
  expect(clock.pending).toBe(0);
});
