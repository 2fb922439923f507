// Runs the fault harness as Node runs any program, so that it ends with its own exit code.
import path from "node:path";
import { pathToFileURL } from "node:url";
import { buildTorture, output } from "./torture-build.js";

buildTorture();
await import(pathToFileURL(path.join(output, "main.js")).href);
