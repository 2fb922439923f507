// npm start: builds what is stale, then is the server itself, so that signals reach it and not a parent of it.
import { build } from "./build.js";

build();
const { run } = await import("../dist/cli/run.js");
process.exitCode = await run(["serve", ...process.argv.slice(2)]);
