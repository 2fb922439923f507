// Compares version numbers such as "22.14" and "24.21.0".

/** Whether `version` is the same as `minimum` or newer. Missing parts count as 0. */
export function isAtLeast(version: string, minimum: string): boolean {
  const have = version.split(".").map(Number);
  for (const [index, wanted] of minimum.split(".").map(Number).entries()) {
    const part = have[index] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}
