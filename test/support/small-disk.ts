// A disk of a few megabytes, to fill up: a tmpfs, which needs root.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
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

/** Fills the disk to its last byte, with this file. */
export function fillDisk(ballast: string): void {
  const piece = Buffer.alloc(64 * 1024);
  try {
    for (;;) writeFileSync(ballast, piece, { flag: "a" });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
  }
}
