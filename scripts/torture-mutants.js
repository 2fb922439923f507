// Shows that torture notices faults: puts each mutant of torture/mutants into a copy of the program, runs it, and expects
// the verdict BROKEN by one of the rules that the mutant breaks. Names of mutants choose some. Exit code 1 where one survives.
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { buildTorture, output, root, transpile } from "./torture-build.js";

buildTorture();
const { applyEdit, MUTANTS } = await import(pathToFileURL(path.join(output, "mutants/list.js")).href);

/** A copy of the compiled program in which the mutant's files are compiled anew. */
function mutate({ edits }) {
  const folder = mkdtempSync(path.join(tmpdir(), "taskwright-mutant-"));
  symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"));
  cpSync(path.join(root, "package.json"), path.join(folder, "package.json"));
  mkdirSync(path.join(folder, "torture"));
  cpSync(path.join(root, "torture/project"), path.join(folder, "torture/project"), { recursive: true });
  cpSync(path.join(root, "dist"), path.join(folder, "dist"), {
    recursive: true,
    filter: (source) => source !== path.join(root, "dist/dashboard"),
  });
  const texts = new Map();
  for (const edit of edits) {
    const text = texts.get(edit.file) ?? readFileSync(path.join(root, edit.file), "utf8");
    texts.set(edit.file, applyEdit(text, edit));
  }
  for (const [file, text] of texts) {
    const compiled = file.replace(/^src\//, "dist/").replace(/\.ts$/, ".js");
    writeFileSync(path.join(folder, compiled), transpile(text));
  }
  return folder;
}

function torture(folder, { store, faults, minutes, every = 2 }) {
  const flags = [
    ...["--minutes", String(minutes), "--seed", "1", "--every", String(every), "--stuck", "15"],
    ...["--servers", "1", "--workers", "2", "--faults", faults.join(",")],
    ...(store === "sqlite" ? ["--store", "sqlite"] : []),
  ];
  const child = spawn(process.execPath, [path.join(folder, "dist/torture/main.js"), ...flags], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  return new Promise((resolve) => {
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}

const names = process.argv.slice(2);
const unknown = names.filter((name) => !MUTANTS.some((mutant) => mutant.name === name));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no mutant ${unknown.join(", ")}; there are:\n  ${MUTANTS.map(({ name }) => name).join("\n  ")}\n`,
  );
  process.exit(2);
}
let survivors = 0;
for (const mutant of MUTANTS) {
  if (names.length > 0 && !names.includes(mutant.name)) continue;
  const folder = mutate(mutant);
  const begun = performance.now();
  const { code, stdout, stderr } = await torture(folder, mutant);
  const seconds = Math.round((performance.now() - begun) / 1000);
  const rule = mutant.rules.find((name) => stdout.includes(`\n  ${name} (`));
  if (code === 1 && rule !== undefined) {
    process.stdout.write(`CAUGHT    ${mutant.name} in ${seconds} s: ${rule}\n`);
  } else {
    survivors++;
    process.stdout.write(
      `SURVIVED  ${mutant.name} in ${seconds} s (exit code ${code}): ${mutant.breaks}\n${stdout}${stderr}\n`,
    );
  }
  rmSync(folder, { recursive: true, force: true });
}
process.exit(survivors > 0 ? 1 : 0);
