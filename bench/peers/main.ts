// `npm run bench:peers`: every scenario on every system, in alternating rounds, then the page. --help names its flags.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { checkNames, positive, readFlags } from "../flags.js";
import { describeMachine } from "../machine.js";
import { type Bench, createBench } from "./bench.js";
import type { Size } from "./figures.js";
import { writePage } from "./page.js";
import { BUN } from "./process.js";
import { loadSuggest, ROOT } from "./product.js";
import { redisVersion } from "./redis.js";
import { type Absence, type Recorded, type Results, readResults, wasRun, writeResults } from "./results.js";
import { SCENARIOS, type Scenario } from "./scenarios.js";
import { SYSTEMS, type System } from "./systems.js";
import { printScenario } from "./tables.js";

const USAGE = `npm run bench:peers -- [flags]: Taskwright beside other task queues, then docs/benchmarks.md.

  --quick          small counts, one round; the page stays as it is
  --only NAMES     scenarios, by the beginning of their names: ${SCENARIOS.map(({ name }) => name).join(", ")}
  --systems IDS    systems, likewise: ${SYSTEMS.map(({ id }) => id).join(", ")}
  --large          backlog with 10 million finished tasks, too
  --postgres URL   a server of yours instead of one from npm
  --minutes N      stop after so long (default 15); --resume goes on
  --resume         go on where the last full run stopped
  --page           measure nothing, write the page anew
  --out FILE       where the figures go

Examples:
  npm run bench:peers -- --quick
  npm run bench:peers -- --only drain,latency --systems taskwright,bullmq
  npm run bench:peers -- --resume --minutes 60`;

const { didYouMean } = await loadSuggest();
const flags = readFlags({
  usage: USAGE,
  didYouMean,
  options: {
    quick: { type: "boolean", default: false },
    large: { type: "boolean", default: false },
    resume: { type: "boolean", default: false },
    page: { type: "boolean", default: false },
    only: { type: "string" },
    systems: { type: "string" },
    postgres: { type: "string" },
    minutes: { type: "string", default: "15" },
    out: { type: "string" },
    help: { type: "boolean", short: "h" },
  },
});
const begins = (known: string, name: string) => known.startsWith(name);
const names = SCENARIOS.map(({ name }) => name);
const ids = SYSTEMS.map(({ id }) => id);
checkNames(flags.only, names, didYouMean, begins);
checkNames(flags.systems, ids, didYouMean, begins);
const FULL = path.join(ROOT, "bench/peers/results.json");
const file = flags.out ?? (flags.quick ? path.join(tmpdir(), "taskwright-bench-peers.json") : FULL);
const size: Size = { isQuick: flags.quick, isLarge: flags.large };
const redis = redisVersion();

/** Why a system can't be measured here; undefined where it can. */
function missing(system: System): string | undefined {
  if (system.needs.startsWith("redis") && redis === undefined) {
    return "there is no redis-server on the PATH (Debian: apt-get install redis-server)";
  }
  if (system.runtime === "bun" && !existsSync(BUN)) return "Bun was not installed (npm ci in bench/peers)";
  return undefined;
}

function versionOf(name: string): string {
  const places = [path.join(ROOT, "bench/peers/node_modules"), path.join(ROOT, "node_modules")];
  const found = places.map((place) => path.join(place, name, "package.json")).find(existsSync);
  if (found === undefined) return "not installed";
  const manifest: { version: string } = JSON.parse(readFileSync(found, "utf8"));
  return manifest.version;
}

async function describe(bench: Bench): Promise<Omit<Results, "rounds" | "absent">> {
  const server = await bench.postgres();
  const packages = [...new Set(SYSTEMS.flatMap((system) => system.package ?? []))];
  const manifest: { version: string } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
  return {
    isQuick: size.isQuick,
    measuredOn: new Date().toISOString().slice(0, 10),
    commit: execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim(),
    machine: describeMachine({}),
    versions: {
      Taskwright: manifest.version,
      SQLite: String(new Database(":memory:").prepare("SELECT sqlite_version()").pluck().get()),
      PostgreSQL: server.version,
      Redis: redis ?? "none",
      ...Object.fromEntries([...packages, "bun"].map((name) => [name, versionOf(name)])),
    },
    postgresSettings: server.settings,
  };
}

const chosen = <Named>(all: readonly Named[], nameOf: (one: Named) => string, list: string | undefined) =>
  list === undefined
    ? all
    : all.filter((one) => list.split(",").some((name) => nameOf(one).startsWith(name)));

function message(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}

/** All rounds of one scenario, one system after the other in each. Ends early where its time is used up. */
async function runScenario(bench: Bench, scenario: Scenario, deadline: number): Promise<void> {
  const systems = chosen(scenario.systems, ({ id }) => id, flags.systems);
  const start = performance.now();
  const rounds = size.isQuick ? 1 : scenario.rounds;
  for (let round = 0; round < rounds; round++) {
    const spent = (performance.now() - start) / 1000;
    // A second round is worth its time only where it can be finished.
    if (round > 0 && spent * ((round + 1) / round) > scenario.seconds) break;
    for (const system of systems) {
      if (performance.now() > deadline || wasRun(results, scenario.name, system.id) > round) continue;
      const why = missing(system) ?? (await runRound(bench, scenario, system));
      if (why !== undefined)
        results = {
          ...results,
          absent: [...others(scenario, system), { scenario: scenario.name, system: system.id, reason: why }],
        };
      writeResults(file, results);
    }
  }
  process.stderr.write(`${scenario.name}: ${Math.round((performance.now() - start) / 1000)} s\n`);
}

const others = (scenario: Scenario, system: System): readonly Absence[] =>
  results.absent.filter((absence) => absence.scenario !== scenario.name || absence.system !== system.id);

/** Why there is no figure, where there is none. */
async function runRound(bench: Bench, scenario: Scenario, system: System): Promise<string | undefined> {
  try {
    const figures = await scenario.run(bench, system, size);
    const recorded: Recorded = { scenario: scenario.name, system: system.id, figures };
    results = { ...results, rounds: [...results.rounds, recorded] };
    return undefined;
  } catch (error) {
    process.stderr.write(
      `${scenario.name}, ${system.name}: ${error instanceof Error ? error.stack : String(error)}\n`,
    );
    return `failed: ${message(error)}`;
  }
}

const before = flags.resume || flags.page ? readResults(file) : undefined;
let results: Results;
if (flags.page) {
  if (!before) throw new Error(`There are no figures yet: ${file}`);
  results = before;
} else {
  const start = performance.now();
  const deadline = start + positive("minutes", flags.minutes) * 60_000;
  const bench = createBench(flags.postgres);
  // Every round so far is in the file; servers and temporary folders go, children end with their input.
  process.once("SIGINT", () => void bench.close().finally(() => process.exit(130)));
  process.once("SIGTERM", () => void bench.close().finally(() => process.exit(143)));
  try {
    const facts = await describe(bench);
    results = before ?? { ...facts, rounds: [], absent: [] };
    for (const scenario of chosen(SCENARIOS, ({ name }) => name, flags.only)) {
      if (performance.now() > deadline) break;
      await runScenario(bench, scenario, deadline);
      process.stdout.write(`\n${printScenario(results, scenario.name)}\n`);
    }
  } finally {
    await bench.close();
  }
  const isLate = performance.now() > deadline;
  process.stdout.write(
    `\n${Math.round((performance.now() - start) / 60_000)} minutes; every round is in ${file}\n` +
      (isLate ? `Out of time (--minutes ${flags.minutes}): npm run bench:peers -- --resume goes on.\n` : ""),
  );
}
if (!flags.quick || flags.page) {
  writePage(results);
  process.stdout.write("docs/benchmarks.md and its charts were written.\n");
}
