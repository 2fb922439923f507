// taskwright list: tasks that fit a filter.
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
    .option("-s, --status <a,b>", `any of ${STATUSES.join(", ")}`, statuses)
    .option("-t, --type <a,b>", "of these task types")
    .option("-q, --queue <a,b>", "in these queues")
    .option("--tag <a,b>", "that carry all of these tags")
    .option("--worker <id>", "that this worker runs or ran")
    .option("--created-after <date>", "submitted after", dateText)
    .option("--created-before <date>", "submitted before", dateText)
    .option("--completed-after <date>", "ended after", dateText)
    .option("--completed-before <date>", "ended before", dateText)
    .option("--search <text>", "start of an id, or text in summary, type or error message")
    .addOption(new Option("--order <order>", "which come first").choices(["newest", "oldest"]))
    .option("-n, --limit <number>", "how many at most", wholeNumber, LIMITS.list.default)
    .option("--json", "one task per line, as the API gives it");
  addClientFlags(command).action(async (flags: ListFlags) => {
    const { client } = connect(command);
    const { tasks, searchedUntil } = await collect(client, flags);
    if (flags.json) {
      for (const task of tasks) printJson(task);
    } else if (tasks.length === 0) {
      say("No task fits.");
    } else {
      const screen = dataScreen();
      print(...table(tasks, taskColumns(screen, systemClock.now()), screen));
    }
    if (searchedUntil) say(`Searched back to ${searchedUntil}; go on with --created-before ${searchedUntil}`);
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

/** Page by page, until there are enough, no more, or the server has searched as far as it does in one go. */
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
      throw new InvalidArgumentError(`Allowed are ${STATUSES.join(", ")}${didYouMean(word, STATUSES)}`);
    }
    return status;
  });
}
