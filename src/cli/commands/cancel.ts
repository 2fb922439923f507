// taskwright cancel: stops tasks.
import type { Command } from "commander";
import { addClientFlags, connect, examples } from "../flags.js";
import { printJson, say, talkScreen } from "../output.js";
import { paintStatus } from "../terminal.js";

export function addCancel(program: Command): void {
  const command = program
    .command("cancel")
    .description("Cancel a task: one that waits ends at once, one that runs is asked to stop.")
    .argument("<id>", "id of the task")
    .option("--json", "the task as the API gives it");
  addClientFlags(command).action(async (id: string, flags: { readonly json?: true }) => {
    const task = await connect(command).client.cancel(id);
    if (flags.json) printJson(task);
    const status = paintStatus(talkScreen(), task.status);
    say(task.status === "RUNNING" ? `${id} was asked to stop (${status})` : `${id} is ${status}`);
  });
  command.addHelpText("after", examples(["taskwright cancel 0199d8a4-6c32-7b1e-9f04-2ad0c85e7713"]));
}
