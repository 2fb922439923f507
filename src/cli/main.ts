#!/usr/bin/env node
// Entry point of the `taskwright` command; the commands are in program.ts. They are imported only if Node is new enough,
// because an older version fails at the first import with an unhelpful message.
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
    `taskwright requires Node ${required} or newer; this is Node ${process.versions.node}. See https://nodejs.org\n`,
  );
  process.exitCode = 1;
}
