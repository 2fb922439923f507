// A disk of a few megabytes, to fill up: a tmpfs, which needs root.
import { execFileSync } from "node:child_process";
import { onTestFinished } from "vitest";

/** Mounts a disk of that size ("8m") on the folder, until the test has finished; false where this user may not. */
export function mountSmallDisk(folder: string, size: string): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder], { stdio: "pipe" });
  } catch {
    // Containers often may not mount even as root.
    return false;
  }
  onTestFinished(() => {
    execFileSync("umount", [folder]);
  });
  return true;
}
