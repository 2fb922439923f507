// The lock file names every package by its content, so that what was reviewed is what is installed, on every platform.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  /** A folder of this repository. */
  readonly link?: boolean;
  /** Part of the archive of the package that it is in. */
  readonly inBundle?: boolean;
}

async function lockedPackages(): Promise<readonly (readonly [string, LockedPackage])[]> {
  const lock: { readonly packages: Readonly<Record<string, LockedPackage>> } = JSON.parse(
    await readFile(path.join(root, "package-lock.json"), "utf8"),
  );
  return Object.entries(lock.packages).filter(([place, { link }]) => place !== "" && link !== true);
}

test("every package in the lock file has an integrity, also those of other platforms", async () => {
  const packages = await lockedPackages();
  expect(packages.length).toBeGreaterThan(300);
  const without = packages.filter(
    ([, { integrity, inBundle }]) => inBundle !== true && !/^sha512-[\w+/]{86}==$/.test(integrity ?? ""),
  );
  // npm leaves it out where it installs from a cache: `npm view NAME@VERSION dist.integrity` has it.
  expect(without.map(([place, { version }]) => `${place}@${version}`)).toEqual([]);
});
