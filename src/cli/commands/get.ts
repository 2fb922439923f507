// taskwright get: shows one task.
import type { Command } from "commander";
import { systemClock } from "../../lib/clock.js";
import { addClientFlags, connect, examples } from "../flags.js";
import { dataScreen, print, printJson } from "../output.js";
import { resolveId } from "../resolve-id.js";
import { detail } from "../task-text.js";

export function addGet(program: Command): void {
  const command = program
    .command("get")
    .description("Show a task: status, parameters, result, error and attempts.")
    .argument("<id>", "Task id, or at least its first 8 digits")
    .option("--json", "Print the task as returned by the API");
  addClientFlags(command).action(async (id: string, flags: { readonly json?: true }) => {
    const { client } = connect(command);
    const task = await client.get(await resolveId(client, id));
    if (flags.json) return printJson(task);
    print(...detail(task, await client.attempts(task.id), dataScreen(), systemClock.now()));
  });
  command.addHelpText(
    "after",
    examples([
      "taskwright get 0199d8a4-6c32-7b1e-9f04-2ad0c85e7713",
      "taskwright get 0199d8a4-6c3",
      "taskwright get 0199d8a4-6c32-7b1e-9f04-2ad0c85e7713 --json | jq .result_data",
    ]),
  );
}
