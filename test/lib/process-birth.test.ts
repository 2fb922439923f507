// Is that process still the one it was? Asked of real processes.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { birthOfThisProcess, hasEnded, type ProcessBirth } from "../../src/lib/process-birth.js";

/** A process that says its own birth and waits. */
async function startChild(): Promise<{ child: ChildProcess; pid: number }> {
  const child = spawn(process.execPath, ["-e", "process.stdout.write('up'); setInterval(() => {}, 60_000)"]);
  if (child.stdout) await once(child.stdout, "data");
  return { child, pid: child.pid ?? 0 };
}

function ownBirth(): ProcessBirth {
  const birth = birthOfThisProcess();
  if (!birth) throw new Error("this machine has no /proc");
  return birth;
}

test("a process that runs has not ended", () => {
  expect(hasEnded(process.pid, ownBirth())).toBe(false);
});

test("a killed process has ended", async () => {
  const { child, pid } = await startChild();
  // Its own start is not known here: existence alone decides.
  const { place } = ownBirth();
  expect(hasEnded(pid, { place })).toBe(false);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(hasEnded(pid, { place })).toBe(true);
});

test.runIf(process.platform === "linux")(
  "a pid that another process has by now tells that the first has ended",
  () => {
    const { place, start } = ownBirth();
    expect(start).toMatch(/^\d+$/);
    expect(hasEnded(process.pid, { place, start: String(Number(start) - 1) })).toBe(true);
  },
);

test("what is no pid proves nothing", () => {
  for (const pid of [0, -1, 1.5, Number.NaN]) expect(hasEnded(pid, { place: "here" })).toBe(false);
});
