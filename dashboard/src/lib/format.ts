// Formats numbers, sizes and times. Reads no clock.
import { formatDuration } from "../../../src/model/time.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const ZONE = "taskwright.zone";

/** "UTC" where that was chosen; otherwise the browser's zone applies. */
function chosenZone(): "UTC" | undefined {
  try {
    return globalThis.localStorage?.getItem(ZONE) === "utc" ? "UTC" : undefined;
  } catch (error) {
    console.info("Could not read the time zone:", error);
    return undefined;
  }
}

/** Switches between UTC and the browser's time zone, and draws the page again. */
export function switchZone(): void {
  localStorage.setItem(ZONE, chosenZone() ? "local" : "utc");
  location.reload();
}

const timeZone = chosenZone();

const numbers = new Intl.NumberFormat("en", { maximumFractionDigits: 6 });
const shortNumbers = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
const clockTime = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" });
const clockSeconds = new Intl.DateTimeFormat("en-GB", {
  timeZone,
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const clockMillis = new Intl.DateTimeFormat("en-GB", {
  timeZone,
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});
const date = new Intl.DateTimeFormat("en-GB", { timeZone, day: "numeric", month: "short", year: "numeric" });
const absolute = new Intl.DateTimeFormat("en-GB", {
  timeZone,
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZoneName: "short",
});

/** The time zone of all displayed times. */
export const TIME_ZONE = absolute.resolvedOptions().timeZone;

export const formatNumber = (value: number) => numbers.format(value);
const compactNumbers = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
const LONGEST_COUNT = 99_999;
/** At most six characters, for narrow places: 48,213, then 482K, 10.1M. */
export const formatCount = (value: number) =>
  value > LONGEST_COUNT ? compactNumbers.format(value) : numbers.format(value);
/** At most four significant digits: for averages and rates. */
export const formatShort = (value: number) => shortNumbers.format(value);
/** 14:02. */
export const formatMinute = (at: string | number) => clockTime.format(new Date(at));
/** 14:02:31. */
export const formatSecond = (at: string | number) => clockSeconds.format(new Date(at));
/** With date and time zone, for tooltips. */
export const formatAbsolute = (at: string | number) => absolute.format(new Date(at));

/** To the millisecond; includes the date unless it is today. */
export function formatInstant(at: string, now: number): string {
  const time = clockMillis.format(new Date(at));
  const day = date.format(new Date(at));
  return day === date.format(now) ? time : `${day}, ${time}`;
}

/** An age in its largest unit: 12 s, 4 min, 3 h, 2 d. */
export function formatAge(millis: number): string {
  if (millis < MINUTE) return `${Math.max(0, Math.floor(millis / SECOND))} s`;
  if (millis < HOUR) return `${Math.floor(millis / MINUTE)} min`;
  if (millis < DAY) return `${Math.floor(millis / HOUR)} h`;
  return `${Math.floor(millis / DAY)} d`;
}

/** A duration: 12 ms, 0.8 s, 3 m 10 s. */
export function formatTook(millis: number): string {
  return millis >= 100 && millis < SECOND ? `${(millis / SECOND).toFixed(1)} s` : formatDuration(millis);
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["KB", "MB", "GB", "TB"];
  let size = bytes;
  let unit = "B";
  for (const next of units) {
    if (Math.round(size) < 1000) break;
    size /= 1000;
    unit = next;
  }
  return `${size >= 100 ? Math.round(size) : size.toFixed(1)} ${unit}`;
}

const STORES: Readonly<Record<string, string>> = { sqlite: "SQLite", postgres: "PostgreSQL" };
/** The product name of a kind of store. */
export const formatStore = (kind: string) => STORES[kind] ?? kind;

const ordinalRules = new Intl.PluralRules("en", { type: "ordinal" });
const ORDINAL_SUFFIXES: Readonly<Record<string, string>> = { one: "st", two: "nd", few: "rd" };
/** 1st, 2nd, 11th, 51st. */
export const formatOrdinal = (value: number) =>
  `${formatNumber(value)}${ORDINAL_SUFFIXES[ordinalRules.select(value)] ?? "th"}`;

/** "1 worker", "3 workers". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

/** snake_case and camelCase as a label: "std_dev" → "Std dev". */
export function formatLabel(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/[_-]+/g, " ")
    .trim()
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
