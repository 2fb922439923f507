// Builds what is older than its sources: the program (tsc) and the page (vite). `--force` builds all.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildGuide } from "./guide.js";
import { precompress } from "./precompress.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const page = path.join(root, "dist/dashboard");
const require = createRequire(import.meta.url);

/** Newest change below a file or folder, in milliseconds since the epoch. */
function newest(target) {
  const stats = statSync(target, { throwIfNoEntry: false });
  if (!stats) return 0;
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(0, ...readdirSync(target).map((name) => newest(path.join(target, name))));
}

function isStale(output, sources) {
  const built = statSync(output, { throwIfNoEntry: false });
  return !built || sources.some((source) => newest(path.join(root, source)) > built.mtimeMs);
}

function run(script, args) {
  execFileSync(process.execPath, [script, ...args], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
}

/** Builds what is stale. Throws when a compiler refuses. */
export function build({ force = false, dashboard = true } = {}) {
  const steps = [
    {
      output: path.join(root, "dist/.tsbuildinfo"),
      sources: ["src", "tsconfig.json", "tsconfig.build.json", "package.json"],
      make: () =>
        run(path.join(path.dirname(require.resolve("typescript-7/package.json")), "bin/tsc"), [
          "-p",
          "tsconfig.build.json",
        ]),
    },
    {
      output: path.join(root, "dist/dashboard/index.html"),
      sources: ["dashboard", "src/client", "src/http", "package.json"],
      make: () =>
        run(path.join(path.dirname(require.resolve("vite/package.json")), "bin/vite.js"), [
          "build",
          "--config",
          "dashboard/vite.config.ts",
          "--logLevel",
          "warn",
        ]),
      skip: !dashboard || !existsSync(path.join(root, "dashboard/vite.config.ts")),
    },
    {
      output: path.join(root, "dist/dashboard/guide/index.html"),
      sources: [
        "docs",
        "CHANGELOG.md",
        "scripts/guide.js",
        "scripts/guide.css",
        "dashboard/src/styles/tokens.css",
      ],
      make: buildGuide,
      skip: !dashboard,
    },
  ];
  let isPageNew = false;
  for (const step of steps) {
    if (step.skip) continue;
    if (!force && !isStale(step.output, step.sources)) continue;
    isPageNew ||= step.output.startsWith(page);
    // A compiler that remembers what it has built would not notice what is missing.
    if (force) rmSync(step.output, { force: true });
    step.make();
    // A compiler that finds nothing changed writes nothing, and would be asked again every time.
    const now = new Date();
    utimesSync(step.output, now, now);
  }
  if (isPageNew) precompress(page);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build({ force: process.argv.includes("--force") });
