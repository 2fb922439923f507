// taskwright migrate: brings the database up to date without starting the server.
import path from "node:path";
import type { Command } from "commander";
import { readConfigFile } from "../../config/file.js";
import { loadConfig } from "../../config/load.js";
import type { OptionKey } from "../../config/options.js";
import { systemClock } from "../../lib/clock.js";
import { addConfigFlags, configFlags, examples, loadLibrary } from "../flags.js";
import { print, printJson } from "../output.js";

const KEYS: readonly OptionKey[] = ["store", "logLevel"];

export function addMigrate(program: Command): void {
  const command = program
    .command("migrate")
    .description("Bring the database up to date. serve does so too; this is for doing it before.")
    .option("--json", "print the versions as JSON");
  addConfigFlags(command, KEYS).action(async (flags: { readonly json?: true }) => {
    const file = await readConfigFile(process.cwd(), loadLibrary);
    const { store: database } = loadConfig({ flags: configFlags(command, KEYS), env: process.env, file });
    // Loaded here, so that commands that need no database start without it.
    const { migrateSqliteStore } = await import("../../store/sqlite/migrate-store.js");
    const { from, to } = await migrateSqliteStore({ file: database, clock: systemClock });
    if (flags.json) return printJson({ store: path.resolve(database), from, to });
    print(
      from === to
        ? `${database} is up to date (version ${to})`
        : `${database} went from version ${from} to ${to}`,
    );
  });
  command.addHelpText("after", examples(["taskwright migrate", "taskwright migrate --store /srv/tasks.db"]));
}
