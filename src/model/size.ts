// Sizes in bytes: how people write them, how they are printed.

/** A size as people write it: bytes, or "500KB", "20 MB", "1GB" in units of 1,024. */
export type Size = number | string;

export const SIZE_UNITS = [
  ["GB", 1024 ** 3],
  ["MB", 1024 ** 2],
  ["KB", 1024],
] as const;

const PATTERN = /^(\d+(?:\.\d+)?)\s*(KB|MB|GB)$/i;

/** Bytes of a size, or undefined where it is none (negative, not whole, no known unit). */
export function parseSize(size: Size): number | undefined {
  if (typeof size === "number") return Number.isInteger(size) && size >= 0 ? size : undefined;
  if (/^\d+$/.test(size)) return Number(size);
  const match = PATTERN.exec(size.trim());
  const bytes = SIZE_UNITS.find(([unit]) => unit === match?.[2]?.toUpperCase())?.[1];
  return match && bytes ? Math.round(Number(match[1]) * bytes) : undefined;
}

/** For people, rounded up: 900 KB, 1,120 MB, 2.1 GB. Memory is usually given in MB up to 10 GB. */
export function formatSize(bytes: number, largest: "MB" | "GB" = "GB"): string {
  if (largest === "GB" && bytes >= 1024 ** 3) return `${Math.ceil((bytes / 1024 ** 3) * 10) / 10} GB`;
  if (bytes >= 1024 ** 2) return `${Math.ceil(bytes / 1024 ** 2).toLocaleString("en-US")} MB`;
  return `${Math.ceil(bytes / 1024).toLocaleString("en-US")} KB`;
}
