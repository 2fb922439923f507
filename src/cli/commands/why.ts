// taskwright why: says why a task is where it is.
import type { Command } from "commander";
import { addClientFlags, connect, examples } from "../flags.js";
import { print, printJson } from "../output.js";
import { resolveId } from "../resolve-id.js";
import { oneLine } from "../terminal.js";

export function addWhy(program: Command): void {
  const command = program
    .command("why")
    .description("Explain why a task is waiting, running or finished.")
    .argument("<id>", "Task id, or at least its first 8 digits")
    .option("--json", "Print the sentence and its reasons as returned by the API");
  addClientFlags(command).action(async (id: string, flags: { readonly json?: true }) => {
    const { client } = connect(command);
    const explanation = await client.explain(await resolveId(client, id));
    if (flags.json) return printJson(explanation);
    print(oneLine(explanation.sentence));
  });
  command.addHelpText(
    "after",
    examples([
      "taskwright why 0199d8a4-6c32-7b1e-9f04-2ad0c85e7713",
      "taskwright why 0199d8a4-6c32-7b1e-9f04-2ad0c85e7713 --json | jq '.reasons[].kind'",
    ]),
  );
}
