// What a lost answer means for the calls of a worker that has several under way.
import { expect, test } from "vitest";
import type { ClaimedTask } from "../../src/model/task.js";
import { createClaimTracking, type HandedOver } from "../../src/store/postgres/claim-tracking.js";
import { LostAnswer } from "../../src/store/postgres/database.js";

const WORKER = "worker";

function deferred() {
  let resolve: (answer: HandedOver) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<HandedOver>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

function claimed(fence: number): ClaimedTask {
  return {
    id: `task-${fence}`,
    fence,
    taskType: "work",
    queue: "default",
    priority: 0,
    parameters: "{}",
    attempt: 1,
    maxAttempts: 3,
    crashes: 0,
    timeout: 1_000,
    createdAt: 0,
    startedAt: 0,
    cancelRequested: false,
  };
}

test("after a lost answer the next call waits for those under way, and looks alone", async () => {
  const tracking = createClaimTracking();
  const begun: (readonly [string, readonly number[] | undefined])[] = [];
  function call(name: string) {
    const work = deferred();
    const answer = tracking.track(WORKER, [], undefined, (known) => {
      begun.push([name, known]);
      return work.promise;
    });
    return { ...work, answer };
  }

  const lost = call("lost");
  const other = call("other");
  lost.reject(new LostAnswer("the connection broke"));
  await expect(lost.answer).rejects.toThrow(LostAnswer);
  const looking = call("looking");
  const behind = call("behind");
  expect(begun.map(([name]) => name)).toEqual(["lost", "other"]);

  other.resolve({ claimed: [claimed(7)] });
  await other.answer;
  await new Promise(setImmediate);
  expect(begun.slice(2)).toEqual([["looking", [7]]]);

  looking.resolve({ claimed: [], found: [] });
  await looking.answer;
  behind.resolve({ claimed: [] });
  await behind.answer;
  expect(begun.slice(3)).toEqual([["behind", undefined]]);
});
