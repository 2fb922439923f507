// What a scenario is called, which figures it shows, and against which goal: for the terminal and the page alike.
import { type Results, type Spread, spread } from "./results.js";
import { SYSTEMS } from "./systems.js";

export interface Column {
  readonly figure: string;
  readonly label: string;
  readonly print: (value: number) => string;
}

export interface Table {
  readonly scenario: string;
  readonly title: string;
  /** What was done, and what the figures do not say. */
  readonly note: string;
  /** The first is the one that the chart shows and the goal is about. */
  readonly columns: readonly Column[];
  /** Lower is better: latencies, costs. */
  readonly isLowerBetter?: boolean;
  /** By system; computed where it is a share of a peer's figure. */
  readonly goals?: Readonly<Record<string, (results: Results) => string>>;
}

const whole = (value: number) => Math.round(value).toLocaleString("en-US");
const digits = (value: number) =>
  value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : whole(value);
const column = (figure: string, label: string, print = whole): Column => ({ figure, label, print });

const RATE = column("rate", "tasks/s");
const CPU = column("cpuMicros", "CPU µs/task", digits);
const COST = [
  CPU,
  column("serverCpuMicros", "of it server", digits),
  column("bytes", "bytes written/task"),
  column("walBytes", "WAL bytes/task"),
  column("statements", "statements/task", digits),
];

function times(scenario: string, factors: Readonly<Record<string, number>>): (results: Results) => string {
  return (results) => {
    const wanted = Object.entries(factors).map(([system, factor]) => {
      const peer = spread(results, scenario, system, "rate");
      return { factor, system, value: peer && peer.median * factor };
    });
    const words = wanted.map(({ factor, system }) => `${factor} × ${nameOf(system)}`).join(" and ");
    const values = wanted.flatMap(({ value }) => value ?? []);
    return values.length === 0 ? words : `${words} = ${whole(Math.max(...values))}`;
  };
}

const share = (scenario: string, system: string, of: string, factor: number) => (results: Results) => {
  const base = spread(results, of, system, "rate");
  const words = `${factor * 100} % of ${of === scenario ? nameOf(system) : "the empty figure"}`;
  return base ? `${words} = ${whole(base.median * factor)}` : words;
};

const said = (words: string) => () => words;

export const TABLES: readonly Table[] = [
  {
    scenario: "drain",
    title: "Running no-op tasks",
    note: "Tasks that do nothing, submitted before, run by one process. From the start of the worker to the end of the last handler; systems that finish in batches may still be writing the last batch then. Cost is that of submitting in batches and running together; memory is that of the process (and the server) at the end.",
    columns: [RATE, ...COST, column("memoryMegabytes", "MB"), column("serverMemoryMegabytes", "MB server")],
    goals: {
      "taskwright-sqlite": times("drain", { bullmq: 3, plainjob: 5 }),
      "taskwright-postgres": times("drain", { "graphile-worker": 1.5, bullmq: 2.4 }),
    },
  },
  {
    scenario: "backlog",
    title: "The same with many more waiting",
    note: "How many more were waiting stands beside each figure. Taskwright also has as many finished tasks in its store; the peers have none.",
    columns: [
      RATE,
      column("waiting", "waiting"),
      column("finished", "finished"),
      column("memoryMegabytes", "MB"),
      column("serverMemoryMegabytes", "MB server"),
    ],
    goals: {
      "taskwright-sqlite": share("backlog", "taskwright-sqlite", "drain", 0.9),
      "taskwright-postgres": share("backlog", "taskwright-postgres", "drain", 0.9),
    },
  },
  {
    scenario: "submit",
    title: "Submitting one by one, 50 in flight",
    note: "In process, no worker. Each submit is awaited: what that answer promises differs most here.",
    columns: [
      RATE,
      CPU,
      column("bytes", "bytes written/task"),
      column("walBytes", "WAL bytes/task"),
      column("statements", "statements/task", digits),
    ],
  },
  {
    scenario: "http",
    title: "Submitting over HTTP, 50 connections",
    note: "One server process; the load comes from another, on the same two cores. Taskwright checks each body against the task type's schema. The limit is an empty handler that answers without looking.",
    columns: [column("rate", "requests/s"), column("p99", "p99 ms"), CPU],
    goals: {
      "taskwright-sqlite": share("http", "fastify", "http", 0.75),
      "taskwright-postgres": share("http", "fastify", "http", 0.75),
    },
  },
  {
    scenario: "latency",
    title: "From submit to handler, nothing else to do",
    note: "One task at a time, in the process that also runs it. The clock starts before the submit.",
    columns: [column("p50", "p50 ms", digits), column("p99", "p99 ms", digits), column("samples", "tasks")],
    isLowerBetter: true,
    goals: {
      "taskwright-sqlite": said("0.3 / 2 ms"),
      "taskwright-postgres": said("1.5 / 5 ms"),
    },
  },
  {
    scenario: "steady",
    title: "From submit to handler at 1,000 tasks a second",
    note: "Ten tasks every 10 ms, submitted one by one.",
    columns: [
      column("p99", "p99 ms", digits),
      column("p50", "p50 ms", digits),
      CPU,
      column("statements", "statements/task", digits),
    ],
    isLowerBetter: true,
    goals: {
      "taskwright-sqlite": said("p99 < 10 ms"),
      "taskwright-postgres": said("p99 < 10 ms"),
    },
  },
  {
    scenario: "handler-1ms",
    title: "Handlers that wait 1 ms",
    note: "100 at the same time. Timers of Node round up: 1 ms is rather 1.1 to 1.2.",
    columns: [RATE, CPU, column("statements", "statements/task", digits)],
  },
  {
    scenario: "handler-50ms",
    title: "Handlers that wait 50 ms",
    note: "100 at the same time, so no system can do more than 2,000 a second.",
    columns: [RATE, CPU, column("statements", "statements/task", digits)],
  },
  ...(["100B", "10kB", "200kB"] as const).map((bytes) => ({
    scenario: `payload-${bytes}`,
    title: `Payloads of ${bytes.replace(/(\d+)/, "$1 ")}`,
    note: "Submitted in batches of up to 1,000 tasks and 4 MB, then run. The payload is random text, since databases compress what repeats itself.",
    columns: [RATE, column("batchRate", "submitted/s"), CPU, column("bytes", "bytes written/task")],
  })),
  ...[1, 2, 4].map((count) => ({
    scenario: `processes-${count}`,
    title: count === 1 ? "One worker process of its own" : `${count} worker processes`,
    note: "No-op tasks, submitted before by another process. With a server beside them, two cores are full early.",
    columns: [
      RATE,
      CPU,
      column("serverCpuMicros", "of it server", digits),
      column("statements", "statements/task", digits),
    ],
  })),
  {
    scenario: "idle",
    title: "A worker with nothing to do",
    note: "Processor time as a share of one core.",
    columns: [
      column("cpuPercent", "CPU %", digits),
      column("serverCpuPercent", "CPU % server", digits),
      column("statementsPerSecond", "statements/s", digits),
      column("memoryMegabytes", "MB"),
    ],
    isLowerBetter: true,
    goals: {
      "taskwright-sqlite": said("< 1 % of a core"),
      "taskwright-postgres": said("< 1 % of a core, < 1 statement/s"),
    },
  },
];

/** Submitting in batches is measured while the drain is filled. */
export const BATCH: Table = {
  scenario: "drain",
  title: "Submitting in batches of 1,000",
  note: "In process, no worker, one batch after the other.",
  columns: [{ ...RATE, figure: "batchRate" }],
  goals: { "taskwright-sqlite": said("200,000"), "taskwright-postgres": said("120,000") },
};

export interface Line {
  readonly system: string;
  readonly name: string;
  readonly isOurs: boolean;
  readonly survives: string;
  readonly history: string;
  readonly spreads: readonly (Spread | undefined)[];
  readonly goal: string;
}

export function nameOf(id: string): string {
  return SYSTEMS.find((system) => system.id === id)?.name ?? id;
}

/** The systems that have figures, best first. */
export function linesOf(results: Results, table: Table): readonly Line[] {
  const lines = SYSTEMS.map((system) => ({
    system: system.id,
    name: system.name,
    isOurs: system.isOurs === true,
    survives: system.survives,
    history: system.history,
    spreads: table.columns.map(({ figure }) => spread(results, table.scenario, system.id, figure)),
    goal: table.goals?.[system.id]?.(results) ?? "",
  })).filter(({ spreads }) => spreads.some((one) => one !== undefined));
  const first = (line: Line) => line.spreads[0]?.median ?? 0;
  return lines.sort((a, b) => (table.isLowerBetter ? first(a) - first(b) : first(b) - first(a)));
}

/** A Markdown table of cells, padded so that it also reads as text. */
export function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, at) => Math.max(cell.length, 3, ...rows.map((row) => row[at]?.length ?? 0)));
  const print = (row: readonly string[]) =>
    `| ${head.map((_, at) => (row[at] ?? "").padEnd(widths[at] ?? 0)).join(" | ")} |`;
  return [
    print(head),
    `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`,
    ...rows.map(print),
  ].join("\n");
}

/** The table of a scenario: medians, the spread of the first figure, the goal. */
export function tableOf(results: Results, table: Table): string {
  const hasGoals = table.goals !== undefined;
  const rows = linesOf(results, table).map((line) => {
    const cells = table.columns.map(({ print }, at) => {
      const one = line.spreads[at];
      return one === undefined ? "–" : print(one.median);
    });
    const first = line.spreads[0];
    const print = table.columns[0]?.print ?? whole;
    const range =
      first && first.rounds > 1 ? `${print(first.min)}–${print(first.max)} (${first.rounds})` : "one round";
    const name = line.isOurs ? `**${line.name}**` : line.name;
    const [main = "–", ...more] = cells;
    const goal = hasGoals ? [line.goal] : [];
    return [name, main, range, ...goal, line.survives, line.history, ...more];
  });
  const [main = "", ...more] = table.columns.map(({ label }) => label);
  const goal = hasGoals ? ["goal"] : [];
  return markdown(
    ["system", main, "min–max (rounds)", ...goal, "a submit survives", "history", ...more],
    rows,
  );
}

/** A scenario for the terminal, with what is missing and why. */
export function printScenario(results: Results, scenario: string): string {
  const tables = [...TABLES, BATCH].filter((table) => table.scenario === scenario);
  const absent = results.absent
    .filter((absence) => absence.scenario === scenario)
    .map(({ system, reason }) => `not measured: ${nameOf(system)}: ${reason}`);
  return [...tables.map((table) => `${table.title}\n${tableOf(results, table)}`), ...absent].join("\n");
}
