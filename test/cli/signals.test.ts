import { EventEmitter } from "node:events";
import { beforeEach, expect, test, vi } from "vitest";
import { onStopSignals } from "../../src/cli/signals.js";
import { createManualClock } from "../../src/lib/clock.js";

const clock = createManualClock();
let source: EventEmitter;
const stop = vi.fn();
const kill = vi.fn();
let remove: () => void;

beforeEach(() => {
  stop.mockReset();
  kill.mockReset();
  source = new EventEmitter();
  remove = onStopSignals(clock, stop, kill, source);
});

test("npm and the terminal both pass on one Ctrl-C", async () => {
  source.emit("SIGINT");
  await clock.advance(900);
  source.emit("SIGINT");
  source.emit("SIGTERM");
  expect(stop).toHaveBeenCalledOnce();
  expect(kill).not.toHaveBeenCalled();
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
])("a later %s stops at once", async (signal, code) => {
  source.emit("SIGTERM");
  await clock.advance(1001);
  source.emit(signal);
  expect(kill).toHaveBeenCalledExactlyOnceWith(code);
});

test("after removal nothing is heard", () => {
  remove();
  source.emit("SIGINT");
  expect(stop).not.toHaveBeenCalled();
});
