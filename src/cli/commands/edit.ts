// taskwright edit: changes tasks that have not started.

import { type Command, InvalidArgumentError } from "commander";
import type { EditRequest } from "../../client/index.js";
import { systemClock } from "../../lib/clock.js";
import type { Millis } from "../../model/time.js";
import { CommandFailure, EXIT } from "../failure.js";
import {
  addClientFlags,
  connect,
  dateText,
  durationText,
  examples,
  maxAttemptsFlag,
  priorityFlag,
} from "../flags.js";
import { printJson, say } from "../output.js";
import { readJsonArgument } from "../parameters/read.js";
import { resolveId } from "../resolve-id.js";
import { forEachOf } from "../several.js";
import { sentence } from "../task-text.js";

interface EditFlags {
  readonly params?: string;
  readonly queue?: string;
  readonly priority?: number;
  readonly now?: true;
  readonly delay?: Millis;
  readonly runAt?: string;
  readonly expiresIn?: Millis | "never";
  readonly timeout?: Millis;
  readonly maxAttempts?: number;
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly json?: true;
}

export function addEdit(program: Command): void {
  const command = program
    .command("edit")
    .description("Change tasks that have not started. What is not given stays as it is.")
    .argument("<id...>", "Task ids, or at least their first 8 digits")
    .option("--params <json>", "Replace all parameters: JSON, @file.json, or - for stdin")
    .option("-q, --queue <name>", "Move to this queue")
    .addOption(priorityFlag())
    .option("--now", "Start as soon as a worker is free")
    .option("--delay <duration>", "Start no sooner than after this time, from now on", durationText)
    .option("--run-at <date>", "Start no sooner than this date", dateText)
    .option(
      "--expires-in <duration>",
      'Cancel the task if it has not started this long after it was submitted; "never" for no limit',
      durationOrNever,
    )
    .option("--timeout <duration>", "Time limit of each attempt", durationText)
    .addOption(maxAttemptsFlag())
    .option("--tags <tags>", 'Replace all tags: a,b, or "" for none', tagList)
    .option("--summary <text>", "One-line description shown in lists")
    .option("--json", "Print one task per line, as returned by the API");
  addClientFlags(command).action(async (ids: readonly string[], flags: EditFlags) => {
    const { client } = connect(command);
    const changes = await changesOf(flags);
    await forEachOf(ids, async (given) => {
      const id = await resolveId(client, given);
      const task = await client.edit(id, changes);
      if (flags.json) printJson(task);
      say(`Edited ${id}: ${sentence(task, systemClock.now())}`);
    });
  });
  command.addHelpText(
    "after",
    examples([
      "taskwright edit 0199d8a4-6c32-7b1e-9f04-2ad0c85e7713 --priority 10 --now",
      "taskwright edit 0199d8a4-6c32-7b1e-9f04-2ad0c85e7713 --queue reports --delay 10m --tags monthly,eu",
      `taskwright edit 0199d8a4-6c32-7b1e-9f04-2ad0c85e7713 --params '{"rows": 500}'`,
      "taskwright list --status PENDING --queue reports --json | jq -r .id | xargs taskwright edit --priority -5",
    ]),
  );
}

async function changesOf(flags: EditFlags): Promise<EditRequest> {
  if (flags.now && (flags.delay !== undefined || flags.runAt !== undefined)) {
    throw new CommandFailure(EXIT.usage, "--now cannot be combined with --delay or --run-at");
  }
  const changes: EditRequest = {
    parameters: flags.params === undefined ? undefined : await readJsonArgument(flags.params),
    queue: flags.queue,
    priority: flags.priority,
    delay: flags.delay,
    run_at: flags.now ? null : flags.runAt,
    expires_in: flags.expiresIn === "never" ? null : flags.expiresIn,
    timeout: flags.timeout,
    max_attempts: flags.maxAttempts,
    tags: flags.tags,
    summary: flags.summary,
  };
  if (Object.values(changes).some((value) => value !== undefined)) return changes;
  throw new CommandFailure(EXIT.usage, "nothing to change; give at least one option, such as --priority 10");
}

/** Throws InvalidArgumentError. */
function durationOrNever(text: string): Millis | "never" {
  return text === "never" ? text : durationText(text);
}

function tagList(text: string): readonly string[] {
  const tags = text.split(",").map((tag) => tag.trim());
  if (tags.length === 1 && tags[0] === "") return [];
  if (tags.includes("")) throw new InvalidArgumentError("Separate tags by single commas.");
  return tags;
}
