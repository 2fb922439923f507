// taskwright watch: what runs, as it runs.
import type { Command } from "commander";
import { addClientFlags, connect, examples } from "../flags.js";
import { untilInterrupted } from "../interrupt.js";
import { drawAll, printEvents } from "../watch/all.js";
import { watchOne } from "../watch/one.js";

interface WatchFlags {
  readonly type?: string;
  readonly json?: true;
}

export function addWatch(program: Command): void {
  const command = program
    .command("watch")
    .description("Watch everything that runs, or one task until it ends. Ctrl-C leaves the tasks alone.")
    .argument("[id]", "id of a task")
    .option("-t, --type <a,b>", "tasks of these types only")
    .option("--json", "one event per line, as the API gives it");
  addClientFlags(command).action(async (id: string | undefined, flags: WatchFlags) => {
    const { client } = connect(command);
    const json = flags.json === true;
    const terminal = process.stdout.isTTY && process.stderr.isTTY;
    if (id !== undefined) return watchOne(client, await client.get(id), { json, terminal });
    const filter = { task_type: flags.type };
    await untilInterrupted((signal) =>
      json || !terminal ? printEvents(client, filter, signal, json) : drawAll(client, filter, signal),
    );
  });
  command.addHelpText(
    "after",
    `
With an id it exits as submit --wait does: 0 for SUCCESS, 4 otherwise. Where the output is no terminal, each event
is a line.
${examples([
  "taskwright watch",
  "taskwright watch 0199d8a4-6c32-7b1e-9f04-2ad0c85e7713",
  "taskwright watch --json | jq -r 'select(.type == \"task.finished\") | .task.id'",
])}`,
  );
}
