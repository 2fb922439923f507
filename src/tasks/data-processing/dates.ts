// How dates and times are written. Two-digit years are not read: which part they are can't be known.

export interface DateStyle {
  readonly order: "ymd" | "dmy" | "mdy";
  readonly separator: "-" | "/" | ".";
  readonly time: "none" | "local" | "zone";
}

const TIME = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?";
const ZONE = " ?(Z|[+-][0-9]{2}(:?[0-9]{2})?)";

const ORDERS: readonly Pick<DateStyle, "order" | "separator">[] = [
  { order: "ymd", separator: "-" },
  { order: "ymd", separator: "/" },
  { order: "ymd", separator: "." },
  { order: "dmy", separator: "." },
  { order: "dmy", separator: "/" },
  { order: "mdy", separator: "/" },
  { order: "dmy", separator: "-" },
  { order: "mdy", separator: "-" },
];

export const DATE_STYLES: readonly DateStyle[] = ORDERS.flatMap((order) => [
  { ...order, time: "none" } as const,
  { ...order, time: "local" } as const,
  ...(order.order === "ymd" && order.separator === "-" ? [{ ...order, time: "zone" } as const] : []),
]);

/** A regular expression that JavaScript and RE2 read in the same way. */
export function datePattern({ order, separator, time }: DateStyle): string {
  const part = "[0-9]{1,2}";
  const year = "[0-9]{4}";
  const parts = order === "ymd" ? [year, "[0-9]{2}", "[0-9]{2}"] : [part, part, year];
  const date = parts.join(`[${separator}]`);
  if (time === "none") return date;
  return `${date}[ T]${TIME}${time === "zone" ? ZONE : ""}`;
}

/** Is it a day of the calendar? For texts that match the pattern. */
export function isDay(value: string, { order }: DateStyle): boolean {
  const parts = value.split(/[ T]/, 1)[0]?.split(/[-/.]/).map(Number) ?? [];
  const [a = 0, b = 0, c = 0] = parts;
  const [year, month, day] = order === "ymd" ? [a, b, c] : order === "dmy" ? [c, b, a] : [c, a, b];
  if (month < 1 || month > 12 || day < 1 || year < 1) return false;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return day <= (days[month - 1] ?? 0);
}

/** The SQL that reads it; NULL where that fails. */
export function dateSql(value: string, { order, separator, time }: DateStyle): string {
  if (time === "zone") return `TRY_CAST(${value} AS TIMESTAMPTZ)`;
  const parts = { ymd: "%Y %m %d", dmy: "%d %m %Y", mdy: "%m %d %Y" }[order];
  const date = parts.replaceAll(" ", separator);
  if (time === "none") return `try_strptime(${value}, '${date}')::DATE`;
  const times = ["%H:%M", "%H:%M:%S", "%H:%M:%S.%f"];
  const formats = times.flatMap((clock) => [`'${date} ${clock}'`, `'${date}T${clock}'`]);
  return `try_strptime(${value}, [${formats.join(", ")}])`;
}
