// Value types of options: how a value is parsed from text (flag, environment) or a config file, and printed.
import { parseSize, SIZE_UNITS } from "../model/size.js";
import { type Millis, parseDuration } from "../model/time.js";

export interface Kind<T> {
  /** Placeholder in help texts: `<number>`. Empty for switches, which have no value. */
  readonly placeholder: string;
  /** What is allowed, to complete "must be …". */
  readonly allowed: string;
  /** The parsed value, or undefined if `raw` is invalid. */
  read(raw: unknown): T | undefined;
  /** The value as a user would write it. */
  print(value: T): string;
}

const TRUE = new Set<unknown>([true, "true", "1", "yes", "on"]);
const FALSE = new Set<unknown>([false, "false", "0", "no", "off"]);

/** On or off. */
export const toggle: Kind<boolean> = {
  placeholder: "",
  allowed: "true or false",
  read: (raw) => (TRUE.has(raw) ? true : FALSE.has(raw) ? false : undefined),
  print: String,
};

/** A number from `min` to `max`, inclusive. */
export function number(min: number, max: number, options: { readonly whole: boolean }): Kind<number> {
  return {
    placeholder: "number",
    allowed: `a ${options.whole ? "whole " : ""}number from ${min} to ${max}`,
    read(raw) {
      const value = typeof raw === "string" && raw.trim() !== "" ? Number(raw) : raw;
      if (typeof value !== "number" || !(value >= min && value <= max)) return undefined;
      return options.whole && !Number.isInteger(value) ? undefined : value;
    },
    print: String,
  };
}

/** Any non-empty text. `accepts` restricts it, and `allowed` describes the restriction. */
export function text(
  placeholder: string,
  allowed = "any text",
  accepts: (value: string) => boolean = () => true,
): Kind<string> {
  return {
    placeholder,
    allowed,
    read: (raw) => (typeof raw === "string" && raw.trim() !== "" && accepts(raw) ? raw : undefined),
    print: (value) => value,
  };
}

/** A URL with one of these schemes (for example "http"). */
export function url(...schemes: readonly string[]): Kind<string> {
  const allowed = `a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(" or ")}`;
  return text(
    "url",
    allowed,
    (value) => URL.canParse(value) && schemes.includes(new URL(value).protocol.slice(0, -1)),
  );
}

/** One of these words. */
export function choice<const T extends string>(placeholder: string, words: readonly T[]): Kind<T> {
  return {
    placeholder,
    allowed: `one of ${words.join(", ")}`,
    read: (raw) => words.find((word) => word === raw),
    print: (value) => value,
  };
}

/** Comma-separated words; in a config file also an array. */
export const list: Kind<readonly string[]> = {
  placeholder: "a,b",
  allowed: "a comma-separated list",
  read(raw) {
    const parts: readonly unknown[] | undefined = typeof raw === "string" ? raw.split(",") : arrayOf(raw);
    const words = parts?.map((part) => (typeof part === "string" ? part.trim() : ""));
    return words?.every((word) => word !== "") ? words : undefined;
  },
  print: (value) => value.join(","),
};

/** Mail addresses, and `@example.org` or `*@example.org` for all addresses of a domain. */
export const senders: Kind<readonly string[]> = {
  placeholder: "a@b,@c",
  allowed: "a comma-separated list of addresses, or of domains such as @example.org",
  read(raw) {
    const entries = list.read(raw);
    return entries?.every((entry) => /^(?:\*?|[^\s@<>]+)@[^\s@<>]+$/.test(entry)) ? entries : undefined;
  },
  print: list.print,
};

function arrayOf(raw: unknown): readonly unknown[] | undefined {
  return Array.isArray(raw) ? raw : undefined;
}

const TIME_UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
] as const;

/** A duration in milliseconds, written with a unit. */
export const duration: Kind<Millis> = {
  placeholder: "duration",
  allowed: 'a number with a unit, such as "250ms", "30s", "5m", "2h" or "7d"',
  read: (raw) => (typeof raw === "string" || typeof raw === "number" ? parseDuration(raw) : undefined),
  print(value) {
    const [unit, size] = TIME_UNITS.find(([, size]) => value > 0 && value % size === 0) ?? ["ms", 1];
    return `${value / size}${unit}`;
  },
};

/** A number of bytes, written with or without a unit; 1 KB is 1,024 bytes. */
export const size: Kind<number> = {
  placeholder: "size",
  allowed: 'a number of bytes, or a number with a unit, such as "500KB", "20MB" or "1GB"',
  read: (raw) => (typeof raw === "number" || typeof raw === "string" ? parseSize(raw) : undefined),
  print(value) {
    const [unit, bytes] = SIZE_UNITS.find(([, bytes]) => value > 0 && value % bytes === 0) ?? ["", 1];
    return `${value / bytes}${unit}`;
  },
};
