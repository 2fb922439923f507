// Builds the program and, beside it, the fault harness: torture/*.ts as JavaScript that Node runs without a loader.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { build } from "./build.js";

export const root = fileURLToPath(new URL("..", import.meta.url));
/** Where the compiled harness lies. */
export const output = path.join(root, "dist/torture");

/** TypeScript as JavaScript, types unchecked. */
export function transpile(source) {
  return ts.transpileModule(source, {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2023,
      verbatimModuleSyntax: true,
    },
  }).outputText;
}

/** Builds the program where it is stale, and the harness. */
export function buildTorture() {
  build({ dashboard: false });
  for (const name of readdirSync(path.join(root, "torture"), { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".ts")) continue;
    const target = path.join(output, name.replace(/\.ts$/, ".js"));
    mkdirSync(path.dirname(target), { recursive: true });
    const compiled = transpile(readFileSync(path.join(root, "torture", name), "utf8"));
    // Compiled, it lies beside what it imports from src.
    writeFileSync(target, compiled.replaceAll(/from "((?:\.\.\/)+)src\//g, 'from "$1'));
  }
}
