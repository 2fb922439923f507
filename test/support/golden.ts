// Compares text with a file that is kept in the repository. UPDATE_GOLDEN=1 writes the file instead.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { expect } from "vitest";

export async function matchesGolden(file: URL, actual: string): Promise<void> {
  if (process.env.UPDATE_GOLDEN === "1") {
    await mkdir(new URL(".", file), { recursive: true });
    await writeFile(file, actual);
  }
  const kept = await readFile(file, "utf8").catch(() => "");
  expect(actual, `${file.pathname} is out of date; run the test with UPDATE_GOLDEN=1`).toBe(kept);
}
