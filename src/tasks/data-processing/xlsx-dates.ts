// Dates and times of Excel: numbers of days, which the format of their cell makes dates.

/** What the number of a cell stands for. "elapsed" may exceed 24 hours. */
export type CellFormat = "number" | "date" | "timestamp" | "time" | "elapsed";

const DAY = 86_400_000;
/** The day before day 1, where days are counted from 1900 or 1904. */
const EPOCH_1900 = Date.UTC(1899, 11, 31);
const EPOCH_1904 = Date.UTC(1904, 0, 1);
/** Excel counts a 29 February 1900, which never was. */
const MISSING_DAY = 60;

/** By the number of a format, and its code where the workbook defines it (ECMA-376, 18.8.30). */
export function formatOf(id: number, code: string | undefined): CellFormat {
  if (code !== undefined) return formatOfCode(code);
  if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id === 36 || (id >= 50 && id <= 58)) return "date";
  if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35)) return "time";
  if (id === 22) return "timestamp";
  return id >= 45 && id <= 47 ? "elapsed" : "number";
}

function formatOfCode(code: string): CellFormat {
  const [first = ""] = code.split(";");
  const isElapsed = /\[(h+|m+|s+)\]/i.test(first);
  // Without quoted texts, escaped characters, colors and AM/PM.
  const plain = first.replace(/"[^"]*"|[\\_*].|\[[^\]]*\]/g, "").replace(/AM\/PM|A\/P/gi, "");
  if (isElapsed) return "elapsed";
  if (/^\s*general\s*$/i.test(plain)) return "number";
  const hasTime = /[hs]/i.test(plain);
  const hasDay = /[yd]/i.test(plain) || (/m/i.test(plain) && !hasTime);
  if (hasDay) return hasTime ? "timestamp" : "date";
  return hasTime ? "time" : "number";
}

/** The number as a date or time in ISO 8601; as it is where it can't be one. */
export function dateText(days: number, format: CellFormat, from1904: boolean): string {
  if (!Number.isFinite(days) || days < 0 || days > 2_958_466) return String(days);
  const milliseconds = Math.round((days - Math.floor(days)) * DAY);
  if (format === "elapsed") return clock(Math.round(days * DAY));
  if (format === "time" && days < 1) return clock(milliseconds);
  const whole = Math.floor(days);
  const epoch = from1904 ? EPOCH_1904 : EPOCH_1900;
  const shift = !from1904 && whole > MISSING_DAY ? 1 : 0;
  const date = new Date(epoch + (whole - shift) * DAY + milliseconds).toISOString();
  // A time of day that the format hides is kept.
  const isDay = format === "date" && milliseconds === 0;
  return isDay ? date.slice(0, 10) : `${date.slice(0, 10)} ${date.slice(11, -1).replace(/\.000$/, "")}`;
}

function clock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const fraction = milliseconds % 1000;
  const text = parts.map((part) => String(part).padStart(2, "0")).join(":");
  return fraction === 0 ? text : `${text}.${String(fraction).padStart(3, "0")}`;
}
