// taskwright list: lists tasks that match a filter.
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Client, ListOptions, WireTask } from "../../client/index.js";
import { systemClock } from "../../lib/clock.js";
import { didYouMean } from "../../lib/suggest.js";
import { LIMITS } from "../../model/limits.js";
import { STATUSES, type Status } from "../../model/status.js";
import { addClientFlags, connect, dateText, examples, wholeNumber } from "../flags.js";
import { dataScreen, print, printJson, say } from "../output.js";
import { taskColumns } from "../task-text.js";
import { table } from "../terminal.js";

interface ListFlags {
  readonly status?: readonly Status[];
  readonly type?: string;
  readonly queue?: string;
  readonly tag?: string;
  readonly worker?: string;
  readonly createdAfter?: string;
  readonly createdBefore?: string;
  readonly completedAfter?: string;
  readonly completedBefore?: string;
  readonly search?: string;
  readonly order?: "newest" | "oldest";
  readonly limit: number;
  readonly json?: true;
}

export function addList(program: Command): void {
  const command = program
    .command("list")
    .description("List tasks, newest first.")
    .option("-s, --status <a,b>", `Only tasks with one of these statuses: ${STATUSES.join(", ")}`, statuses)
    .option("-t, --type <a,b>", "Only tasks of these types")
    .option("-q, --queue <a,b>", "Only tasks in these queues")
    .option("--tag <a,b>", "Only tasks with all of these tags")
    .option("--worker <id>", "Only tasks this worker is running or has run")
    .option("--created-after <date>", "Only tasks submitted after this date", dateText)
    .option("--created-before <date>", "Only tasks submitted before this date", dateText)
    .option("--completed-after <date>", "Only tasks finished after this date", dateText)
    .option("--completed-before <date>", "Only tasks finished before this date", dateText)
    .option("--search <text>", "Match the start of an id, or text in the summary, type or error message")
    .addOption(new Option("--order <order>", "Sort order").choices(["newest", "oldest"]))
    .option("-n, --limit <number>", "Maximum number of tasks", wholeNumber, LIMITS.list.default)
    .option("--json", "Print one task per line, as returned by the API");
  addClientFlags(command).action(async (flags: ListFlags) => {
    const { client } = connect(command);
    const { tasks, searchedUntil } = await collect(client, flags);
    if (flags.json) {
      for (const task of tasks) printJson(task);
    } else if (tasks.length === 0) {
      say("No matching tasks.");
    } else {
      const screen = dataScreen();
      print(...table(tasks, taskColumns(screen, systemClock.now()), screen));
    }
    if (searchedUntil) {
      say(`Searched back to ${searchedUntil}; to continue, add --created-before ${searchedUntil}`);
    }
  });
  command.addHelpText(
    "after",
    examples([
      "taskwright list --status FAILED,CANCELLED --limit 20",
      "taskwright list --type email --created-after 2026-11-01",
      "taskwright list --status RUNNING --json | jq -r .id",
    ]),
  );
}

/** Fetches pages until the limit is reached, the list ends, or the server stops an expensive search. */
async function collect(client: Client, flags: ListFlags) {
  const filter: ListOptions = {
    status: flags.status,
    task_type: flags.type,
    queue: flags.queue,
    tag: flags.tag,
    worker: flags.worker,
    created_after: flags.createdAfter,
    created_before: flags.createdBefore,
    completed_after: flags.completedAfter,
    completed_before: flags.completedBefore,
    q: flags.search,
    order: flags.order,
  };
  const tasks: WireTask[] = [];
  let cursor: string | undefined;
  let searchedUntil: string | null = null;
  do {
    const limit = Math.min(LIMITS.list.max, flags.limit - tasks.length);
    const page = await client.list({ ...filter, limit, cursor });
    tasks.push(...page.tasks);
    cursor = page.next_cursor ?? undefined;
    searchedUntil = page.searched_until;
  } while (cursor !== undefined && searchedUntil === null && tasks.length < flags.limit);
  return { tasks, searchedUntil };
}

function statuses(text: string): readonly Status[] {
  return text.split(",").map((word) => {
    const status = STATUSES.find((status) => status === word.trim().toUpperCase());
    if (!status) {
      throw new InvalidArgumentError(`Must be one of ${STATUSES.join(", ")}${didYouMean(word, STATUSES)}`);
    }
    return status;
  });
}
