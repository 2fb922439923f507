// A project folder for the process tests: the config with their task types, and the journal that their handlers write.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");

export interface JournalLine {
  /** "signal": SIGTERM arrived; the other fields are absent. */
  readonly what: "start" | "end" | "signal";
  readonly id: string;
  readonly attempt: number;
  readonly fence: number;
}

export interface ProcessProject {
  readonly folder: string;
  journal(): readonly JournalLine[];
  remove(): void;
}

export function createProcessProject(): ProcessProject {
  const folder = mkdtempSync(path.join(tmpdir(), "taskwright-process-"));
  mkdirSync(path.join(folder, "node_modules"));
  symlinkSync(root, path.join(folder, "node_modules/taskwright"));
  symlinkSync(path.join(root, "node_modules/zod"), path.join(folder, "node_modules/zod"));
  copyFileSync(
    path.join(root, "test/process/fixture/taskwright.config.js"),
    path.join(folder, "taskwright.config.js"),
  );
  const file = path.join(folder, "journal.ndjson");
  return {
    folder,
    journal() {
      if (!existsSync(file)) return [];
      const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
      return lines.map((line): JournalLine => JSON.parse(line));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
