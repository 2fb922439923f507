// `npm run bench`: every scenario on SQLite, as one table. Durability is the default: synced before acknowledged.
// --help names its flags.
import { randomFillSync } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { loadClock, loadIds, loadSqlite, loadSuggest } from "./built.js";
import { drain } from "./drain.js";
import { addFinished, insertTasks } from "./fill.js";
import { checkNames, positive, readFlags } from "./flags.js";
import { idleLatency, steadyLatency } from "./latency.js";
import { listLatency } from "./list.js";
import { describeMachine } from "./machine.js";
import type { PageLoad } from "./page.js";
import { fillStore, serve } from "./serve.js";
import { type SoakFigures, soak } from "./soak.js";
import { median, ms, percentile, perSecond, type Row, table } from "./statistics.js";

const USAGE = `npm run bench -- [flags]: what one machine does with SQLite, as one table.
npm run bench -- postgres [flags]: the same with PostgreSQL.

  --only NAMES   of these (a,b): drain, drain-full, http, batch, latency, native, list; and those that run only when named:
                 start (serve, until it answers), page (the dashboard's first list, in a browser), soak, stalls
  --tasks N      tasks to drain (default 100000)
  --million N    tasks in the store of drain-full, list, start, page and stalls, in millions (default 1)
  --store FILE   start, page: a SQLite file that is there already, instead of a new one with --million tasks
  --minutes N    soak, stalls: how long (default 60)
  --rate N       soak, stalls: tasks a second (default 15000)

Examples:
  npm run bench -- --only drain --tasks 500000
  npm run bench -- --only page --million 10
  npm run bench -- --only start --store data/taskwright.db
  npm run bench -- --only soak --minutes 1`;

const { didYouMean } = await loadSuggest();
const values = readFlags({
  usage: USAGE,
  didYouMean,
  options: {
    tasks: { type: "string", default: "100000" },
    million: { type: "string", default: "1" },
    only: { type: "string" },
    store: { type: "string" },
    minutes: { type: "string", default: "60" },
    rate: { type: "string", default: "15000" },
    help: { type: "boolean", short: "h" },
  },
});
const tasks = positive("tasks", values.tasks);
const many = positive("million", values.million) * 1_000_000;
const rows: Row[] = [];

/** A fresh folder for one scenario, removed afterwards. */
async function inFolder(measure: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "taskwright-bench-"));
  try {
    await measure(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function add(row: Row): void {
  rows.push(row);
  process.stderr.write(`${row.scenario}: ${row.figure}\n`);
}

const scenarios: Readonly<Record<string, () => Promise<void>>> = {
  async drain() {
    for (const concurrency of [200, 1000]) {
      const rates: number[] = [];
      let rss = 0;
      for (let round = 0; round < 3; round++) {
        await inFolder(async (folder) => {
          const figures = await drain({ folder, tasks, waiting: 0, finished: 0, concurrency });
          rates.push(figures.drainMillis);
          rss = figures.rssBytes;
        });
      }
      add({
        scenario: `drain, empty database, ${concurrency} at a time`,
        figure: perSecond(tasks, median(rates)),
        goal: "75,000/s",
        note: `median of 3; RSS ${Math.round(rss / 2 ** 20)} MB`,
      });
    }
  },
  async "drain-full"() {
    await inFolder(async (folder) => {
      const figures = await drain({ folder, tasks, waiting: many, finished: many, concurrency: 200 });
      add({
        scenario: `drain, ${many.toLocaleString("en-US")} more waiting and as many finished`,
        figure: perSecond(tasks, figures.drainMillis),
        goal: "90 % of empty",
        note: `RSS ${Math.round(figures.rssBytes / 2 ** 20)} MB`,
      });
    });
  },
  async http() {
    await inFolder(async (folder) => {
      // A load generator and a browser are loaded only where they are used: their memory is not the product's.
      const { submitOverHttp } = await import("./http.js");
      const figures = await submitOverHttp(folder, 50, 3);
      const share = Math.round((100 * figures.product) / figures.empty);
      add({
        scenario: "empty Fastify handler, 50 connections",
        figure: perSecond(figures.empty, 1000),
        goal: "",
      });
      add({
        scenario: "submit over HTTP, 50 connections",
        figure: perSecond(figures.product, 1000),
        goal: "75 % of the empty handler",
        note: `${share} %`,
      });
      add({ scenario: "batches of 1,000 over HTTP", figure: perSecond(figures.batched, 1000), goal: "" });
    });
  },
  async batch() {
    await inFolder(async (folder) => {
      const [{ openSqliteStore }, { systemClock }, { createIdSource }] = await Promise.all([
        loadSqlite(),
        loadClock(),
        loadIds(),
      ]);
      const store = await openSqliteStore({ file: `${folder}/batch.db`, clock: systemClock });
      const newId = createIdSource(systemClock.now, (bytes) => void randomFillSync(bytes));
      const millis = await insertTasks(store, newId, 500_000);
      await store.close();
      add({
        scenario: "insert in batches of 1,000, in process",
        figure: perSecond(500_000, millis),
        goal: "200,000/s",
      });
    });
  },
  async latency() {
    await inFolder(async (folder) => {
      const samples = await idleLatency({ store: `${folder}/latency.db`, dataDir: folder }, 2_000);
      add({
        scenario: "idle submit → start, p50 / p99",
        figure: `${ms(percentile(samples, 0.5))} / ${ms(percentile(samples, 0.99))}`,
        goal: "0.3 / 2 ms",
      });
    });
    await inFolder(async (folder) => {
      const samples = await steadyLatency({ store: `${folder}/latency.db`, dataDir: folder }, 1_000, 5);
      add({
        scenario: "submit → start at 1,000 tasks/s, p99",
        figure: ms(percentile(samples, 0.99)),
        goal: "< 10 ms",
      });
    });
  },
  async native() {
    await inFolder(async (folder) => {
      const { nativeLatency } = await import("./native.js");
      for (const { taskType, samples } of await nativeLatency(folder, 50)) {
        add({
          scenario: `submit → result of a small file over HTTP, ${taskType}, warm, p50 / p95`,
          figure: `${ms(percentile(samples, 0.5))} / ${ms(percentile(samples, 0.95))}`,
          goal: "< 150 ms",
        });
      }
    });
  },
  async list() {
    await inFolder(async (folder) => {
      const { samples, openMillis } = await listLatency({
        folder,
        waiting: many,
        finished: many,
        rounds: 200,
      });
      for (const [name, times] of samples) {
        add({
          scenario: `list ${name}, 50 rows of ${(2 * many).toLocaleString("en-US")}, p50 / p99`,
          figure: `${ms(percentile(times, 0.5))} / ${ms(percentile(times, 0.99))}`,
          goal: "p99 < 20 ms",
        });
      }
      add({ scenario: "open that database", figure: ms(openMillis), goal: "< 1 s" });
    });
  },
};

const steady = { rate: positive("rate", values.rate), minutes: positive("minutes", values.minutes) };

/** What a process holds after a long time. */
async function soakForLong(): Promise<void> {
  await inFolder(async (folder) => {
    const file = `${folder}/soak.db`;
    const size = () => `database ${megabytes(statSync(file).size)}`;
    const tell = (figures: SoakFigures) => process.stderr.write(`${describeSoak(figures)}, ${size()}\n`);
    const told = await soak({ store: file, dataDir: folder, ...steady, keepFinished: 120_000, tell });
    const [first] = told.slice(told.length / 2);
    const last = told.at(-1);
    if (!first || !last) throw new Error("the soak told nothing");
    add({
      scenario: `${steady.minutes} minutes at ${steady.rate.toLocaleString("en-US")} tasks a second, kept for 2 minutes`,
      figure: `RSS ${megabytes(first.rssBytes)} halfway, ${megabytes(last.rssBytes)} at the end`,
      goal: "flat",
      note: `${describeSoak(last)}, ${size()}`,
    });
  });
}

/** How late the event loop is while a large database is worked on. */
async function stalls(): Promise<void> {
  const { openSqliteStore } = await loadSqlite();
  const [{ systemClock }, { createIdSource }] = await Promise.all([loadClock(), loadIds()]);
  await inFolder(async (folder) => {
    const file = `${folder}/stalls.db`;
    const newId = createIdSource(systemClock.now, (bytes) => void randomFillSync(bytes));
    const store = await openSqliteStore({ file, clock: systemClock });
    await addFinished(store, newId, many);
    await insertTasks(store, newId, many / 10, "unserved");
    await store.close();
    const start = performance.now();
    await (await openSqliteStore({ file, clock: systemClock })).close();
    const openMillis = performance.now() - start;
    const tell = (figures: SoakFigures) => process.stderr.write(`${describeSoak(figures)}\n`);
    const told = await soak({ store: file, dataDir: folder, ...steady, keepFinished: 30 * 86_400_000, tell });
    const longest = Math.max(...told.map(({ loopDelay }) => loopDelay.longestMillis));
    add({
      scenario: `${many.toLocaleString("en-US")} finished, a tenth as many waiting, ${steady.rate.toLocaleString("en-US")} tasks a second`,
      figure: `event loop late by ${ms(longest)} at most`,
      goal: "20 ms",
      note: `opened in ${ms(openMillis)}; ${told.map(describeSoak).at(-1)}`,
    });
  });
}

/** Starts of the server, and loads of its page. */
const ROUNDS = 5;

/** A store to serve: the one that was named, or a new one. */
async function inStore(measure: (store: string, folder: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const store = values.store ?? `${folder}/served.db`;
    if (values.store === undefined) await fillStore(store, many);
    await measure(store, folder);
  });
}

const place = values.store ?? `${many.toLocaleString("en-US")} tasks`;

function addTimes(scenario: string, times: readonly number[], goal: string): void {
  const figure = `${ms(median(times))} / ${ms(Math.max(...times))}`;
  add({ scenario: `${scenario}, ${place}, median / worst of ${times.length}`, figure, goal });
}

async function start(): Promise<void> {
  await inStore(async (store, folder) => {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const server = await serve(store, folder);
      times.push(server.answeredMillis);
      await server.stop();
    }
    addTimes("serve, from its start to its first answer", times, "< 1 s");
  });
}

async function page(): Promise<void> {
  const tell = ({ firstRow, parts }: PageLoad, kind: string) => {
    const calls = parts.filter(({ name }) => name.startsWith("/api/"));
    const took = calls.map((call) => `${call.name.split("?")[0]} ${ms(call.took)}`).join(", ");
    process.stderr.write(`${kind}: ${ms(firstRow)} (${parts.length} requests; ${took})\n`);
  };
  await inStore(async (store, dataDir) => {
    const { pageTimes } = await import("./page.js");
    const { cold, warm } = await pageTimes({ store, dataDir, rounds: ROUNDS, tell });
    addTimes("first row of the dashboard, server just started", cold, "< 1 s");
    addTimes("first row of the dashboard, once more", warm, "");
  });
}

const megabytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`;

function describeSoak({ seconds, done, waiting, rssBytes, heapBytes, loopDelay }: SoakFigures): string {
  const late = `loop late by ${ms(loopDelay.p99Millis)} (p99), ${ms(loopDelay.longestMillis)} (longest)`;
  const held = `RSS ${megabytes(rssBytes)}, heap ${megabytes(heapBytes)}`;
  return `${Math.round(seconds)} s: ${done.toLocaleString("en-US")} done, ${waiting} not yet, ${held}, ${late}`;
}

/** Only where they are named. */
const named: typeof scenarios = { soak: soakForLong, stalls, start, page };
const all = { ...scenarios, ...named };
checkNames(values.only, Object.keys(all), didYouMean);
for (const [name, run] of Object.entries(values.only === undefined ? scenarios : all)) {
  if (values.only === undefined || values.only.split(",").includes(name)) await run();
}
const sqlite = String(new Database(":memory:").prepare("SELECT sqlite_version()").pluck().get());
process.stdout.write(`${describeMachine({ SQLite: sqlite, durability: "full" })}\n\n${table(rows)}\n`);
