#!/usr/bin/env node
// The program `taskwright`. What it can do is in program.ts. It is loaded only where Node is new enough: an older one fails
// on the first import with a message that helps nobody.
import { readFileSync } from "node:fs";
import { isAtLeast } from "../lib/versions.js";

const { engines }: { readonly engines: { readonly node: string } } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
);
const required = engines.node.replace(/^>=/, "");
if (isAtLeast(process.versions.node, required)) {
  const { run } = await import("./run.js");
  process.exitCode = await run(process.argv.slice(2));
} else {
  process.stderr.write(
    `taskwright needs Node ${required} or newer; this is Node ${process.versions.node}. See https://nodejs.org\n`,
  );
  process.exitCode = 1;
}
