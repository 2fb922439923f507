// npm run test:nodes: runs scripts/smoke.js under every supported Node. Each is installed once into .node (not tracked by git).
import { execFileSync } from "node:child_process";
import path from "node:path";
import { build } from "./build.js";

/** The newest of each supported line. */
const VERSIONS = ["22.23.3", "24.21.0", "26.12.1"];

build({ dashboard: false });
for (const version of VERSIONS) {
  const folder = execFileSync(process.execPath, [path.join(import.meta.dirname, "find-node.js")], {
    env: { ...process.env, TASKWRIGHT_NODE: version },
    encoding: "utf8",
  });
  execFileSync(path.join(folder, "node"), [path.join(import.meta.dirname, "smoke.js")], { stdio: "inherit" });
}
