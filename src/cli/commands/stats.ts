// taskwright stats: what was submitted and finished in a period, and how long it waited and ran.
import { type Command, Option } from "commander";
import type { WireStats } from "../../client/index.js";
import { systemClock } from "../../lib/clock.js";
import { formatDuration, type Millis } from "../../model/time.js";
import { addClientFlags, connect, durationText, examples } from "../flags.js";
import { dataScreen, print, printJson } from "../output.js";
import { type Column, table } from "../terminal.js";

interface StatsFlags {
  readonly last: Millis;
  readonly groupBy?: "queue" | "task_type";
  readonly json?: true;
}

const HOUR: Millis = 3_600_000;
const DAY: Millis = 24 * HOUR;

export function addStats(program: Command): void {
  const command = program
    .command("stats")
    .description("Show how many tasks were submitted and finished, and their mean wait and run time.")
    .addOption(
      new Option("--last <duration>", "Period up to now").argParser(durationText).default(DAY, "24h"),
    )
    .addOption(new Option("--group-by <field>", "One line for each").choices(["queue", "task_type"]))
    .option("--json", "Print the statistics as returned by the API");
  addClientFlags(command).action(async ({ last, groupBy, json }: StatsFlags) => {
    const { client } = connect(command);
    const now = (await client.serverTime()) ?? systemClock.now();
    const stats = await client.stats({
      from: new Date(now - last).toISOString(),
      to: new Date(now).toISOString(),
      // Few steps: only their sums are shown.
      step: last > 2 * DAY ? "1h" : last > HOUR ? "5m" : "1m",
      ...(groupBy && { group_by: groupBy }),
    });
    if (json) return printJson(stats);
    print(...table(sums(stats), columns(groupBy), dataScreen()));
  });
  command.addHelpText(
    "after",
    examples([
      "taskwright stats",
      "taskwright stats --last 7d --group-by queue",
      "taskwright stats --last 1h --json",
    ]),
  );
}

type Step = WireStats["timeline"][number];

/** One line for each group. */
export function sums({ timeline }: Pick<WireStats, "timeline">): readonly Step[] {
  const groups = new Map<string | null, Step>();
  for (const step of timeline) {
    const sum = groups.get(step.group);
    groups.set(step.group, sum ? added(sum, step) : step);
  }
  const all = [...groups.values()].toSorted((a, b) => b.created - a.created);
  return all.length > 0 ? all : [NOTHING];
}

const NOTHING: Step = {
  at: "",
  group: null,
  created: 0,
  succeeded: 0,
  failed: 0,
  cancelled: 0,
  retried: 0,
  wait_ms: 0,
  run_ms: 0,
};

function added(a: Step, b: Step): Step {
  return {
    ...a,
    created: a.created + b.created,
    succeeded: a.succeeded + b.succeeded,
    failed: a.failed + b.failed,
    cancelled: a.cancelled + b.cancelled,
    retried: a.retried + b.retried,
    wait_ms: a.wait_ms + b.wait_ms,
    run_ms: a.run_ms + b.run_ms,
  };
}

function columns(groupBy: StatsFlags["groupBy"]): readonly Column<Step>[] {
  const count = (title: string, field: "created" | "succeeded" | "failed" | "cancelled" | "retried") => ({
    title,
    text: (step: Step) => String(step[field]),
    align: "right" as const,
  });
  const mean = (title: string, field: "wait_ms" | "run_ms") => ({
    title,
    text: (step: Step) => {
      const finished = step.succeeded + step.failed + step.cancelled;
      return finished === 0 ? "" : formatDuration(step[field] / finished);
    },
    align: "right" as const,
  });
  const group = { queue: "QUEUE", task_type: "TYPE" };
  return [
    ...(groupBy ? [{ title: group[groupBy], text: (step: Step) => step.group ?? "" }] : []),
    count("SUBMITTED", "created"),
    count("SUCCESS", "succeeded"),
    count("FAILED", "failed"),
    count("CANCELLED", "cancelled"),
    count("RETRIED", "retried"),
    mean("MEAN WAIT", "wait_ms"),
    mean("MEAN RUN", "run_ms"),
  ];
}
