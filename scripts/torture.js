// Runs the fault harness: builds the program, turns torture/*.ts into JavaScript beside it, and starts it as Node runs any
// program, so that it needs no loader and ends with its own exit code.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";
import { build } from "./build.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const output = path.join(root, "dist/torture");

build({ dashboard: false });
for (const name of readdirSync(path.join(root, "torture"), { recursive: true, encoding: "utf8" })) {
  if (!name.endsWith(".ts")) continue;
  const source = readFileSync(path.join(root, "torture", name), "utf8");
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2023,
      verbatimModuleSyntax: true,
    },
  });
  const target = path.join(output, name.replace(/\.ts$/, ".js"));
  mkdirSync(path.dirname(target), { recursive: true });
  // Compiled, it lies beside what it imports from src.
  writeFileSync(target, outputText.replaceAll(/from "((?:\.\.\/)+)src\//g, 'from "$1'));
}
await import(pathToFileURL(path.join(output, "main.js")).href);
