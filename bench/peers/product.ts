// Loads compiled modules of the program, so that what is measured is what users run. Compiled itself to bench/peers/dist.
import path from "node:path";
import { pathToFileURL } from "node:url";

/** The repository: bench/peers/dist/bench/peers is where this file runs. */
export const ROOT = path.resolve(import.meta.dirname, "../../../../..");

export const loadLibrary = (): Promise<typeof import("../../src/index.js")> => load("index.js");
export const loadEngine = (): Promise<typeof import("../../src/app/engine.js")> => load("app/engine.js");
export const loadHttp = (): Promise<typeof import("../../src/http/app.js")> => load("http/app.js");
export const loadSuggest = (): Promise<typeof import("../../src/lib/suggest.js")> => load("lib/suggest.js");

function load(file: string) {
  return import(pathToFileURL(path.join(ROOT, "dist", file)).href);
}
