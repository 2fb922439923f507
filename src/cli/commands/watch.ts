// taskwright watch: shows running tasks live.
import type { Command } from "commander";
import { addClientFlags, connect, examples } from "../flags.js";
import { untilInterrupted } from "../interrupt.js";
import { resolveId } from "../resolve-id.js";
import { drawAll, printEvents } from "../watch/all.js";
import { watchOne } from "../watch/one.js";

interface WatchFlags {
  readonly type?: string;
  readonly json?: true;
}

export function addWatch(program: Command): void {
  const command = program
    .command("watch")
    .description("Watch running tasks live, or one task until it finishes. Ctrl-C does not affect the tasks.")
    .argument("[id]", "Task id, or at least its first 8 digits")
    .option("-t, --type <a,b>", "Only tasks of these types")
    .option("--json", "Print one event per line, as returned by the API");
  addClientFlags(command).action(async (id: string | undefined, flags: WatchFlags) => {
    const { client } = connect(command);
    const json = flags.json === true;
    const terminal = process.stdout.isTTY && process.stderr.isTTY;
    if (id !== undefined)
      return watchOne(client, await client.get(await resolveId(client, id)), { json, terminal });
    const filter = { task_type: flags.type };
    await untilInterrupted((signal) =>
      json || !terminal ? printEvents(client, filter, signal, json) : drawAll(client, filter, signal),
    );
  });
  command.addHelpText(
    "after",
    `
With an id, the exit code is that of submit --wait: 0 for SUCCESS, 4 otherwise. If the output is not a terminal, each
event is printed on its own line.
${examples([
  "taskwright watch",
  "taskwright watch 0199d8a4-6c32-7b1e-9f04-2ad0c85e7713",
  "taskwright watch --json | jq -r 'select(.type == \"task.finished\") | .task.id'",
])}`,
  );
}
