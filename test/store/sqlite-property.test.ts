// Whatever verbs come in whatever order, the SQLite store answers what the in-memory reference answers.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.js";
import { propertyTest } from "./property.js";

const folder = mkdtempSync(path.join(tmpdir(), "taskwright-sqlite-"));
let opened = 0;
afterAll(() => rmSync(folder, { recursive: true }));

propertyTest("sqlite", (clock) =>
  openSqliteStore({ file: path.join(folder, `${opened++}.db`), clock, synchronous: "normal" }),
);
