// taskwright cancel: stops tasks.
import type { Command } from "commander";
import { addClientFlags, connect, examples } from "../flags.js";
import { printJson, say, talkScreen } from "../output.js";
import { forEachOf } from "../several.js";
import { paintStatus } from "../terminal.js";

export function addCancel(program: Command): void {
  const command = program
    .command("cancel")
    .description("Cancel tasks: one that waits ends at once, one that runs is asked to stop.")
    .argument("<id...>", "ids of tasks")
    .option("--json", "one task per line, as the API gives it");
  addClientFlags(command).action(async (ids: readonly string[], flags: { readonly json?: true }) => {
    const { client } = connect(command);
    await forEachOf(ids, async (id) => {
      const task = await client.cancel(id);
      if (flags.json) printJson(task);
      const status = paintStatus(talkScreen(), task.status);
      say(task.status === "RUNNING" ? `${id} was asked to stop (${status})` : `${id} is ${status}`);
    });
  });
  command.addHelpText(
    "after",
    examples([
      "taskwright cancel 0199d8a4-6c32-7b1e-9f04-2ad0c85e7713",
      "taskwright list --status PENDING --json | jq -r .id | xargs taskwright cancel",
    ]),
  );
}
