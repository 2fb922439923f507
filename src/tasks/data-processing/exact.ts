// Arithmetic on decimal numbers as texts, for values that a JavaScript number can't hold exactly.

/** A decimal number: `units` × 10^-`scale`. */
export interface Exact {
  readonly units: bigint;
  readonly scale: number;
}

/** Reads "-12.50" as units of 10^-scale. Throws where it is no decimal number of at most `scale` decimals. */
export function parseExact(written: string, scale: number): Exact {
  const [whole = "", fraction = ""] = written.split(".");
  return { units: BigInt(whole + fraction.padEnd(scale, "0")), scale };
}

/** The number as a decimal text, without superfluous zeros. */
export function formatExact({ units, scale }: Exact): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, "");
  return `${units < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/** The number where a JavaScript number has the very same value, otherwise the text. */
export function numberOrText(written: string): number | string {
  const value = Number(written);
  if (Number.isSafeInteger(value) || !/^-?\d+(\.\d+)?$/.test(written)) return value;
  // Up to 15 digits survive the way into binary and back.
  if (written.replace(/\D/g, "").replace(/^0+|0+$/g, "").length <= 15) return value;
  const scale = (written.split(".")[1] ?? "").length;
  return formatExact(parseExact(written, scale)) === String(value) ? value : written;
}
