// taskwright serve: runs the server, with a worker unless disabled.
import type { Command } from "commander";
import { VERSION } from "../../app/version.js";
import { checkBinding } from "../../config/binding.js";
import { readConfigFile } from "../../config/file.js";
import { loadConfig } from "../../config/load.js";
import { addConfigFlags, configFlags, examples, keysFor, loadLibrary } from "../flags.js";
import { talkScreen } from "../output.js";
import { paint } from "../terminal.js";
import { bannerLines, storeRow, untilStopped, workRow } from "../until-stopped.js";

export function addServe(program: Command): void {
  const keys = keysFor("serve");
  const command = program
    .command("serve")
    .description("Run the server: REST API, dashboard and worker in one process.");
  addConfigFlags(command, keys).action(async () => {
    const file = await readConfigFile(process.cwd(), loadLibrary);
    const config = loadConfig({ flags: configFlags(command, keys), env: process.env, file });
    checkBinding(config);
    // Imported here so that client commands start faster.
    const [{ startServer }, { builtInTasks }] = await Promise.all([
      import("../../app/server.js"),
      import("../../tasks/index.js"),
    ]);
    const tasks = [...builtInTasks, ...config.tasks];
    await untilStopped(
      config,
      () => startServer({ ...config, tasks }),
      (server) =>
        bannerLines(`${VERSION} is running`, [
          ["Dashboard", paint(talkScreen(), "bold", `${server.url}/`)],
          ["API docs", `${server.url}/docs`],
          storeRow(config, server),
          config.worker ? workRow(config) : ["Worker", "disabled in this process"],
        ]),
    );
  });
  command.addHelpText(
    "after",
    `
Reads taskwright.config.ts (or .js, .mjs) in the current folder; flags and environment variables take precedence.
With PostgreSQL, other machines can run more workers: taskwright worker.
${examples([
  "taskwright serve",
  "taskwright serve --port 9000 --store /srv/tasks.db --data-dir /srv/files",
  "TASKWRIGHT_API_KEY=… taskwright serve --host 0.0.0.0",
  "TASKWRIGHT_STORE=postgres://app:…@db.example.org/tasks taskwright serve --no-worker",
])}`,
  );
}
