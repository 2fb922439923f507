// Events laid over what a request answered meanwhile: the newest version of a task wins, whichever comes first.
import { beforeEach, expect, test } from "vitest";
import {
  currentMark,
  type EventTask,
  forgetAll,
  overlay,
  remember,
} from "../../dashboard/src/data/patches.js";
import { wireTask } from "./wire-task.js";

beforeEach(forgetAll);

const event = (version: number, more: Partial<EventTask> = {}): EventTask => ({
  ...wireTask(),
  version,
  ...more,
});

test("an event that came after the request was sent is laid over its answer", () => {
  const mark = currentMark();
  expect(remember(event(2, { status: "RUNNING" }))).toBe(true);
  expect(overlay(wireTask(), mark)).toMatchObject({ status: "RUNNING" });
});

test("an event from before the request is not", () => {
  remember(event(2, { status: "RUNNING" }));
  expect(overlay(wireTask({ status: "SUCCESS" }), currentMark())).toMatchObject({ status: "SUCCESS" });
});

test("an older or repeated event is refused", () => {
  expect(remember(event(3))).toBe(true);
  expect(remember(event(3))).toBe(false);
  expect(remember(event(2, { status: "RUNNING" }))).toBe(false);
});

test("after a gap, versions start anew", () => {
  remember(event(9));
  forgetAll();
  expect(remember(event(1))).toBe(true);
});
