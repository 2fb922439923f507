// taskwright migrate: brings the database up to date without starting the server.
import path from "node:path";
import type { Command } from "commander";
import { readConfigFile } from "../../config/file.js";
import { loadConfig } from "../../config/load.js";
import type { OptionKey } from "../../config/options.js";
import { isPostgresUrl, storeName } from "../../config/store-url.js";
import { systemClock } from "../../lib/clock.js";
import { CommandFailure, EXIT } from "../failure.js";
import { addConfigFlags, configFlags, examples, loadLibrary } from "../flags.js";
import { print, printJson } from "../output.js";

const KEYS: readonly OptionKey[] = ["store", "schema", "logLevel"];

interface MigrateFlags {
  readonly json?: true;
  readonly grant?: string;
}

interface Place {
  readonly store: string;
  readonly schema: string;
}

export function addMigrate(program: Command): void {
  const command = program
    .command("migrate")
    .description("Bring the database up to date. serve and worker do so too; this is for doing it before.")
    .option("--grant <role>", "change nothing; print the SQL that lets this role use the schema at run time")
    .option("--json", "print the versions as JSON");
  addConfigFlags(command, KEYS).action(async ({ grant, json }: MigrateFlags) => {
    const file = await readConfigFile(process.cwd(), loadLibrary);
    const place = loadConfig({ flags: configFlags(command, KEYS), env: process.env, file });
    if (grant !== undefined) return printGrants(place, grant);
    const { from, to } = await migrate(place);
    const isServer = isPostgresUrl(place.store);
    const where = isServer ? { store: storeName(place.store), schema: place.schema } : inFull(place);
    if (json) return printJson({ ...where, from, to });
    const named = isServer ? `schema ${place.schema} of ${storeName(place.store)}` : place.store;
    print(
      from === to ? `${named} is up to date (version ${to})` : `${named} went from version ${from} to ${to}`,
    );
  });
  command.addHelpText(
    "after",
    `
PostgreSQL with two roles: one owns the schema and migrates, the other runs servers and workers and may change no table.
Once, and after each update of the program, before the new servers and workers start:

  1. as the owner: taskwright migrate
  2. once: taskwright migrate --grant app | psql postgres://owner@db.example.org/tasks
  3. as app: taskwright serve --no-migrate, taskwright worker --no-migrate

Several may migrate at the same time: one does, the others wait for it. With --no-migrate (TASKWRIGHT_MIGRATE=false) an
older schema is refused, and nothing is changed. Stop servers and workers of the older version first.
${examples([
  "taskwright migrate",
  "taskwright migrate --store /srv/tasks.db",
  "TASKWRIGHT_STORE=postgres://owner:…@db.example.org/tasks taskwright migrate --schema tasks",
])}`,
  );
}

const inFull = ({ store }: Place) => ({ store: path.resolve(store) });

/** Each store is loaded here, so that commands that need no database start without it. */
async function migrate({ store, schema }: Place): Promise<{ readonly from: number; readonly to: number }> {
  if (isPostgresUrl(store)) {
    const { migratePostgresStore } = await import("../../store/postgres/migrate-store.js");
    return migratePostgresStore({ url: store, schema });
  }
  const { migrateSqliteStore } = await import("../../store/sqlite/migrate-store.js");
  return migrateSqliteStore({ file: store, clock: systemClock });
}

async function printGrants({ store, schema }: Place, role: string): Promise<void> {
  if (!isPostgresUrl(store)) {
    throw new CommandFailure(EXIT.usage, "--grant is for PostgreSQL; a SQLite file has no roles");
  }
  const { grantStatements } = await import("../../store/postgres/migrate-store.js");
  print(...grantStatements(schema, role));
}
