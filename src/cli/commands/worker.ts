// taskwright worker: runs tasks of a PostgreSQL store, beside a server and other workers.
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
    .description(
      "Run tasks of a PostgreSQL store, without API and dashboard; on as many machines as you like.",
    );
  addConfigFlags(command, keys).action(async () => {
    const file = await readConfigFile(process.cwd(), loadLibrary);
    const config = loadConfig({ flags: configFlags(command, keys), env: process.env, file });
    if (!isPostgresUrl(config.store)) {
      throw new CommandFailure(
        EXIT.usage,
        `a SQLite store (${config.store}) belongs to one process: taskwright serve runs its tasks. ` +
          "For workers of their own, name a PostgreSQL server: --store postgres://user:password@host:port/database",
      );
    }
    // Loaded here, so that commands that only talk to a server start without it.
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
Reads taskwright.config.ts (or .js, .mjs) of this folder, so that it knows your task types; flags and environment come
first. A password in a flag can be seen by every user of the machine: TASKWRIGHT_STORE can't.
${examples([
  "TASKWRIGHT_STORE=postgres://app:…@db.example.org/tasks taskwright worker",
  "taskwright worker --concurrency 4 --queues images,reports",
])}`,
  );
}
