// `npm run bench:peers`: installs the peers on the first run, builds the program, turns bench/**/*.ts into JavaScript below
// bench/peers (where the peers' packages are found), and starts it as Node runs any program.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";
import { build } from "./build.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const peers = path.join(root, "bench/peers");
const output = path.join(peers, "dist");

// npm writes this file last, so half an installation is done again.
if (!existsSync(path.join(peers, "node_modules/.package-lock.json"))) {
  process.stderr.write("Installing the systems to compare with, once (bench/peers/package-lock.json)…\n");
  execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: peers, stdio: "inherit" });
}
build({ dashboard: false });

/** TypeScript files of one folder, each beside its neighbours as in the source. */
function transpile(folder) {
  mkdirSync(path.join(output, folder), { recursive: true });
  for (const name of readdirSync(path.join(root, folder))) {
    if (!name.endsWith(".ts") || name.endsWith(".d.ts")) continue;
    const { outputText } = ts.transpileModule(readFileSync(path.join(root, folder, name), "utf8"), {
      compilerOptions: {
        module: ts.ModuleKind.ESNext,
        target: ts.ScriptTarget.ES2023,
        verbatimModuleSyntax: true,
      },
    });
    writeFileSync(path.join(output, folder, name.replace(/\.ts$/, ".js")), outputText);
  }
}

for (const folder of ["bench", "bench/peers", "bench/peers/adapters", "test/support"]) transpile(folder);
await import(pathToFileURL(path.join(output, "bench/peers/main.js")).href);
