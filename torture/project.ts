// The folder that the processes run in: the task types made for this, and the packages that they import.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";

export interface Project {
  readonly folder: string;
  /** Where the compiled program lies. */
  readonly program: string;
  remove(): void;
}

/** The package's own entry, from wherever this file runs. */
const root = path.dirname(createRequire(import.meta.url).resolve("taskwright/package.json"));

export function createProject(): Project {
  const folder = mkdtempSync(path.join(tmpdir(), "taskwright-torture-"));
  mkdirSync(path.join(folder, "node_modules"));
  symlinkSync(root, path.join(folder, "node_modules/taskwright"));
  symlinkSync(path.join(root, "node_modules/zod"), path.join(folder, "node_modules/zod"));
  const config = "taskwright.config.js";
  copyFileSync(path.join(root, "torture/project", config), path.join(folder, config));
  return {
    folder,
    program: path.join(root, "dist"),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
