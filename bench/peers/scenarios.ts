// What is measured: each scenario says which systems take part, and turns one round into named figures.
import { percentile } from "../statistics.js";
import type { Bench, Cost, Round } from "./bench.js";
import type { Figures, Size } from "./figures.js";
import { http } from "./http.js";
import type { Child } from "./process.js";
import { shareDrain } from "./share.js";
import { SYSTEMS, type System } from "./systems.js";

export interface Scenario {
  readonly name: string;
  /** Rounds wanted, where the time of the scenario allows. */
  readonly rounds: number;
  /** Seconds after which no further round begins, in a full run. Their sum bounds the run. */
  readonly seconds: number;
  readonly systems: readonly System[];
  run(bench: Bench, system: System, size: Size): Promise<Figures>;
}

const workers = SYSTEMS.filter((system) => !system.isLimit && system.id !== "bunqueue-durable");
const submitters = SYSTEMS.filter((system) => !system.isLimit);
const shared = workers.filter((system) => system.needs !== "folder");
const overHttp = SYSTEMS.filter((system) => system.isOurs || system.isLimit || system.package === "bunqueue");
const PLAIN = 0;

/** Fill, let the server settle, drain: rates of both, and what a task cost on the way through. */
async function fillAndDrain(
  round: Round,
  child: Child,
  options: { count: number; waiting: number; bytes: number; handlerMillis: number; atOnce?: number },
): Promise<Figures> {
  const { count, waiting, bytes, handlerMillis, atOnce } = options;
  await open(round, child);
  const filled = await round.measure(child, { do: "fill", count: count + waiting, bytes });
  await round.site.settle();
  const drained = await round.measure(child, {
    do: "drain",
    count,
    handlerMillis,
    ...(atOnce !== undefined && { atOnce }),
  });
  return {
    rate: rate(drained),
    batchRate: rate(filled),
    cpuMicros: cpu(drained, count) + cpu(filled, count + waiting),
    serverCpuMicros:
      (1000 * drained.serverCpuMillis) / count + (1000 * filled.serverCpuMillis) / (count + waiting),
    bytes: drained.writtenBytes / count + filled.writtenBytes / (count + waiting),
    walBytes: drained.walBytes / count + filled.walBytes / (count + waiting),
    statements: drained.statements / count + filled.statements / (count + waiting),
    memoryMegabytes: child.memoryBytes() / 2 ** 20,
    serverMemoryMegabytes: round.site.memoryBytes() / 2 ** 20,
  };
}

/** Opens the system, and has what making its tables left behind written before anything is counted. */
async function open(round: Round, child: Child): Promise<void> {
  await child.ask({ do: "fill", count: 0, bytes: 0 });
  await round.site.settle();
}

const rate = ({ answer }: Cost) => (1000 * (answer.count ?? 0)) / (answer.millis ?? Number.NaN);
const cpu = (cost: Cost, tasks: number) => (1000 * (cost.clientCpuMillis + cost.serverCpuMillis)) / tasks;

function drain(
  name: string,
  options: { full: number; quick: number; bytes?: number; handlerMillis?: number; atOnce?: number },
  bounds: { rounds: number; seconds: number },
): Scenario {
  return {
    name,
    ...bounds,
    systems: workers,
    run: (bench, system, { isQuick }) =>
      bench.round(system, (round) =>
        fillAndDrain(round, round.start(), {
          count: isQuick ? options.quick : options.full,
          waiting: 0,
          bytes: options.bytes ?? PLAIN,
          handlerMillis: options.handlerMillis ?? 0,
          ...(options.atOnce !== undefined && { atOnce: options.atOnce }),
        }),
      ),
  };
}

/** With many more waiting; and for ours, which keeps history for long, as many finished. */
const backlog: Scenario = {
  name: "backlog",
  rounds: 1,
  seconds: 240,
  systems: workers,
  run: (bench, system, { isQuick, isLarge }) =>
    bench.round(system, async (round) => {
      const waiting = isQuick ? 20_000 : 1_000_000;
      const finished = system.isOurs ? (isLarge ? 10 * waiting : waiting) : 0;
      if (finished > 0) {
        const filler = round.start();
        await filler.ask({ do: "history", count: finished });
        await filler.stop();
        await round.site.settle();
      }
      const count = isQuick ? 5_000 : 50_000;
      const figures = await fillAndDrain(round, round.start(), {
        count,
        waiting,
        bytes: PLAIN,
        handlerMillis: 0,
      });
      return { ...figures, waiting, finished };
    }),
};

const submit: Scenario = {
  name: "submit",
  rounds: 2,
  seconds: 80,
  systems: submitters,
  run: (bench, system, { isQuick }) =>
    bench.round(system, async (round) => {
      const child = round.start();
      await child.ask({ do: "submit", seconds: 0.2, inFlight: 50 });
      await round.site.settle();
      const cost = await round.measure(child, { do: "submit", seconds: isQuick ? 0.5 : 2, inFlight: 50 });
      const count = cost.answer.count ?? 0;
      return {
        rate: rate(cost),
        cpuMicros: cpu(cost, count),
        walBytes: cost.walBytes / count,
        bytes: cost.writtenBytes / count,
        statements: cost.statements / count,
      };
    }),
};

const latency: Scenario = {
  name: "latency",
  rounds: 1,
  seconds: 70,
  systems: workers,
  run: (bench, system, { isQuick }) =>
    bench.round(system, async (round) => {
      const { samples = [] } = await round
        .start()
        .ask({ do: "idleLatency", samples: isQuick ? 50 : 300, seconds: isQuick ? 2 : 5 });
      return { p50: percentile(samples, 0.5), p99: percentile(samples, 0.99), samples: samples.length };
    }),
};

const steady: Scenario = {
  name: "steady",
  rounds: 1,
  seconds: 60,
  systems: workers,
  run: (bench, system, { isQuick }) =>
    bench.round(system, async (round) => {
      const command = { do: "steadyLatency", rate: 1_000, seconds: isQuick ? 1 : 4 } as const;
      const cost = await round.measure(round.start(), command);
      const samples = cost.answer.samples ?? [];
      return {
        p50: percentile(samples, 0.5),
        p99: percentile(samples, 0.99),
        cpuMicros: cpu(cost, samples.length),
        statements: cost.statements / samples.length,
      };
    }),
};

const idle: Scenario = {
  name: "idle",
  rounds: 1,
  seconds: 60,
  systems: workers,
  run: (bench, system, { isQuick }) =>
    bench.round(system, async (round) => {
      const child = round.start();
      await child.ask({ do: "idle" });
      await pause(1_000);
      const seconds = isQuick ? 2 : 4;
      const before = { server: await round.site.sample(), client: child.usage() };
      await pause(seconds * 1_000);
      const after = { server: await round.site.sample(), client: child.usage() };
      return {
        cpuPercent: (after.client.cpuMillis - before.client.cpuMillis) / (10 * seconds),
        serverCpuPercent: (after.server.cpuMillis - before.server.cpuMillis) / (10 * seconds),
        statementsPerSecond: (after.server.statements - before.server.statements) / seconds,
        memoryMegabytes: child.memoryBytes() / 2 ** 20,
      };
    }),
};

function processes(count: number): Scenario {
  return {
    name: `processes-${count}`,
    rounds: 2,
    seconds: 45,
    systems: shared,
    run: (bench, system, { isQuick }) =>
      bench.round(system, (round) => shareDrain(round, count, isQuick ? 5_000 : 50_000)),
  };
}

const pause = (millis: number) => new Promise<void>((resolve) => setTimeout(resolve, millis));

export const SCENARIOS: readonly Scenario[] = [
  drain("drain", { full: 50_000, quick: 5_000 }, { rounds: 3, seconds: 150 }),
  backlog,
  submit,
  { name: "http", rounds: 3, seconds: 60, systems: overHttp, run: http },
  latency,
  steady,
  drain(
    "handler-1ms",
    { full: 20_000, quick: 2_000, handlerMillis: 1, atOnce: 100 },
    { rounds: 1, seconds: 40 },
  ),
  drain(
    "handler-50ms",
    { full: 4_000, quick: 500, handlerMillis: 50, atOnce: 100 },
    { rounds: 1, seconds: 40 },
  ),
  drain("payload-100B", { full: 20_000, quick: 2_000, bytes: 100 }, { rounds: 1, seconds: 40 }),
  drain("payload-10kB", { full: 10_000, quick: 1_000, bytes: 10_000 }, { rounds: 1, seconds: 40 }),
  drain("payload-200kB", { full: 500, quick: 50, bytes: 200_000 }, { rounds: 1, seconds: 40 }),
  ...[1, 2, 4].map(processes),
  idle,
];
