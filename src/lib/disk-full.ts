// Recognizes a full disk in what Node throws.

/** No space is left, or none of this user's quota. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
}
