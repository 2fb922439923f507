// The command line: all commands, and the settings they share.
import { Command } from "commander";
import { VERSION } from "../app/version.js";
import { addBackup } from "./commands/backup.js";
import { addCancel } from "./commands/cancel.js";
import { addCompletion } from "./commands/completion.js";
import { addDoctor } from "./commands/doctor.js";
import { addDownload } from "./commands/download.js";
import { addEdit } from "./commands/edit.js";
import { addGet } from "./commands/get.js";
import { addInit } from "./commands/init.js";
import { addList } from "./commands/list.js";
import { addLogs } from "./commands/logs.js";
import { addMigrate } from "./commands/migrate.js";
import { addMove } from "./commands/move.js";
import { addQueues } from "./commands/queues.js";
import { addRetry } from "./commands/retry.js";
import { addServe } from "./commands/serve.js";
import { addStats } from "./commands/stats.js";
import { addSubmit } from "./commands/submit.js";
import { addTypes } from "./commands/types.js";
import { addUpload } from "./commands/upload.js";
import { addWatch } from "./commands/watch.js";
import { addWhy } from "./commands/why.js";
import { addWorker } from "./commands/worker.js";
import { addWorkers } from "./commands/workers.js";
import { examples } from "./flags.js";

/** In the order shown in the help. */
const COMMANDS = [
  addServe,
  addWorker,
  addInit,
  addSubmit,
  addList,
  addGet,
  addWhy,
  addWatch,
  addLogs,
  addEdit,
  addCancel,
  addRetry,
  addTypes,
  addUpload,
  addDownload,
  addQueues,
  addWorkers,
  addStats,
  addBackup,
  addMigrate,
  addMove,
  addDoctor,
  addCompletion,
];

/** Creates the program; commands inherit settings made before they are added. */
export function createProgram(): Command {
  const program = new Command("taskwright")
    .description("A task queue and background-processing server: API, workers, dashboard and command line.")
    .version(VERSION, "-V, --version", "Print the version")
    .helpOption("-h, --help", "Print help")
    .helpCommand("help [command]", "Print help for a command")
    .showHelpAfterError("(run with --help for usage)")
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .exitOverride();
  for (const add of COMMANDS) add(program);
  return program.addHelpText(
    "after",
    `${examples([
      "taskwright serve",
      "taskwright submit data_processing -p rows=5000 --wait",
      "taskwright list --status FAILED",
    ])}
Commands for tasks and task types connect to the server at TASKWRIGHT_URL.
Exit codes: 0 ok, 1 error, 2 usage, 3 not found, 4 task failed, 5 timed out, 130 interrupted.`,
  );
}
