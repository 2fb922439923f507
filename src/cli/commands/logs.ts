// taskwright logs: what a task has logged.
import { type Command, Option } from "commander";
import type { Client } from "../../client/index.js";
import { isFinished } from "../../model/status.js";
import { LOG_LEVELS, type LogLevel } from "../../model/task.js";
import { addClientFlags, connect, examples } from "../flags.js";
import { untilInterrupted } from "../interrupt.js";
import { logLine } from "../log-line.js";
import { dataScreen, print, printJson, say } from "../output.js";

interface LogsFlags {
  readonly follow?: true;
  readonly level: LogLevel;
  readonly json?: true;
}

/** Lines of one request. */
const PAGE = 1000;

export function addLogs(program: Command): void {
  const command = program
    .command("logs")
    .description("Show what a task has logged: time, level, message and fields.")
    .argument("<id>", "id of the task")
    .option("-f, --follow", "go on until the task ends")
    .addOption(new Option("--level <level>", "least level to show").choices(LOG_LEVELS).default("info"))
    .option("--json", "one line per log line, as the API gives it");
  addClientFlags(command).action(async (id: string, flags: LogsFlags) => {
    const { client } = connect(command);
    await untilInterrupted((signal) => showLogs(client, id, flags, signal));
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
    // What was printed after the task had ended is all there is.
    if (isFinished(task.status) || !flags.follow) break;
    task = await client.get(id, { wait: 1, signal });
  }
  if (after === 0) say(isFinished(task.status) ? "It logged nothing." : "It has logged nothing yet.");
}

/** Prints the lines after the one with the number `after`; answers the number of the last one. */
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
