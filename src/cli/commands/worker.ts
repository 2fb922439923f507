// taskwright worker: runs a worker process on a PostgreSQL store.
import type { Command } from "commander";
import { VERSION } from "../../app/version.js";
import { readConfigFile } from "../../config/file.js";
import { loadConfig } from "../../config/load.js";
import { isPostgresUrl } from "../../config/store-url.js";
import { CommandFailure, EXIT } from "../failure.js";
import { addConfigFlags, configFlags, examples, keysFor, loadLibrary } from "../flags.js";
import { bannerLines, storeRow, untilStopped, workRow } from "../until-stopped.js";

export function addWorker(program: Command): void {
  const keys = keysFor("worker");
  const command = program
    .command("worker")
    .description("Run a worker without API and dashboard, on any number of machines. Requires PostgreSQL.");
  addConfigFlags(command, keys).action(async () => {
    const file = await readConfigFile(process.cwd(), loadLibrary);
    const config = loadConfig({ flags: configFlags(command, keys), env: process.env, file });
    if (!isPostgresUrl(config.store)) {
      throw new CommandFailure(
        EXIT.usage,
        `the SQLite store ${config.store} can be used by one process only: taskwright serve, which also runs its tasks. ` +
          "To run separate workers, use PostgreSQL: --store postgres://user:password@host:port/database",
      );
    }
    // Imported here so that client commands start faster.
    const [{ startWorkerProcess }, { builtInTasks }] = await Promise.all([
      import("../../app/worker-process.js"),
      import("../../tasks/index.js"),
    ]);
    const tasks = [...builtInTasks, ...config.tasks];
    await untilStopped(
      config,
      () => startWorkerProcess({ ...config, tasks }),
      (worker) => bannerLines(`worker ${VERSION} is running`, [storeRow(config, worker), workRow(config)]),
    );
  });
  command.addHelpText(
    "after",
    `
Reads your task types and settings from taskwright.config.ts (or .js, .mjs) in the current folder; flags and environment
variables take precedence. Every user of the machine can read flags, so pass passwords in TASKWRIGHT_STORE.
${examples([
  "TASKWRIGHT_STORE=postgres://app:…@db.example.org/tasks taskwright worker",
  "taskwright worker --concurrency 4 --queues images,reports",
])}`,
  );
}
