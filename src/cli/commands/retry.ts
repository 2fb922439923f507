// taskwright retry: submits a new task for each failed or cancelled one.
import type { Command } from "commander";
import type { WireTask } from "../../client/index.js";
import { addClientFlags, connect, examples } from "../flags.js";
import { readJsonArgument } from "../parameters/read.js";
import { resolveId } from "../resolve-id.js";
import { forEachOf } from "../several.js";
import { addWaitFlags, reportSubmitted, type WaitFlags } from "../submitted.js";

interface RetryFlags extends WaitFlags {
  readonly params?: string;
  readonly again?: true;
}

export function addRetry(program: Command): void {
  const command = program
    .command("retry")
    .description("Run failed or cancelled tasks again, each as a new task with the same parameters.")
    .argument("<id...>", "Task ids, or at least their first 8 digits")
    .option("--params <json>", "Use these parameters instead: JSON, @file.json, or - for stdin")
    .option("--again", "Retry even if the task has already been retried");
  addClientFlags(addWaitFlags(command)).action(async (ids: readonly string[], flags: RetryFlags) => {
    const { client } = connect(command);
    const parameters = flags.params === undefined ? undefined : await readJsonArgument(flags.params);
    // Submit all of them before waiting for the first.
    const tasks: WireTask[] = [];
    try {
      await forEachOf(ids, async (given) => {
        const id = await resolveId(client, given);
        tasks.push(await client.retry(id, { parameters, again: flags.again }));
      });
    } finally {
      // Report the submitted ones even if others failed.
      await forEachOf(tasks, (task) => reportSubmitted(client, task, flags));
    }
  });
  command.addHelpText(
    "after",
    examples([
      "taskwright retry 0199d8a4-6c32-7b1e-9f04-2ad0c85e7713 --wait",
      `taskwright retry 0199d8a4-6c32-7b1e-9f04-2ad0c85e7713 --params '{"rows": 500}'`,
    ]),
  );
}
