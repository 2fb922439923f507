// What "taskwright migrate" does with PostgreSQL: brings a schema up to date, and says what a role needs to use it.
import { createDatabase } from "./database.js";
import { toStoreError } from "./errors.js";
import { checkServer, migrateSchema } from "./migrations/migrate.js";
import { checkNames, raiseFences } from "./opening.js";

/** Brings the schema up to date, one program at a time. Answers the version before and after. Throws StoreError. */
export async function migratePostgresStore(options: {
  readonly url: string;
  readonly schema: string;
}): Promise<{ readonly from: number; readonly to: number }> {
  const { url, schema } = options;
  checkNames(url, schema);
  const database = createDatabase({ url, schema, poolSize: 1, now: undefined });
  try {
    await checkServer(database.query);
    const versions = await migrateSchema(database, schema);
    await raiseFences(database);
    return versions;
  } catch (error) {
    throw toStoreError(error);
  } finally {
    await database.close();
  }
}

/**
 * The statements that give a role what servers and workers need at run time, and nothing that changes tables. The owner
 * of the schema runs them; the last two also cover what later versions add.
 */
export function grantStatements(schema: string, role: string): readonly string[] {
  const [place, who] = [quoted(schema), quoted(role)];
  return [
    `GRANT USAGE ON SCHEMA ${place} TO ${who};`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${place} TO ${who};`,
    `REVOKE INSERT, UPDATE, DELETE ON ${place}.migration FROM ${who};`,
    `GRANT USAGE, UPDATE ON ALL SEQUENCES IN SCHEMA ${place} TO ${who};`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA ${place} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${who};`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA ${place} GRANT USAGE, UPDATE ON SEQUENCES TO ${who};`,
  ];
}

/** An identifier as SQL takes it, whatever it is made of. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
