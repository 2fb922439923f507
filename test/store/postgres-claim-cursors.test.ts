// Where the claims of one process look next, and what they must not pass over.
import { expect, test } from "vitest";
import { createManualClock } from "../../src/lib/clock.js";
import { createCursors, type ReadyKey, wholeLane } from "../../src/store/postgres/claim-cursors.js";
import { EVERYTHING, OTHER_WORKER, WORKER } from "./fixture.js";

const WORK = { queue: "default", taskType: "work" };
const MAIL = { queue: "default", taskType: "mail" };

function key(id: number, lane = WORK, rank = 0): ReadyKey {
  return { ...lane, rank, id: `00000000-0000-7000-8000-${String(id).padStart(12, "0")}` };
}

const behind = ({ queue, taskType, rank, id }: ReadyKey) => ({ queue, taskType, fromRank: rank, fromId: id });

/** Cursors of a worker that has just found work in these lanes. */
function sweptOnce(...lanes: readonly (typeof WORK)[]) {
  const clock = createManualClock();
  const cursors = createCursors(clock);
  cursors.swept(WORKER, EVERYTHING, lanes, cursors.mark());
  return { clock, cursors, ahead: () => cursors.ahead(WORKER, EVERYTHING) };
}

test("a lane that a sweep found is asked until a sweep finds it empty", async () => {
  const { cursors, ahead } = sweptOnce(WORK, MAIL);
  cursors.moveOn([key(3)], cursors.mark());
  expect(ahead()).toEqual([behind(key(3)), wholeLane(MAIL)]);
  cursors.swept(WORKER, EVERYTHING, [WORK], cursors.mark());
  expect(ahead()).toEqual([behind(key(3))]);
});

test("a row that appears while a claim takes later ones is not passed over", () => {
  const { cursors, ahead } = sweptOnce(WORK);
  const since = cursors.mark();
  cursors.moveBack([key(4)]);
  cursors.moveOn([key(5)], since);
  expect(ahead()).toEqual([wholeLane(WORK)]);
  cursors.moveOn([key(4), key(6)], cursors.mark());
  expect(ahead()).toEqual([behind(key(6))]);
});

test("rows that appear behind the claimed ones leave the cursor where it is", () => {
  const { cursors, ahead } = sweptOnce(WORK);
  const since = cursors.mark();
  cursors.moveBack([key(8), key(7)]);
  cursors.moveOn([key(5)], since);
  expect(ahead()).toEqual([behind(key(5))]);
});

test("a row of higher priority takes the cursor back", () => {
  const { cursors, ahead } = sweptOnce(WORK);
  cursors.moveOn([key(5)], cursors.mark());
  cursors.moveBack([key(9, WORK, -1)]);
  expect(ahead()).toEqual([wholeLane(WORK)]);
});

test("a claim that began before more commits than are remembered moves no cursor on", () => {
  const { cursors, ahead } = sweptOnce(WORK);
  const since = cursors.mark();
  cursors.moveBack([key(4)]);
  for (let commit = 0; commit < 100; commit++) cursors.moveBack([key(commit, MAIL)]);
  cursors.moveOn([key(5)], since);
  expect(ahead()).toContainEqual(wholeLane(WORK));
});

test("work that may have appeared during a sweep is looked for by another one", () => {
  const { cursors, ahead } = sweptOnce();
  const since = cursors.mark();
  cursors.mistrust();
  cursors.swept(WORKER, EVERYTHING, [WORK], since);
  expect(ahead()).toEqual([]);
});

test("a lane to which this process adds during a sweep stays, although the sweep found it empty", () => {
  const { cursors, ahead } = sweptOnce();
  const since = cursors.mark();
  cursors.moveBack([key(1)]);
  cursors.swept(WORKER, EVERYTHING, [], since);
  expect(ahead()).toEqual([wholeLane(WORK)]);
});

test("a worker that has not swept for a second, or never, has to", async () => {
  const { cursors, ahead, clock } = sweptOnce(WORK);
  expect(cursors.ahead(OTHER_WORKER, EVERYTHING)).toEqual([]);
  await clock.advance(1_000);
  expect(ahead()).toEqual([]);
});
