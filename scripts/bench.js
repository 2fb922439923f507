// Runs the benchmark: builds the program, turns bench/*.ts into JavaScript beside it, and starts it as Node runs any program,
// so that nothing stands between the figures and what users run.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";
import { build } from "./build.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const output = path.join(root, "dist/bench");

build({ dashboard: false });
mkdirSync(output, { recursive: true });
for (const name of readdirSync(path.join(root, "bench")).filter((file) => file.endsWith(".ts"))) {
  const source = readFileSync(path.join(root, "bench", name), "utf8");
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2023,
      verbatimModuleSyntax: true,
    },
  });
  writeFileSync(path.join(output, name.replace(/\.ts$/, ".js")), outputText);
}
await import(pathToFileURL(path.join(output, "main.js")).href);
