// Writes docs/benchmarks.md and its charts from recorded figures. Every figure on the page comes from the JSON; so do the
// sentences that say who is ahead.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { barChart } from "./chart.js";
import { ROOT } from "./product.js";
import type { Results } from "./results.js";
import { SYSTEMS } from "./systems.js";
import { BATCH, type Line, linesOf, markdown, nameOf, TABLES, type Table, tableOf } from "./tables.js";
import { WHY } from "./why.js";

const PAGE = path.join(ROOT, "docs/benchmarks.md");
const IMAGES = path.join(ROOT, "docs/images/benchmarks");
/** Charted: what readers compare first. */
const CHARTED = new Set(["drain", "backlog", "submit", "batch", "http", "latency", "steady"]);

export function writePage(results: Results): void {
  mkdirSync(IMAGES, { recursive: true });
  const sections = sectionsOf().flatMap(({ key, table }) => section(results, key, table));
  writeFileSync(
    PAGE,
    `${[...head(results), ...sections, ...systems(results), ...method(results)].join("\n\n")}\n`,
  );
}

function sectionsOf(): readonly { readonly key: string; readonly table: Table }[] {
  return TABLES.flatMap((table) => [
    { key: table.scenario, table },
    ...(table.scenario === "submit" ? [{ key: "batch", table: BATCH }] : []),
  ]);
}

function head(results: Results): readonly string[] {
  const packages = new Set(SYSTEMS.flatMap((system) => system.package ?? []));
  const versions = Object.entries(results.versions)
    .map(([name, version]) => `${packages.has(name) ? name : name.replace("bun", "Bun")} ${version}`)
    .join(" · ");
  return [
    "# Benchmarks",
    "How fast Taskwright is beside other task queues for Node, on one machine, in one run, each with the settings that its own documentation calls fastest. Where a peer is ahead, the page says so, and why. All of it comes from one command, `npm run bench:peers`, and this page is written by it. What it holds by itself, with large stores and over long runs, [stands apart](endurance.md).",
    ...(results.isQuick
      ? [
          "> **These are figures of a quick run on a busy machine: small counts, one round. They show that everything works, not how fast anything is.**",
        ]
      : []),
    `Measured ${results.measuredOn} at commit ${results.commit}: ${results.machine}.\n\n${versions}.\n\nPostgreSQL: ${results.postgresSettings}; one server for all, a fresh database for each system and round.`,
    "A figure is the median of the rounds; beside it the smallest, the largest and their number. Bars are medians, the thin line is the spread. Beside each figure stands what it does not cover: the worst that an answered submit survives, and whether finished tasks are kept ([in full below](#what-each-system-promises)). A queue that keeps tasks in memory does less than one that waits for the disk.",
  ];
}

function section(results: Results, key: string, table: Table): readonly string[] {
  const lines = linesOf(results, table);
  if (lines.length === 0) return [`## ${table.title}`, "Not measured yet."];
  const absent = results.absent
    .filter(({ scenario }) => scenario === table.scenario)
    .map(({ system, reason }) => `Not measured: ${nameOf(system)}: ${reason}.`);
  return [
    `## ${table.title}`,
    table.note,
    ...(CHARTED.has(key) ? [chart(key, table, lines)] : []),
    tableOf(results, table),
    ...ahead(table, lines, WHY[key] ?? {}),
    ...absent,
  ];
}

/** Writes the chart, and answers the line that shows it. */
function chart(key: string, table: Table, lines: readonly Line[]): string {
  const [first] = table.columns;
  const bars = lines.flatMap((line) => {
    const [spread] = line.spreads;
    if (!spread || !first) return [];
    const { median: value, min, max } = spread;
    const note = `${line.survives}${line.history === "none" ? ", no history" : ""}`;
    return [{ label: line.name, isOurs: line.isOurs, value, min, max, text: first.print(value), note }];
  });
  const unit = `${first?.label ?? ""}, ${table.isLowerBetter ? "shorter" : "longer"} is better`;
  const legend = `${unit}; in grey: what a submit survives`;
  writeFileSync(path.join(IMAGES, `${key}.svg`), barChart(table.title, legend, bars));
  return `![${table.title}, ${unit}: the table below has the figures](images/benchmarks/${key}.svg)`;
}

/** Says of each of ours which peers are ahead of it, and why, as far as that is known. */
function ahead(
  table: Table,
  lines: readonly Line[],
  why: Readonly<Record<string, string>>,
): readonly string[] {
  const limits = new Set(SYSTEMS.filter((system) => system.isLimit).map(({ id }) => id));
  return lines.flatMap((ours, position) => {
    if (!ours.isOurs) return [];
    const better = lines.slice(0, position).filter((line) => !line.isOurs && !limits.has(line.system));
    if (better.length === 0) return [];
    const factor = (line: Line) => ratio(line, ours, table.isLowerBetter === true);
    const named = better.map((line) => {
      const reason = why[line.system];
      return `${line.name} (${factor(line)})${reason ? `: ${reason}` : ""}`;
    });
    return [`**Ahead of ${ours.name}:** ${named.join("; ")}.`];
  });
}

function ratio(peer: Line, ours: Line, isLowerBetter: boolean): string {
  const theirs = peer.spreads[0]?.median ?? Number.NaN;
  const own = ours.spreads[0]?.median ?? Number.NaN;
  const factor = isLowerBetter ? own / theirs : theirs / own;
  return Number.isFinite(factor) ? `${factor.toFixed(2)} ×` : "too little to measure";
}

function systems(results: Results): readonly string[] {
  const rows = SYSTEMS.map((system) => [
    system.isOurs ? `**${system.name}**` : system.name,
    system.package ? (results.versions[system.package] ?? "") : (results.versions.Taskwright ?? ""),
    system.durability,
    system.keeps,
    system.settings,
  ]);
  return [
    "## What each system promises",
    "What is safe once a submit was answered, what is left of a task that succeeded, and the settings that differ from the system's defaults.",
    markdown(["system", "version", "safe after a submit", "left of a finished task", "settings"], rows),
    "The machine runs Node 20, and so do the peers: pg-boss and Graphile Worker are the newest that run on it (both have newer lines for Node 22). A no-op handler is where a queue's own cost shows most; the longer handlers take, the less it matters, and the more the promises do.",
  ];
}

function method(results: Results): readonly string[] {
  return [
    "## How it is measured",
    [
      "- Each system runs in a process of its own, started fresh for each round with an empty folder, database or Redis; that process submits and runs, unless the scenario says otherwise. Rounds alternate: every system once, then again.",
      '- The handler, the payload (`{"rows":1000}`, unless the scenario says otherwise) and the counts are the same for all. Between filling and running, PostgreSQL gets VACUUM (ANALYZE) and a CHECKPOINT, whoever filled it.',
      "- Processor time is user and system time of the process and its server, from /proc. Bytes written are those handed to the disk (write_bytes); what a server writes later, at a checkpoint, is not in them, WAL bytes are exact. Statements are those that clients send (pg_stat_statements); for Redis commands, with those inside scripts. SQLite's are not counted.",
      "- The adapters are short and say which documented setting each uses: `bench/peers/adapters`. Found one that is unfair? Say so.",
      `- Every round is in \`bench/peers/results.json\` (${results.rounds.length} of them).`,
    ].join("\n"),
    "To run it yourself (Linux, Node 20 or later, `redis-server` on the PATH; about twenty minutes):",
    "```text\nnpm ci\nnpm run bench:peers              # everything, then this page\nnpm run bench:peers -- --quick   # does it work here?\nnpm run bench:peers -- --only drain,latency --systems taskwright,bullmq\nnpm run bench:peers -- --resume  # go on after a stop\n```",
  ];
}
