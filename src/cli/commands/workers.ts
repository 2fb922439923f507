// taskwright workers: lists the workers, what they run and when they were last seen.
import type { Command } from "commander";
import type { WireWorker } from "../../client/index.js";
import { systemClock } from "../../lib/clock.js";
import { formatBytes } from "../bytes.js";
import { addClientFlags, connect, examples } from "../flags.js";
import { dataScreen, print, printJson, say } from "../output.js";
import { ago } from "../task-text.js";
import { type Column, table } from "../terminal.js";

export function addWorkers(program: Command): void {
  const command = program
    .command("workers")
    .description("List workers: what they run, where, and when they were last seen.")
    .option("--json", "Print one worker per line, as returned by the API");
  addClientFlags(command).action(async (flags: { readonly json?: true }) => {
    const { client } = connect(command);
    const workers = await client.workers();
    if (flags.json) return workers.forEach(printJson);
    if (workers.length === 0) return say("No worker is running.");
    print(...table(workers, columns(systemClock.now()), dataScreen()));
  });
  command.addHelpText(
    "after",
    examples([
      "taskwright workers",
      'taskwright list --worker "$(taskwright workers --json | jq -r .id | head -1)"',
    ]),
  );
}

function columns(now: number): readonly Column<WireWorker>[] {
  const since = (time: string) => ago(Math.max(0, now - Date.parse(time)));
  return [
    { title: "ID", text: ({ id }) => id },
    { title: "HOST", text: ({ host, pid }) => `${host}:${pid}` },
    { title: "RUNNING", text: ({ running, slots }) => `${running} of ${slots}`, align: "right" },
    { title: "MEMORY", text: ({ memory_bytes }) => formatBytes(memory_bytes), align: "right" },
    { title: "STARTED", text: ({ started_at }) => since(started_at), align: "right" },
    { title: "SEEN", text: ({ heartbeat_at }) => since(heartbeat_at), align: "right" },
    { title: "QUEUES", text: ({ queues }) => queues?.join(", ") ?? "all" },
  ];
}
