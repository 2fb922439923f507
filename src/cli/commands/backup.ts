// taskwright backup: copies the database, and optionally the files, while the server runs.
import path from "node:path";
import type { Command } from "commander";
import { readConfigFile } from "../../config/file.js";
import { readFilesPlace } from "../../config/files-place.js";
import { loadConfig } from "../../config/load.js";
import type { OptionKey } from "../../config/options.js";
import { isPostgresUrl, storeName } from "../../config/store-url.js";
import { systemClock } from "../../lib/clock.js";
import { formatDuration } from "../../model/time.js";
import { createBar } from "../bar.js";
import { formatBytes } from "../bytes.js";
import { CommandFailure, EXIT } from "../failure.js";
import { addConfigFlags, configFlags, examples, loadLibrary } from "../flags.js";
import { untilInterrupted } from "../interrupt.js";
import { print, printJson } from "../output.js";

const KEYS: readonly OptionKey[] = ["store", "schema", "dataDir", "logLevel"];

interface BackupFlags {
  readonly files?: true;
  readonly json?: true;
}

export function addBackup(program: Command): void {
  const command = program
    .command("backup")
    .description("Copy the database to a file while the server runs. Never overwrites a file.")
    .argument("<file>", "Path of the backup to write")
    .option("--files", "Also copy uploads and artifacts, to the folder <file>.files")
    .option("--json", "Print what was written as JSON");
  addConfigFlags(command, KEYS).action(async (target: string, flags: BackupFlags) => {
    const file = await readConfigFile(process.cwd(), loadLibrary);
    const { store, schema, dataDir, files } = loadConfig({
      flags: configFlags(command, KEYS),
      env: process.env,
      file,
    });
    if (isPostgresUrl(store)) {
      throw new CommandFailure(
        EXIT.usage,
        `backup supports only SQLite; to back up ${storeName(store)}, use pg_dump --schema=${schema}`,
      );
    }
    const blobs = flags.files ? folderOfFiles(files, dataDir) : undefined;
    await untilInterrupted((signal) => backUp({ store, target, blobs, signal, json: flags.json === true }));
  });
  command.addHelpText(
    "after",
    `
The backup is a consistent snapshot, synced to disk before the command exits. If interrupted, it leaves no files behind.

To restore: stop the server; move its database out of the way, including the -wal and -shm files; copy the backup to the
path of the database, and the contents of <file>.files to the folder that stores files (by default "files" in
--data-dir); start the server.
${examples([
  "taskwright backup /backups/tasks-$(date +%F).db",
  "taskwright backup /backups/tasks.db --files --store /srv/tasks.db --data-dir /srv/files",
])}`,
  );
}

/** The folder that holds uploads and artifacts according to the configuration; this command's flag only enables copying. */
function folderOfFiles(files: string, dataDir: string): string {
  const place = readFilesPlace(files);
  if (place?.kind === "path") return place.path;
  if (place?.kind !== "bucket") return path.join(dataDir, "files");
  throw new CommandFailure(
    EXIT.usage,
    "--files can only copy a folder, but TASKWRIGHT_FILES (or files in the config file) is a bucket; copy it with the tools of the object store",
  );
}

async function backUp(options: {
  readonly store: string;
  readonly target: string;
  readonly blobs: string | undefined;
  readonly signal: AbortSignal;
  readonly json: boolean;
}): Promise<void> {
  // Imported here so that commands that need no database start faster.
  const { writeBackup } = await import("../backup/write-backup.js");
  const { json, target, blobs, ...rest } = options;
  const start = systemClock.monotonic();
  const bar = createBar(100);
  try {
    const onProgress = (what: string, bytes: number, total?: number) =>
      bar.update(total ? (100 * bytes) / total : 0, `${what}: ${formatBytes(bytes)}`);
    const written = await writeBackup({ ...rest, target, ...(blobs !== undefined && { blobs }), onProgress });
    bar.clear();
    const took = systemClock.monotonic() - start;
    if (json) return printJson({ file: path.resolve(target), ...written, took_ms: Math.round(took) });
    const files = written.blobs && ` and ${written.blobs.files} files (${formatBytes(written.blobs.bytes)})`;
    print(`${target}: ${formatBytes(written.bytes)}${files ?? ""} in ${formatDuration(took)}`);
  } finally {
    bar.clear();
  }
}
