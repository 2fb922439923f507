// The layer rules catch what they should: planted violations are seen, and the real sources are really read.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const planted = mkdtempSync(path.join(tmpdir(), "taskwright-layers-"));

afterAll(() => rmSync(planted, { recursive: true, force: true }));

interface CruiseReport {
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly { readonly rule: { readonly name: string } }[];
  };
}

function cruise(folder: string): CruiseReport["summary"] {
  const command = path.join(root, "node_modules/.bin/depcruise");
  const flags = ["--config", ".dependency-cruiser.cjs", "--output-type", "json", "src"];
  const { stdout } = spawnSync(command, flags, { cwd: folder, encoding: "utf8", maxBuffer: 1 << 26 });
  const report: CruiseReport = JSON.parse(stdout);
  return report.summary;
}

test("planted violations are reported", () => {
  const files = {
    "src/model/word.ts": 'import "node:fs";\nimport "../store/store.js";\n',
    "src/store/store.ts": "export const store = 1;\n",
    "src/store/sqlite/sqlite-store.ts": "export const sqlite = 1;\n",
    "src/worker/worker.ts": 'import "../store/sqlite/sqlite-store.js";\n',
    "src/client/index.ts": 'import "node:http";\n',
    "src/lib/a.ts": 'import "./b.js";\n',
    "src/lib/b.ts": 'import "./a.js";\n',
  };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(planted, file)), { recursive: true });
    writeFileSync(path.join(planted, file), text);
  }
  for (const file of ["tsconfig.json", ".dependency-cruiser.cjs", "package.json"]) {
    copyFileSync(path.join(root, file), path.join(planted, file));
  }
  symlinkSync(path.join(root, "node_modules"), path.join(planted, "node_modules"));
  const rules = cruise(planted).violations.map((violation) => violation.rule.name);
  expect(new Set(rules)).toEqual(
    new Set([
      "model-is-pure",
      "model-does-no-io",
      "worker-sees-the-contract",
      "stores-are-named-once",
      "client-is-portable",
      "no-cycles",
    ]),
  );
});

test("the whole tree is read", () => {
  expect(cruise(root).totalCruised).toBeGreaterThan(30);
});
