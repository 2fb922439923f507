// Runs the benchmark: builds the program, turns bench/*.ts into JavaScript beside it, and starts it as Node runs any program,
// so that nothing stands between the figures and what users run. `npm run bench` measures SQLite, `npm run bench -- postgres`
// PostgreSQL; the flags of each stand at the top of bench/main.ts and bench/postgres.ts.
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { build } from "./build.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const output = path.join(root, "dist");

/** `name` without its extension, below the repository and below dist. */
function compile(name) {
  const source = readFileSync(path.join(root, `${name}.ts`), "utf8");
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2023,
      verbatimModuleSyntax: true,
    },
  });
  const target = path.join(output, `${name}.js`);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, outputText);
}

// The page is measured, too, where it is named.
build({ dashboard: process.argv.some((word) => word.includes("page")) });
for (const name of readdirSync(path.join(root, "bench")).filter((file) => file.endsWith(".ts"))) {
  compile(`bench/${name.replace(/\.ts$/, "")}`);
}
// It starts the tests' own PostgreSQL and browser.
compile("test/support/postgres");
compile("test/support/browser");
const program = process.argv[2] === "postgres" ? "postgres" : "main";
// In a process of its own: the compiler that did this holds 50 MB, which would count as the product's.
const child = spawn(process.execPath, [path.join(output, `bench/${program}.js`), ...process.argv.slice(2)], {
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => {
  process.exitCode = code ?? (signal ? 1 : 0);
});
