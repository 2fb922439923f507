// taskwright cancel: cancels tasks.
import type { Command } from "commander";
import { addClientFlags, connect, examples } from "../flags.js";
import { printJson, say, talkScreen } from "../output.js";
import { resolveId } from "../resolve-id.js";
import { forEachOf } from "../several.js";
import { paintStatus } from "../terminal.js";

export function addCancel(program: Command): void {
  const command = program
    .command("cancel")
    .description("Cancel tasks. Waiting tasks end immediately; running tasks are asked to stop.")
    .argument("<id...>", "Task ids, or at least their first 8 digits")
    .option("--json", "Print one task per line, as returned by the API");
  addClientFlags(command).action(async (ids: readonly string[], flags: { readonly json?: true }) => {
    const { client } = connect(command);
    await forEachOf(ids, async (given) => {
      const id = await resolveId(client, given);
      const task = await client.cancel(id);
      if (flags.json) printJson(task);
      const status = paintStatus(talkScreen(), task.status);
      say(task.status === "RUNNING" ? `${id}: stop requested (${status})` : `${id}: ${status}`);
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
