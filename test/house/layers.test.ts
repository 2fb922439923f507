// The layer rules catch what they should: for every rule, each import that it forbids is planted between the folders that
// exist, and must be reported under the rule's name. A new rule is planted by itself, or fails here.
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const planted = mkdtempSync(path.join(tmpdir(), "taskwright-layers-"));
afterAll(() => rmSync(planted, { recursive: true, force: true }));

interface Side {
  readonly path?: string;
  readonly pathNot?: string;
}
interface Rule {
  readonly name: string;
  readonly from: Side;
  readonly to: Side & { readonly circular?: boolean; readonly dependencyTypes?: readonly string[] };
}

const { forbidden }: { readonly forbidden: readonly Rule[] } = createRequire(import.meta.url)(
  "../../.dependency-cruiser.cjs",
);

/** One file for each folder below src and dashboard/src, and the file that the built-in types import. */
const targets = [
  "src/index.ts",
  ...["src", "dashboard/src"].flatMap((top) =>
    readdirSync(path.join(root, top), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => path.join(path.relative(root, entry.parentPath), entry.name, "target.ts")),
  ),
];

function matches({ path: wanted, pathNot }: Side, file: string, groups: readonly string[] = []): boolean {
  const pattern = (text: string) => new RegExp(text.replaceAll("$1", groups[1] ?? ""));
  if (wanted !== undefined && !pattern(wanted).test(file)) return false;
  return pathNot === undefined || !pattern(pathNot).test(file);
}

interface Plant {
  readonly rule: string;
  readonly from: string;
  /** Each of them breaks the rule. */
  readonly imports: readonly string[];
}

const PACKAGES: Readonly<Record<string, string>> = {
  core: "node:fs",
  npm: "zod",
  "npm-dev": "typescript",
  "npm-optional": "sharp",
};
/** Completes a cycle, which is reported once. */
const OTHER_HALF = "src/model/other-half.ts";

/** A file that breaks the rule in every way there is. */
function plantFor(rule: Rule): Plant {
  const folder = targets.find((file) => matches(rule.from, file)) ?? "";
  const from = path.join(path.dirname(folder), `breaks-${rule.name}.ts`);
  if (rule.to.circular) return { rule: rule.name, from, imports: [OTHER_HALF] };
  const types = rule.to.dependencyTypes;
  if (types) return { rule: rule.name, from, imports: types.map((type) => PACKAGES[type] ?? type) };
  const groups = new RegExp(rule.from.path ?? "").exec(folder) ?? [];
  return { rule: rule.name, from, imports: targets.filter((file) => matches(rule.to, file, groups)) };
}

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}
interface CruiseReport {
  readonly summary: { readonly totalCruised: number; readonly violations: readonly Violation[] };
}

function cruise(folder: string): CruiseReport["summary"] {
  const command = path.join(root, "node_modules/.bin/depcruise");
  const flags = ["--config", ".dependency-cruiser.cjs", "--output-type", "json", "src", "dashboard"];
  const { stdout } = spawnSync(command, flags, { cwd: folder, encoding: "utf8", maxBuffer: 1 << 26 });
  const report: CruiseReport = JSON.parse(stdout);
  return report.summary;
}

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(planted, file)), { recursive: true });
  writeFileSync(path.join(planted, file), text);
}

const plants = forbidden.map(plantFor);

/** `to` is a file, or a package as it is imported. */
function isOf({ from, to }: Violation, plant: Plant, imported: string): boolean {
  return (
    from === plant.from && [imported, imported.replace(/^node:/, "")].some((name) => nameOf(to) === name)
  );
}

/** node_modules/NAME/lib/index.js is NAME. */
function nameOf(to: string): string {
  return /(?:^|\/)node_modules\/([^/]+)\//.exec(to)?.[1] ?? to;
}

function relativeImport(from: string, to: string): string {
  const relative = path.relative(path.dirname(from), to.replace(/\.ts$/, ".js"));
  return relative.startsWith(".") ? relative : `./${relative}`;
}

test("every import that a rule forbids is reported under its name", () => {
  for (const file of targets) write(file, "export const target = 1;\n");
  for (const { from, imports } of plants) {
    const names = imports.map((to) => (to.includes("/") ? relativeImport(from, to) : to));
    write(from, names.map((name) => `import "${name}";\n`).join(""));
    if (imports.includes(OTHER_HALF)) write(OTHER_HALF, `import "${relativeImport(OTHER_HALF, from)}";\n`);
  }
  for (const file of ["tsconfig.json", ".dependency-cruiser.cjs", "package.json"]) {
    copyFileSync(path.join(root, file), path.join(planted, file));
  }
  symlinkSync(path.join(root, "node_modules"), path.join(planted, "node_modules"));
  const reported = cruise(planted).violations;
  const missed = plants.flatMap((plant) =>
    plant.imports
      .filter((to) => !reported.some((edge) => edge.rule.name === plant.rule && isOf(edge, plant, to)))
      .map((to) => `${plant.rule}: ${plant.from} → ${to}`),
  );
  expect(missed).toEqual([]);
});

test("each rule is planted with at least one import", () => {
  for (const { rule, imports } of plants) expect(imports, rule).not.toEqual([]);
});

test.each([
  ["worker-sees-the-contract", "src/worker/", "src/tasks/target.ts"],
  ["queue-sees-the-contract", "src/queue/", "src/tasks/target.ts"],
  ["http-sees-the-queue", "src/http/", "src/store/target.ts"],
  ["http-sees-the-queue", "src/http/", "src/store/contract/target.ts"],
  ["http-sees-the-queue", "src/http/", "src/store/sqlite/target.ts"],
  ["http-sees-the-queue", "src/http/", "src/files/target.ts"],
  ["stores-are-apart", "src/store/", "src/store/sqlite/target.ts"],
])("%s forbids %s to import %s", (rule, from, to) => {
  const plant = plants.find((candidate) => candidate.rule === rule);
  expect(plant?.from).toContain(from);
  expect(plant?.imports).toContain(to);
});

test("every folder is bound by a rule, or is the command line's", () => {
  const free = targets.filter(
    (file) => !forbidden.some((rule) => rule.from.path?.includes("src/") && matches(rule.from, file)),
  );
  expect(free.filter((file) => !/^(src\/(cli|testing|index)|dashboard\/src\/styles)/.test(file))).toEqual([]);
});

test("the whole tree is read, and keeps the rules", () => {
  const { totalCruised, violations } = cruise(root);
  expect(totalCruised).toBeGreaterThan(400);
  expect(violations).toEqual([]);
});
