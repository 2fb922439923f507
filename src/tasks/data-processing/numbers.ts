// How numbers are written: decimal and thousands separators, units, and which type holds them exactly.

/** "": no thousands separator. */
export interface NumberStyle {
  readonly decimal: "." | ",";
  readonly thousands: "" | "," | "." | " " | "\u00a0" | "\u202f" | "'";
}

/** In order of preference. */
export const STYLES: readonly NumberStyle[] = [
  { decimal: ".", thousands: "" },
  { decimal: ",", thousands: "" },
  { decimal: ".", thousands: "," },
  { decimal: ",", thousands: "." },
  ...([" ", "\u00a0", "\u202f", "'"] as const).flatMap((thousands) => [
    { decimal: ".", thousands } as const,
    { decimal: ",", thousands } as const,
  ]),
];

/** Signs that a whole column may have before or after its numbers. */
export const UNITS = ["%", "€", "$", "£", "¥"] as const;

/** Digits that every 64-bit and every 128-bit integer may have. */
const BIGINT_DIGITS = 18;
const HUGEINT_DIGITS = 37;
/** Longer ones may have more digits than a floating-point number keeps. */
const DOUBLE_LENGTH = 19;

const FINITE = "[+-]?(inf|Inf|INF|infinity|Infinity|INFINITY)";

/** The values of a style as a regular expression that JavaScript and RE2 read in the same way. No leading zeros. */
export function numberPattern({ decimal, thousands }: NumberStyle, fraction = "*"): string {
  const group = thousands === "" ? "" : `|[1-9][0-9]{0,2}([${thousands}][0-9]{3})+`;
  const whole = `(0|[1-9][0-9]*${group})`;
  return `[+-]?(${whole}([${decimal}][0-9]${fraction})?|[${decimal}][0-9]+)([eE][+-]?[0-9]+)?|${FINITE}`;
}

function integerPattern({ thousands }: NumberStyle): string {
  const group = thousands === "" ? "" : `|[1-9][0-9]{0,2}([${thousands}][0-9]{3})+`;
  return `[+-]?(0|[1-9][0-9]*${group})`;
}

/** What the numbers of a column need. */
export interface NumberNeeds {
  isInteger: boolean;
  hasExponent: boolean;
  whole: number;
  fraction: number;
  length: number;
}

export function noNeeds(): NumberNeeds {
  return { isInteger: true, hasExponent: false, whole: 0, fraction: 0, length: 0 };
}

/** Adds what a number of this style needs. */
export function addNeeds(needs: NumberNeeds, value: string, style: NumberStyle): void {
  const plain = style.thousands === "" ? value : value.replaceAll(style.thousands, "");
  const [whole = "", fraction] = plain.split(style.decimal);
  needs.length = Math.max(needs.length, plain.length);
  if (/[einEIN]/.test(plain)) {
    needs.hasExponent = true;
    needs.isInteger = false;
  } else {
    needs.whole = Math.max(needs.whole, whole.replace(/^[+-]/, "").length);
    needs.fraction = Math.max(needs.fraction, fraction?.length ?? 0);
    if (fraction !== undefined) needs.isInteger = false;
  }
}

export interface NumberStorage {
  readonly type: string;
  readonly pattern: string;
  /** A further condition on the plain number, as SQL. */
  readonly check?: (plain: string) => string;
  readonly isRounded?: boolean;
}

/** The type that holds all of them, or undefined where none does. */
export function numberStorage(needs: NumberNeeds, style: NumberStyle): NumberStorage | undefined {
  if (needs.isInteger) {
    if (needs.whole > HUGEINT_DIGITS) return undefined;
    const type = needs.whole <= BIGINT_DIGITS ? "BIGINT" : "HUGEINT";
    return { type, pattern: integerPattern(style) };
  }
  if (!needs.hasExponent && needs.length > DOUBLE_LENGTH && needs.whole + needs.fraction <= HUGEINT_DIGITS) {
    return { type: `DECIMAL(38, ${needs.fraction})`, pattern: numberPattern(style, `{0,${needs.fraction}}`) };
  }
  const isRounded = !needs.hasExponent && needs.length > DOUBLE_LENGTH;
  const check = (plain: string) =>
    `(strlen(${plain}) <= ${DOUBLE_LENGTH} OR regexp_matches(${plain}, '[einEIN]'))`;
  return { type: "DOUBLE", pattern: numberPattern(style), isRounded, ...(!isRounded && { check }) };
}
