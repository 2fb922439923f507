// taskwright logs: shows the log of a task.

import { type Command, Option } from "commander";
import type { Client } from "../../client/index.js";
import { LIMITS } from "../../model/limits.js";
import { isFinished } from "../../model/status.js";
import { LOG_LEVELS, type LogLevel } from "../../model/task.js";
import { addClientFlags, connect, examples } from "../flags.js";
import { untilInterrupted } from "../interrupt.js";
import { logLine } from "../log-line.js";
import { dataScreen, print, printJson, say } from "../output.js";
import { resolveId } from "../resolve-id.js";

interface LogsFlags {
  readonly follow?: true;
  readonly level: LogLevel;
  readonly json?: true;
}

/** Lines per request. */
const PAGE = LIMITS.logPage.max;

export function addLogs(program: Command): void {
  const command = program
    .command("logs")
    .description("Show the log of a task: time, level, message and fields.")
    .argument("<id>", "Task id, or at least its first 8 digits")
    .option("-f, --follow", "Keep printing new lines until the task finishes")
    .addOption(new Option("--level <level>", "Lowest level to show").choices(LOG_LEVELS).default("info"))
    .option("--json", "Print each log line as JSON, as returned by the API");
  addClientFlags(command).action(async (id: string, flags: LogsFlags) => {
    const { client } = connect(command);
    await untilInterrupted(async (signal) => showLogs(client, await resolveId(client, id), flags, signal));
  });
  command.addHelpText(
    "after",
    examples([
      "taskwright logs 0199d8a4-6c32-7b1e-9f04-2ad0c85e7713 --follow",
      "taskwright logs 0199d8a4-6c32-7b1e-9f04-2ad0c85e7713 --level warn",
      "taskwright logs 0199d8a4-6c32-7b1e-9f04-2ad0c85e7713 --json | jq .fields",
    ]),
  );
}

async function showLogs(client: Client, id: string, flags: LogsFlags, signal: AbortSignal): Promise<void> {
  let task = await client.get(id, { signal });
  let after = 0;
  for (;;) {
    after = await printLines(client, id, { after, flags, signal });
    // Lines printed after the task had finished are complete.
    if (isFinished(task.status) || !flags.follow) break;
    task = await client.get(id, { wait: 1, signal });
  }
  if (after === 0)
    say(isFinished(task.status) ? "The task logged nothing." : "The task has not logged anything yet.");
}

/** Prints the lines after line number `after`; returns the number of the last line. */
async function printLines(
  client: Client,
  id: string,
  options: { readonly after: number; readonly flags: LogsFlags; readonly signal: AbortSignal },
): Promise<number> {
  const { flags, signal } = options;
  let { after } = options;
  for (let more = true; more; ) {
    const page = await client.logs(id, { after, limit: PAGE }, { signal });
    const wanted = page.lines.filter(
      ({ level }) => LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(flags.level),
    );
    if (flags.json) for (const line of wanted) printJson(line);
    else print(...wanted.map((line) => logLine(line, dataScreen())));
    after = page.lines.at(-1)?.seq ?? after;
    more = page.more;
  }
  return after;
}
