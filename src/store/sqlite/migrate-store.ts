// Brings a database up to date without opening it as a store: an old schema can't be prepared for the verbs.
import path from "node:path";
import type { Clock } from "../../lib/clock.js";
import { checkEngine, engineVersion, openWriter, preparePlace } from "./connection.js";
import { identifyFile, refuseOrphanedLog } from "./database-file.js";
import { toStoreError } from "./errors.js";
import { takeLock } from "./lock.js";
import { migrateSchema } from "./migrations/migrate.js";
import { readOwner, refuseLivingOwner } from "./owner.js";

/** The schema's version before and after. The database is made where it is missing. Throws StoreError as opening does. */
export async function migrateSqliteStore(options: {
  readonly file: string;
  readonly clock: Clock;
}): Promise<{ readonly from: number; readonly to: number }> {
  const file = path.resolve(options.file);
  try {
    preparePlace(file);
    refuseOrphanedLog(file);
    const place = identifyFile(file);
    const lock = takeLock(place.path, options.clock);
    try {
      refuseLivingOwner(readOwner(place.path), place);
      const database = openWriter(file, "full");
      try {
        checkEngine(engineVersion(database));
        return migrateSchema(database, file);
      } finally {
        database.close();
      }
    } finally {
      lock.release();
    }
  } catch (error) {
    throw toStoreError(error, file);
  }
}
