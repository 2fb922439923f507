// taskwright queues: lists the queues that hold tasks.
import type { Command } from "commander";
import type { WireQueue } from "../../client/index.js";
import { systemClock } from "../../lib/clock.js";
import { formatDuration } from "../../model/time.js";
import { addClientFlags, connect, examples } from "../flags.js";
import { dataScreen, print, printJson, say } from "../output.js";
import { type Column, table } from "../terminal.js";

export function addQueues(program: Command): void {
  const command = program
    .command("queues")
    .description("List queues that hold tasks, with the number of tasks by status.")
    .option("--json", "Print one queue per line, as returned by the API");
  addClientFlags(command).action(async (flags: { readonly json?: true }) => {
    const { client } = connect(command);
    const queues = await client.queues();
    if (flags.json) return queues.forEach(printJson);
    if (queues.length === 0) return say("No queue holds tasks.");
    print(...table(queues, columns(systemClock.now()), dataScreen()));
  });
  command.addHelpText(
    "after",
    examples(["taskwright queues", "taskwright queues --json | jq 'select(.counts.PENDING > 1000) | .name'"]),
  );
}

function columns(now: number): readonly Column<WireQueue>[] {
  const count = (title: string, status: keyof WireQueue["counts"]): Column<WireQueue> => ({
    title,
    text: ({ counts }) => String(counts[status]),
    align: "right",
  });
  return [
    { title: "QUEUE", text: ({ name }) => name },
    count("PENDING", "PENDING"),
    count("RUNNING", "RUNNING"),
    count("SUCCESS", "SUCCESS"),
    count("FAILED", "FAILED"),
    count("CANCELLED", "CANCELLED"),
    {
      title: "LONGEST WAIT",
      text: ({ oldest_ready_at: since }) =>
        since === null ? "" : formatDuration(Math.max(0, now - Date.parse(since))),
      align: "right",
    },
  ];
}
