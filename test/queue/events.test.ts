// The event hub: numbering, resume, resync, progress limit, slow readers. On a clock that stands still.
import { describe, expect, it } from "vitest";
import { createManualClock } from "../../src/lib/clock.js";
import type { Subscription } from "../../src/queue/event-stream.js";
import { createEventHub } from "../../src/queue/events.js";
import type { Change } from "../../src/store/store.js";

/** A hub on a source of changes that the test holds in its hand. */
function setup() {
  const clock = createManualClock();
  const listeners = new Set<(changes: readonly Change[]) => void>();
  const missed = new Set<() => void>();
  const hub = createEventHub({
    clock,
    epoch: "e1",
    store: {
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      onMissed(listener) {
        missed.add(listener);
        return () => missed.delete(listener);
      },
    },
  });
  const say = (kind: Change["kind"], id = "t1", more: Partial<Change["task"]> = {}) => {
    const task = { id, taskType: "sample", queue: "default", status: "RUNNING" as const, ...more };
    for (const listener of listeners) listener([{ kind, at: clock.now(), task }]);
  };
  const miss = () => {
    for (const listener of missed) listener();
  };
  return { clock, hub, say, listeners, miss };
}

/** What a reader has now, as text; nothing is waited for. */
async function heard(subscription: Subscription): Promise<string[]> {
  const events: string[] = [];
  const stop = Symbol("nothing more");
  for (;;) {
    const next = subscription.next();
    const event = await Promise.race([next, new Promise<typeof stop>((r) => setImmediate(r, stop))]);
    if (event === stop || !event) return events;
    events.push(event.kind === "progress" ? `progress ${event.task.progress}` : event.kind);
  }
}

describe("the event hub", () => {
  it("listens to the store only while somebody listens to it, and a while longer", async () => {
    const { clock, hub, listeners } = setup();
    expect(listeners.size).toBe(0);
    const subscription = hub.subscribe({});
    expect(listeners.size).toBe(1);
    subscription.close();
    expect(listeners.size).toBe(1);
    await clock.advance(60_000);
    expect(listeners.size).toBe(0);
  });

  it("numbers events, and replays those after the last one heard", async () => {
    const { hub, say } = setup();
    const first = hub.subscribe({});
    say("created");
    say("started");
    const event = await first.next();
    expect(event?.number).toBe(1);
    say("finished");
    const second = hub.subscribe({}, "e1:1");
    expect(await heard(second)).toEqual(["started", "finished"]);
  });

  it("says resync where what came since is not known", async () => {
    const { clock, hub, say } = setup();
    const first = hub.subscribe({});
    say("created");
    for (const last of ["e0:1", "e1:2", "e1:-1", "e1:1.5", "e1:", "1"]) {
      expect(await heard(hub.subscribe({}, last)), last).toEqual(["resync"]);
    }
    expect(await heard(hub.subscribe({}, "e1:1"))).toEqual([]);
    first.close();
    hub.close();
    await clock.advance(0);
    expect(await heard(hub.subscribe({}, "e1:1"))).toEqual(["resync"]);
  });

  it("says resync to a reader who missed more than is kept", async () => {
    const { hub, say } = setup();
    hub.subscribe({});
    for (let count = 0; count < 10_001; count++) say("created", `t${count}`);
    expect(await heard(hub.subscribe({}, "e1:0"))).toEqual(["resync"]);
    expect(await heard(hub.subscribe({}, "e1:10000"))).toEqual(["created"]);
  });

  it("answers every reader one resync where changes were missed, and those who come back, too", async () => {
    const { hub, say, miss } = setup();
    const readers = [hub.subscribe({}), hub.subscribe({ taskIds: ["t9"] })];
    say("created");
    miss();
    for (const reader of readers) expect(await heard(reader)).toEqual(["resync"]);
    expect(await heard(hub.subscribe({}, "e1:1"))).toEqual(["resync"]);
  });

  it("passes what the filter asks for", async () => {
    const { hub, say } = setup();
    const subscription = hub.subscribe({ taskIds: ["t1", "t2"], status: ["RUNNING"], taskTypes: ["sample"] });
    say("started", "t1");
    say("started", "t3");
    say("started", "t2", { status: "PENDING" });
    say("started", "t2", { taskType: "other" });
    expect(await heard(subscription)).toEqual(["started"]);
  });

  it("lets a task's progress through four times a second, and never loses the last", async () => {
    const { clock, hub, say } = setup();
    const subscription = hub.subscribe({});
    for (let percent = 0; percent <= 100; percent++) {
      say("progress", "t1", { progress: percent });
      await clock.advance(10);
    }
    await clock.advance(1_000);
    const events = await heard(subscription);
    expect(events).toEqual([
      "progress 0",
      "progress 24",
      "progress 49",
      "progress 74",
      "progress 99",
      "progress 100",
    ]);
    expect(clock.pending).toBe(0);
  });

  it("tells the progress that waits before the end of its task", async () => {
    const { hub, say, clock } = setup();
    const subscription = hub.subscribe({});
    say("progress", "t1", { progress: 1 });
    say("progress", "t1", { progress: 2, progressMessage: "two" });
    say("progress", "t1", { progress: 3 });
    say("finished");
    await clock.advance(1_000);
    expect(await heard(subscription)).toEqual(["progress 1", "progress 3", "finished"]);
  });

  it("drops progress for a slow reader first, then says resync", async () => {
    const { hub, say } = setup();
    const slow = hub.subscribe({});
    for (let count = 0; count < 600; count++) {
      say("progress", `t${count}`, { progress: 1 });
      say("started", `t${count}`);
    }
    const events = await heard(slow);
    expect(events.filter((event) => event === "started")).toHaveLength(600);
    expect(events.length).toBeLessThanOrEqual(1_000);
    // One for the question that still waits, 1,000 for the buffer, and one too many.
    for (let count = 0; count < 1_002; count++) say("created", `t${count}`);
    expect(await heard(slow)).toEqual(["resync"]);
  });

  it("ends readers that wait when it closes", async () => {
    const { hub } = setup();
    const next = hub.subscribe({}).next();
    hub.close();
    expect(await next).toBeUndefined();
  });
});
