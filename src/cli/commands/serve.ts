// taskwright serve: the server, from its start to the signal that ends it.
import type { Command } from "commander";
import { VERSION } from "../../app/version.js";
import { checkBinding } from "../../config/binding.js";
import { readConfigFile } from "../../config/file.js";
import { type Config, loadConfig } from "../../config/load.js";
import { systemClock } from "../../lib/clock.js";
import { formatDuration } from "../../model/time.js";
import { addConfigFlags, configFlags, examples, keysFor, loadLibrary } from "../flags.js";
import { say, talkScreen } from "../output.js";
import { onStopSignals } from "../signals.js";
import { paint, type Screen } from "../terminal.js";

export function addServe(program: Command): void {
  const keys = keysFor("serve");
  const command = program
    .command("serve")
    .description("Run the server: REST API, dashboard and worker in one process.");
  addConfigFlags(command, keys).action(async () => {
    const file = await readConfigFile(process.cwd(), loadLibrary);
    const config = loadConfig({ flags: configFlags(command, keys), env: process.env, file });
    checkBinding(config);
    await serve(config);
  });
  command.addHelpText(
    "after",
    `\nReads taskwright.config.ts (or .js, .mjs) of this folder; flags and environment come first.
${examples([
  "taskwright serve",
  "taskwright serve --port 9000 --store /srv/tasks.db --data-dir /srv/files",
  "TASKWRIGHT_API_KEY=… taskwright serve --host 0.0.0.0",
])}`,
  );
}

/** Resolves once the server has stopped. */
async function serve(config: Config): Promise<void> {
  let stop = () => undefined;
  const asked = new Promise<void>((resolve) => {
    stop = () => void resolve();
  });
  const stopListening = onStopSignals(systemClock, stop, (code) => process.exit(code));
  try {
    // Loaded here, so that commands that only talk to a server start without it.
    const { startServer } = await import("../../app/server.js");
    const server = await startServer(config);
    say(...banner(config, server.url, talkScreen()));
    await asked;
    // What winds down waits on timers that keep no process alive; until it has, this one does.
    const release = systemClock.after(Number.POSITIVE_INFINITY, () => undefined);
    say(`Stopping: running tasks get ${formatDuration(config.drain)} to finish. Again to stop at once.`);
    await server.stop();
    release();
    say("Stopped.");
  } finally {
    stopListening();
  }
}

function banner(config: Config, url: string, screen: Screen): readonly string[] {
  const work = config.worker ? `${config.concurrency} tasks at a time` : "none in this process";
  const rows = [
    ["Dashboard", paint(screen, "bold", `${url}/`)],
    ["API docs", `${url}/docs`],
    ["Store", config.store],
    ["Worker", work],
  ];
  return [
    "",
    `  ${paint(screen, "bold", "Taskwright")} ${VERSION} is running`,
    "",
    ...rows.map(([name = "", value = ""]) => `  ${paint(screen, "dim", name.padEnd(10))} ${value}`),
    "",
    "  Ctrl-C stops it.",
    "",
  ];
}
