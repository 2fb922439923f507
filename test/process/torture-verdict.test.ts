// What a run of the fault harness says of itself: exit code and verdict, on the real command with a PostgreSQL of its own.
import { spawn } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";
import { conclude, leastAcknowledged, shortfalls } from "../../torture/conclusion.js";

const ROOT = path.join(import.meta.dirname, "../..");

async function runTorture(...flags: readonly string[]) {
  const child = spawn(process.execPath, [path.join(ROOT, "scripts/torture.js"), ...flags], { cwd: ROOT });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, stdout, stderr };
}

test("a run with too little acknowledged work is INCONCLUSIVE and exits 2, with a PostgreSQL of its own", async () => {
  const { code, stdout, stderr } = await runTorture(
    ...["--minutes", "0.05", "--rate", "5", "--servers", "1", "--workers", "1", "--faults", "sessions-end"],
  );
  expect(stdout, stderr).toMatch(/\nINCONCLUSIVE: .*\n {2}Only \d+ tasks were acknowledged; a verdict needs/);
  expect(code).toBe(2);
});

test("wrong flags and a run that can't begin exit 2", async () => {
  expect((await runTorture("--minutes", "none")).code).toBe(2);
  const unknown = await runTorture("--store", "sqlite", "--faults", "earthquake");
  expect(unknown.stderr).toContain('there is no fault "earthquake"');
  expect(unknown.code).toBe(2);
});

const ENOUGH = {
  acknowledged: 100,
  rate: 60,
  callTime: 10_000,
  faults: { possible: 3, injected: 1 },
  attempts: 90,
  audits: 5,
};

test("a verdict needs acknowledged work, faults, attempts and audits", () => {
  expect(shortfalls(ENOUGH)).toEqual([]);
  const lacking = [
    { acknowledged: 15 },
    { faults: { possible: 3, injected: 0 } },
    { faults: { possible: 0, injected: 0 } },
    { attempts: 0 },
    { audits: 0 },
  ];
  for (const lack of lacking) expect(shortfalls({ ...ENOUGH, ...lack })).toHaveLength(1);
  expect(leastAcknowledged(60, 120_000)).toBe(720);
});

test("a violation is BROKEN, however little was seen", () => {
  const violations = [{ rule: "stored once", detail: "a and b are one request" }] as const;
  expect(conclude({ violations, shortfalls: ["No fault was injected."] })).toBe("BROKEN");
  expect(conclude({ violations: [], shortfalls: ["No fault was injected."] })).toBe("INCONCLUSIVE");
  expect(conclude({ violations: [], shortfalls: [] })).toBe("KEPT");
});
