// taskwright backup: a copy of the database, and of the files if asked for, while the server runs.
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
    .description("Copy the database to a file while the server runs. Overwrites nothing.")
    .argument("<file>", "the copy")
    .option("--files", "also copy uploads and artifacts, to the folder <file>.files")
    .option("--json", "print what was written as JSON");
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
        `backup copies SQLite databases; for ${storeName(store)} use pg_dump --schema=${schema}`,
      );
    }
    const blobs = flags.files ? folderOfFiles(files, dataDir) : undefined;
    await untilInterrupted((signal) => backUp({ store, target, blobs, signal, json: flags.json === true }));
  });
  command.addHelpText(
    "after",
    `
The copy is the database as it was at one moment, on disk when this command ends. Interrupted, it leaves nothing.

To restore: stop the server; move its database away, with the files of the same name that end in -wal and -shm;
copy the backup to the database's place, and the contents of <file>.files to where files lie (by default the folder
files in --data-dir); start the server.
${examples([
  "taskwright backup /backups/tasks-$(date +%F).db",
  "taskwright backup /backups/tasks.db --files --store /srv/tasks.db --data-dir /srv/files",
])}`,
  );
}

/** Where the configuration puts uploads and artifacts; the flag of this command only says whether to copy them. */
function folderOfFiles(files: string, dataDir: string): string {
  const place = readFilesPlace(files);
  if (place?.kind === "path") return place.path;
  if (place?.kind !== "bucket") return path.join(dataDir, "files");
  throw new CommandFailure(
    EXIT.usage,
    "--files copies a folder, and TASKWRIGHT_FILES (or files in the config file) names a bucket; copy that with the tools of its server",
  );
}

async function backUp(options: {
  readonly store: string;
  readonly target: string;
  readonly blobs: string | undefined;
  readonly signal: AbortSignal;
  readonly json: boolean;
}): Promise<void> {
  // Loaded here, so that commands that need no database start without it.
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
