// The process in which one system lives for one round: opens it through its adapter and does what the parent asks, line by
// line. It measures time only; processor time, memory and bytes are read from outside by the parent.
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import {
  type Answer,
  type Command,
  type Line,
  MARK,
  type OpenPeer,
  type Payload,
  type Peer,
  type Place,
  type Served,
} from "./peer.js";

interface Adapter {
  readonly open?: OpenPeer;
  readonly addHistory?: (place: Place, count: number) => Promise<void>;
  readonly serve?: (place: Place) => Promise<Served>;
}

const BATCH = 1_000;
/** Large payloads go in smaller batches: no client sends a hundred megabytes at once. */
const BATCH_BYTES = 4 << 20;
const PROGRESS_MILLIS = 10;
const [adapterName = "", place = "{}"] = process.argv.slice(2);
const where: Place = JSON.parse(place);
const adapter: Adapter = await import(`./adapters/${adapterName}.js`);
let opened: Promise<Peer> | undefined;

function peer(): Promise<Peer> {
  if (!adapter.open) throw new Error(`${adapterName} can only be served`);
  opened ??= adapter.open(where);
  return opened;
}

function say(line: Line): void {
  process.stdout.write(`${MARK}${JSON.stringify(line)}\n`);
}

const pause = (millis: number) => new Promise<void>((resolve) => setTimeout(resolve, millis));

/** A payload whose JSON has about so many bytes, at least 13. Random, since databases compress what repeats itself. */
function payloadOf(bytes: number): Payload {
  const room = bytes - '{"rows":1000,"text":""}'.length;
  return room > 0
    ? { rows: 1000, text: randomBytes(room).toString("base64").slice(0, room) }
    : { rows: 1000 };
}

async function fill(count: number, bytes: number): Promise<Answer> {
  const system = await peer();
  const payload = payloadOf(bytes);
  const batch = Math.min(BATCH, Math.ceil(BATCH_BYTES / Math.max(1, bytes)));
  const start = performance.now();
  for (let done = 0; done < count; done += batch) {
    await system.submitMany(Array.from({ length: Math.min(batch, count - done) }, () => payload));
  }
  return { millis: performance.now() - start, count };
}

/** From the start of the worker to the end of the handler that is the `count`th. */
async function drain(count: number, handlerMillis: number, atOnce?: number): Promise<Answer> {
  const system = await peer();
  let handled = 0;
  let start = 0;
  const millis = await new Promise<number>((resolve, reject) => {
    const end = () => {
      if (++handled !== count) return;
      resolve(performance.now() - start);
      system.rest?.();
    };
    const handle =
      handlerMillis === 0
        ? end
        : async () => {
            await pause(handlerMillis);
            end();
          };
    start = performance.now();
    system.work({ handle, ...(atOnce !== undefined && { atOnce }) }).catch(reject);
  });
  return { millis, count };
}

/** Runs what there is, beside other processes that do the same, until the parent closes it. */
async function share(handlerMillis: number): Promise<Answer> {
  const system = await peer();
  let handled = 0;
  let at = 0;
  let told = 0;
  setInterval(() => {
    if (handled === told) return;
    told = handled;
    say({ line: "progress", progress: { handled, at } });
  }, PROGRESS_MILLIS);
  await system.work({
    async handle() {
      if (handlerMillis > 0) await pause(handlerMillis);
      handled++;
      at = performance.timeOrigin + performance.now();
    },
  });
  return {};
}

async function submit(seconds: number, inFlight: number): Promise<Answer> {
  const system = await peer();
  const payload = payloadOf(0);
  const start = performance.now();
  const end = start + seconds * 1000;
  let count = 0;
  const lane = async () => {
    while (performance.now() < end) {
      await system.submit(payload);
      count++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return { millis: performance.now() - start, count };
}

/** One task at a time, after a pause whose length varies, so that no polling falls into step with it. */
async function idleLatency(wanted: number, seconds: number): Promise<Answer> {
  const system = await peer();
  const samples: number[] = [];
  let ran: (() => void) | undefined;
  await system.work({
    handle({ at = 0 }) {
      samples.push(performance.now() - at);
      ran?.();
    },
  });
  await pause(500);
  const end = performance.now() + seconds * 1000;
  while (samples.length < wanted && performance.now() < end) {
    await pause(3 + ((samples.length * 7) % 20));
    const done = new Promise<void>((resolve) => {
      ran = resolve;
    });
    await system.submit({ rows: 1000, at: performance.now() });
    await done;
  }
  return { samples };
}

async function steadyLatency(rate: number, seconds: number): Promise<Answer> {
  const system = await peer();
  const samples: number[] = [];
  const wanted = rate * seconds;
  const { promise: all, resolve } = withResolvers();
  await system.work({
    handle({ at = 0 }) {
      samples.push(performance.now() - at);
      if (samples.length === wanted) resolve();
    },
  });
  await pause(500);
  const submits: Promise<unknown>[] = [];
  for (let step = 0; step < seconds * 100; step++) {
    const next = pause(10);
    for (let task = 0; task < rate / 100; task++) {
      submits.push(system.submit({ rows: 1000, at: performance.now() }));
    }
    await next;
  }
  await Promise.all([...submits, all]);
  return { samples };
}

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

async function run(command: Command): Promise<Answer> {
  switch (command.do) {
    case "history":
      await adapter.addHistory?.(where, command.count);
      return { count: command.count };
    case "fill":
      return fill(command.count, command.bytes);
    case "drain":
      return drain(command.count, command.handlerMillis, command.atOnce);
    case "share":
      return share(command.handlerMillis);
    case "submit":
      return submit(command.seconds, command.inFlight);
    case "idleLatency":
      return idleLatency(command.samples, command.seconds);
    case "steadyLatency":
      return steadyLatency(command.rate, command.seconds);
    case "idle":
      await (await peer()).work({ handle: () => undefined });
      return {};
    case "serve":
      if (!adapter.serve) throw new Error(`${adapterName} has no HTTP server here`);
      return { served: await adapter.serve(where) };
    case "close":
      await (await opened)?.close();
      return {};
  }
}

const lines = createInterface({ input: process.stdin });
// The parent is gone: the answer being computed is no longer needed.
lines.once("close", () => process.exit(1));
for await (const line of lines) {
  try {
    const command: Command = JSON.parse(line);
    say({ line: "answer", answer: await run(command) });
    // Some systems leave timers and sockets behind; the round is over.
    if (command.do === "close") process.exit(0);
  } catch (error) {
    say({ line: "failed", message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}
