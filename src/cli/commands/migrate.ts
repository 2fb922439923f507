// taskwright migrate: migrates the database without starting the server.
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
    .description("Migrate the database to the current schema version, ahead of starting serve or worker.")
    .option("--grant <role>", "Only print the SQL that grants this role what servers and workers need")
    .option("--json", "Print the versions as JSON");
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
      from === to
        ? `${named} is up to date (version ${to})`
        : `${named} migrated from version ${from} to ${to}`,
    );
  });
  command.addHelpText(
    "after",
    `
With PostgreSQL you can use two roles: one owns the schema and migrates it; the other runs servers and workers and cannot
change the schema. At installation and after each upgrade, before the new servers and workers start:

  1. as the owner: taskwright migrate
  2. first time only: taskwright migrate --grant app | psql postgres://owner@db.example.org/tasks
  3. as app: taskwright serve --no-migrate, taskwright worker --no-migrate

Concurrent migrations are safe: one runs, the others wait for it. With --no-migrate (TASKWRIGHT_MIGRATE=false) a process
refuses to start on an outdated schema and changes nothing. Stop servers and workers of the old version first.
${examples([
  "taskwright migrate",
  "taskwright migrate --store /srv/tasks.db",
  "TASKWRIGHT_STORE=postgres://owner:…@db.example.org/tasks taskwright migrate --schema tasks",
])}`,
  );
}

const inFull = ({ store }: Place) => ({ store: path.resolve(store) });

/** Stores are imported here so that commands that need no database start faster. */
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
    throw new CommandFailure(EXIT.usage, "--grant requires PostgreSQL; SQLite has no roles");
  }
  const { grantStatements } = await import("../../store/postgres/migrate-store.js");
  print(...grantStatements(schema, role));
}
