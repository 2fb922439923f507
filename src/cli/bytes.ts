// Human-readable byte counts. Pure.

const UNITS = ["bytes", "KB", "MB", "GB", "TB"];

/** In the largest fitting unit, with 1,024 bytes per KB: 512 bytes, 1.5 MB, 20 GB. */
export function formatBytes(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / 1024 ** power;
  return `${power > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${UNITS[power]}`;
}
