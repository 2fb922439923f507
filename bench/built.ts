// Loads compiled modules of the program, so that what is measured is what users run. Compiled itself to dist/bench.

import path from "node:path";
import { pathToFileURL } from "node:url";

const dist = path.resolve(import.meta.dirname, "..");

export const loadEngine = (): Promise<typeof import("../src/app/engine.js")> => load("app/engine.js");
export const loadSqlite = (): Promise<typeof import("../src/store/sqlite/sqlite-store.js")> =>
  load("store/sqlite/sqlite-store.js");
export const loadPostgres = (): Promise<typeof import("../src/store/postgres/postgres-store.js")> =>
  load("store/postgres/postgres-store.js");
export const loadDefine = (): Promise<typeof import("../src/task/define.js")> => load("task/define.js");
export const loadClock = (): Promise<typeof import("../src/lib/clock.js")> => load("lib/clock.js");
export const loadIds = (): Promise<typeof import("../src/model/id.js")> => load("model/id.js");
export const loadHttp = (): Promise<typeof import("../src/http/app.js")> => load("http/app.js");
export const loadSuggest = (): Promise<typeof import("../src/lib/suggest.js")> => load("lib/suggest.js");

function load(file: string) {
  return import(pathToFileURL(path.join(dist, file)).href);
}
