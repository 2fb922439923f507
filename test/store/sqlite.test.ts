// The SQLite store keeps the contract.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.js";
import { storeSuite } from "./suite.js";

const folder = mkdtempSync(path.join(tmpdir(), "taskwright-sqlite-"));
let opened = 0;
afterAll(() => rmSync(folder, { recursive: true }));

storeSuite("sqlite", {
  open: (clock) =>
    openSqliteStore({ file: path.join(folder, `${opened++}.db`), clock, synchronous: "normal" }),
});
