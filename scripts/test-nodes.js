// npm run test:nodes: runs scripts/smoke.js, and scripts/package-check.js in a folder with the packed package, under every
// supported Node, and the latter under Bun. Each Node is installed once into .node (not tracked by git).
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "./build.js";

/** The newest of each supported line. */
const VERSIONS = ["22.23.3", "24.21.0", "26.12.1"];

const BUN = "1.4.5";

build();
const application = installPackage();
for (const version of VERSIONS) {
  const folder = execFileSync(process.execPath, [path.join(import.meta.dirname, "find-node.js")], {
    env: { ...process.env, TASKWRIGHT_NODE: version },
    encoding: "utf8",
  });
  execFileSync(path.join(folder, "node"), [path.join(import.meta.dirname, "smoke.js")], { stdio: "inherit" });
  runCheck(path.join(folder, "node"));
}
runCheck(path.join(application, "node_modules/.bin/bun"));
rmSync(application, { recursive: true });

/** A folder with the package as it would be published, its dependencies from the registry, and Bun. */
function installPackage() {
  const folder = mkdtempSync(path.join(tmpdir(), "taskwright-application-"));
  const npm = (words, cwd) =>
    execFileSync("npm", words, { cwd, stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });
  const root = path.join(import.meta.dirname, "..");
  const [{ filename }] = JSON.parse(
    npm(["pack", "--json", "--ignore-scripts", "--pack-destination", folder], root),
  );
  writeFileSync(path.join(folder, "package.json"), '{ "private": true, "type": "module" }');
  npm(
    ["install", "--no-audit", "--no-fund", "--loglevel=error", `./${filename}`, "zod", `bun@${BUN}`],
    folder,
  );
  copyFileSync(path.join(import.meta.dirname, "package-check.js"), path.join(folder, "check.mjs"));
  return folder;
}

function runCheck(program) {
  execFileSync(program, ["check.mjs"], { cwd: application, stdio: "inherit" });
}
