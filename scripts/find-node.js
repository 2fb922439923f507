// Prints the folder of a Node that is new enough to run the project, for scripts/use-node.sh. Where the installed one is too
// old, a newer one is installed once from the npm registry into .node (not tracked by git).
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** What CI and the benchmarks run. */
const VERSION = process.env.TASKWRIGHT_NODE ?? "24.21.0";

const root = fileURLToPath(new URL("..", import.meta.url));
const required = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")).engines.node.replace(
  /^>=/,
  "",
);

const reason = process.env.TASKWRIGHT_NODE
  ? `Node ${VERSION} is asked for by TASKWRIGHT_NODE`
  : `Node ${process.versions.node} is too old (${required} or newer is needed)`;

/** Whether `version` is at least `minimum`; both as "22.14" or "22.14.0". */
function isAtLeast(version, minimum) {
  const have = version.split(".").map(Number);
  for (const [index, wanted] of minimum.split(".").map(Number).entries()) {
    if ((have[index] ?? 0) !== wanted) return (have[index] ?? 0) > wanted;
  }
  return true;
}

/** Installs Node into .node and returns its folder. Two scripts at once install twice, and the first one's is kept. */
function install() {
  const name = `node-${process.platform}-${process.arch}`;
  const target = path.join(root, ".node", `${VERSION}-${process.arch}`);
  const folder = path.join(target, "node_modules", name, "bin");
  if (existsSync(folder)) return folder;
  process.stderr.write(`${reason}; installing Node ${VERSION} into .node, once.\n`);
  const temporary = mkdtempSync(path.join(root, ".node-"));
  try {
    execFileSync(
      "npm",
      [
        "install",
        "--prefix",
        temporary,
        "--no-save",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
        `${name}@${VERSION}`,
      ],
      { stdio: ["ignore", "ignore", "inherit"] },
    );
    mkdirSync(path.dirname(target), { recursive: true });
    if (!existsSync(folder)) renameSync(temporary, target);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return folder;
}

try {
  const isUsable = !process.env.TASKWRIGHT_NODE && isAtLeast(process.versions.node, required);
  process.stdout.write(isUsable ? path.dirname(process.execPath) : install());
} catch (error) {
  process.stderr.write(
    `${reason}, and Node ${VERSION} could not be installed:\n${error.message}\nInstall it yourself: https://nodejs.org\n`,
  );
  process.exitCode = 1;
}
