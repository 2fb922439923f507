// The inside of a thread or process that runs handlers: one attempt at a time, whose context speaks over a channel.
// Whatever an attempt leaves behind is its own fault, and the host is then not used again.
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { type Clock, systemClock } from "../lib/clock.js";
import { abortError } from "./attempt.js";
import { AttemptOver, type ContextHost, createContext } from "./context.js";
import { describeError } from "./describe-error.js";
import { createCalls, expectArtifact, expectFile } from "./isolation-calls.js";
import { type Loaded, loadType } from "./isolation-load.js";
import { Outbox } from "./isolation-outbox.js";
import type { FromHost, Run, ToHost } from "./isolation-protocol.js";
import { type Ending, failed, runHandler } from "./run-handler.js";

export interface HostParts {
  readonly send: (message: FromHost) => void;
  /** Called between an attempt's end and the news of it: whether its leftovers are gone. */
  readonly tidy: () => Promise<boolean>;
  readonly clock?: Clock;
}

/** Returns the receiver of the worker's messages. Catches stray errors as long as the process or thread lives. */
export function createHost({ send, tidy, clock = systemClock }: HostParts): (message: ToHost) => void {
  const calls = createCalls(send);
  let current: CurrentRun | undefined;

  /** An unhandled rejection, or a callback that threw: it is the running attempt's, or that of the last one. */
  function onStray(error: unknown): void {
    if (current) current.fail(error);
    else send({ kind: "stray", message: describeError(error).message });
  }
  process.on("uncaughtException", onStray);
  process.on("unhandledRejection", onStray);

  async function start(run: Run): Promise<void> {
    const outbox = new Outbox(clock, send);
    current = createRun(
      run,
      outbox,
      calls.forRun(() => outbox.flush()),
    );
    const loaded = await loadType(run.module, run.task.taskType);
    const before = countActive();
    const ending = await current.ending(loaded);
    current.host.close();
    outbox.flush();
    const { isStray } = current;
    current = undefined;
    const isLoaded = "type" in loaded;
    const isReusable = ending.how === "returned" || (ending.again === "never" && isLoaded);
    const isClean = isReusable && !isStray && leftNothing(before, countActive()) && (await tidy());
    send({ kind: "ended", ending, isLoaded, isClean });
  }

  return (message) => {
    switch (message.kind) {
      case "run":
        void start(message.run);
        break;
      case "abort":
        current?.abort(message.reason);
        break;
      case "reported":
        current?.outbox.confirmed();
        break;
      default:
        calls.hear(message);
    }
  };
}

type CurrentRun = ReturnType<typeof createRun>;
type RunCalls = ReturnType<ReturnType<typeof createCalls>["forRun"]>;

function createRun(run: Run, outbox: Outbox, ask: RunCalls) {
  const { task, fence, timeout } = run;
  const controller = new AbortController();
  let checkpoint = run.checkpoint;
  let over = false;
  let isStray = false;
  let failNow: (ending: Ending) => void = () => undefined;
  const strayed = new Promise<Ending>((resolve) => {
    failNow = resolve;
  });

  const host: ContextHost & { close(): void } = {
    task,
    fence,
    signal: controller.signal,
    get checkpoint() {
      return checkpoint;
    },
    assertOpen() {
      if (!over) return;
      throw new AttemptOver(
        `Task ${task.id} is no longer running this attempt; its context can no longer be used.`,
      );
    },
    progress: (said) => outbox.say(said),
    log: (level, message, fields) => outbox.log({ level, message, fields }),
    async setCheckpoint(value) {
      checkpoint = value;
      await ask({ verb: "checkpoint", checkpoint: value });
    },
    async putArtifact(name, data, mediaType) {
      // Bytes go in parts, each asked for by the worker, so that neither side holds them twice.
      const stream = data instanceof Readable ? data : Readable.from(parts(Buffer.from(data)));
      return expectArtifact(await ask({ verb: "artifact", name, mediaType }, stream));
    },
    async openFile(id) {
      const file = expectFile(await ask({ verb: "file", id }));
      return { ...file, stream: () => createReadStream(file.path) };
    },
    async submit(call) {
      return String(await ask({ verb: "submit", call }));
    },
    close() {
      over = true;
    },
  };

  return {
    host,
    outbox,
    get isStray() {
      return isStray;
    },
    abort(reason: "cancel" | "timeout" | "shutdown" | "lost"): void {
      if (reason === "lost") over = true;
      controller.abort(abortError(reason, { timeout }));
    },
    /** An error outside the handler's own flow ends the attempt. */
    fail(error: unknown): void {
      isStray = true;
      const { message, ...rest } = describeError(error);
      const where = "thrown in a callback, or by a promise that was not awaited";
      failNow({ how: "failed", error: { ...rest, message: `${message} (${where})` }, again: "policy" });
    },
    async ending(loaded: Loaded): Promise<Ending> {
      if ("ending" in loaded) return loaded.ending;
      const ended = await Promise.race([strayed, handle(loaded.type, run, host)]);
      // Rejections and callbacks that the handler left for right after its end are still its own.
      await eventLoopTurn();
      return isStray && ended.how === "returned" ? strayed : ended;
    },
  };
}

async function handle(
  type: Parameters<typeof runHandler>[0],
  { parameters }: Run,
  host: ContextHost,
): Promise<Ending> {
  try {
    return await runHandler(type, parameters, createContext(host));
  } catch (error) {
    return failed(error);
  }
}

const PART_BYTES = 256 * 1024;

function* parts(data: Buffer): Generator<Buffer> {
  for (let at = 0; at < data.length; at += PART_BYTES) yield data.subarray(at, at + PART_BYTES);
}

function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Idle connections may be a pool that the module keeps for its next task; they call nothing by themselves. */
const MAY_STAY = new Set([
  "TCPSocketWrap",
  "TLSWrap",
  "PipeWrap",
  "TTYWrap",
  "MessagePort",
  "UDPWrap",
  "CloseReq",
]);

/** What keeps the event loop alive, by kind. */
function countActive(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

function leftNothing(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): boolean {
  return [...after].every(([kind, count]) => MAY_STAY.has(kind) || count <= (before.get(kind) ?? 0));
}
