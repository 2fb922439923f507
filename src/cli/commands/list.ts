// taskwright list: lists tasks that match a filter.
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Client, ListOptions, WireTask } from "../../client/index.js";
import { systemClock } from "../../lib/clock.js";
import { didYouMean } from "../../lib/suggest.js";
import { LIMITS } from "../../model/limits.js";
import { STATUSES, type Status } from "../../model/status.js";
import { addClientFlags, connect, examples, timeText, wholeNumber } from "../flags.js";
import { dataScreen, print, printJson, say } from "../output.js";
import { taskColumns } from "../task-text.js";
import { table } from "../terminal.js";

interface ListFlags {
  readonly status?: readonly Status[];
  readonly type?: string;
  readonly queue?: string;
  readonly tag?: string;
  readonly notType?: string;
  readonly notQueue?: string;
  readonly notTag?: string;
  readonly waitingFor?: string;
  readonly notRetried?: true;
  readonly worker?: string;
  readonly createdAfter?: string;
  readonly createdBefore?: string;
  readonly completedAfter?: string;
  readonly completedBefore?: string;
  readonly search?: string;
  readonly order?: "newest" | "oldest" | "completed";
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
    .option("--not-type <a,b>", "No tasks of these types")
    .option("--not-queue <a,b>", "No tasks in these queues")
    .option("--not-tag <a,b>", "No tasks with any of these tags")
    .option("--waiting-for <a,b>", "Only pending tasks waiting for one of: worker, handler, time, retry")
    .option("--not-retried", "Only tasks that have not been retried")
    .option("--worker <id>", "Only tasks this worker is running or has run")
    .option("--created-after <time>", "Only tasks submitted after this date, or so long ago (1h)", timeText)
    .option("--created-before <time>", "Only tasks submitted before this date, or so long ago (1h)", timeText)
    .option("--completed-after <time>", "Only tasks finished after this date, or so long ago (1h)", timeText)
    .option(
      "--completed-before <time>",
      "Only tasks finished before this date, or so long ago (1h)",
      timeText,
    )
    .option("--search <text>", "Match the start of an id, or text in the summary, type or error message")
    .addOption(new Option("--order <order>", "Sort order").choices(["newest", "oldest", "completed"]))
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
      say(
        `Searched back to ${searchedUntil}; to continue, add --${flags.order === "completed" ? "completed" : "created"}-before ${searchedUntil}`,
      );
    }
  });
  command.addHelpText(
    "after",
    examples([
      "taskwright list --status FAILED,CANCELLED --limit 20",
      "taskwright list --status FAILED --not-retried --completed-after 1h --order completed",
      "taskwright list --type email --created-after 2026-11-01 --not-tag test",
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
    not_task_type: flags.notType,
    not_queue: flags.notQueue,
    not_tag: flags.notTag,
    waiting_for: flags.waitingFor,
    retried: flags.notRetried && false,
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
