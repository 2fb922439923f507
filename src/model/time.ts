// Lengths of time and points in time: their types, how people write them, how they are printed. Reads no clock.

/** Milliseconds since the epoch on the store's clock. */
export type Instant = number;
/** A length of time in milliseconds. */
export type Millis = number;
/** A length of time as people write it: milliseconds, or "250ms", "30s", "5m", "2h", "7d". */
export type Duration = Millis | string;

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const PATTERN = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/;

/**
 * Milliseconds of a duration, or undefined where it is none (negative, not finite, no unit).
 * A bare number counts milliseconds; fractions of one are rounded.
 */
export function parseDuration(duration: Duration): Millis | undefined {
  if (typeof duration === "number") {
    return Number.isFinite(duration) && duration >= 0 ? Math.round(duration) : undefined;
  }
  // A program without types may hand over anything.
  if (typeof duration !== "string") return undefined;
  const match = PATTERN.exec(duration.trim());
  if (!match) return undefined;
  const unit = match[2];
  if (unit !== "ms" && unit !== "s" && unit !== "m" && unit !== "h" && unit !== "d") return undefined;
  return Math.round(Number(match[1]) * UNITS[unit]);
}

/** A duration in the largest unit that reads well: 850 ms, 12.4 s, 3 m 10 s, 2 h 5 m, 3 d 4 h. */
export function formatDuration(millis: Millis): string {
  // Compared as rounded, so that 59.96 s is not 60.0 s.
  if (Math.round(millis) < 1000) return `${Math.round(millis)} ms`;
  if (Math.round(millis / 100) < 600) return `${(millis / 1000).toFixed(1)} s`;
  if (Math.round(millis / UNITS.s) * UNITS.s < UNITS.h) return twoUnits(millis, UNITS.m, "m", UNITS.s, "s");
  if (Math.round(millis / UNITS.m) * UNITS.m < UNITS.d) return twoUnits(millis, UNITS.h, "h", UNITS.m, "m");
  return twoUnits(millis, UNITS.d, "d", UNITS.h, "h");
}

function twoUnits(
  millis: Millis,
  large: Millis,
  largeName: string,
  small: Millis,
  smallName: string,
): string {
  const inSmall = Math.round(millis / small);
  const perLarge = large / small;
  const rest = inSmall % perLarge;
  const head = `${Math.floor(inSmall / perLarge)} ${largeName}`;
  return rest === 0 ? head : `${head} ${rest} ${smallName}`;
}
