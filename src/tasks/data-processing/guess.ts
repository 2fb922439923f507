// Finds the type that fits every value of a text column, and the SQL that reads the values as that type.
import { DATE_STYLES, type DateStyle, datePattern, dateSql, isDay } from "./dates.js";
import {
  addNeeds,
  type NumberNeeds,
  type NumberStorage,
  type NumberStyle,
  noNeeds,
  numberPattern,
  numberStorage,
  STYLES,
  UNITS,
} from "./numbers.js";
import { text } from "./sql.js";

/** How the values of a column are read. */
export interface Reading {
  /** SQL of the value, and of whether a text is one that it reads. The argument is never NULL. */
  readonly cast: (value: string) => string;
  readonly matches: (value: string) => string;
  /** A cheaper way for values in their usual form, which most have: whether one is, and its value. */
  readonly quick?: { readonly holds: (value: string) => string; readonly cast: (value: string) => string };
  readonly kind: "text" | "boolean" | "number" | "date";
  readonly style?: NumberStyle;
  readonly unit?: string;
  /** Numbers have decimals. */
  readonly hasDecimals?: boolean;
  /** Why it is not read as what it looks like. */
  readonly note?: string;
}

export const AS_TEXT: Reading = { kind: "text", cast: (value) => value, matches: () => "true" };

const BLANKS = " \u00a0";
const BOOLEAN = "[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]";
const anchored = (pattern: string) => new RegExp(`^(?:${pattern})$`);
const PLAIN: NumberStyle = STYLES[0] ?? { decimal: ".", thousands: "" };
const IS_INTEGER = /^[+-]?(0|[1-9]\d*)$/;
const IS_BOOLEAN = anchored(BOOLEAN);
const NUMBERS = STYLES.map((style) => ({ style, expression: anchored(numberPattern(style)) }));
const DATES = DATE_STYLES.map((style) => ({ style, expression: anchored(datePattern(style)) }));
/** A comma or point that may separate thousands or decimals. */
const AMBIGUOUS = /^[+-]?[1-9]\d{0,2}[,.]\d{3}$/;
const SHORT_YEAR = /^\d{1,2}([./-])\d{1,2}\1\d{2}$/;

interface NumberCandidate {
  readonly style: NumberStyle;
  readonly expression: RegExp;
  readonly needs: NumberNeeds;
  /** A value shows this style: it fits no other. */
  isShown: boolean;
}

export interface NumberOptions {
  readonly decimal?: "." | "," | undefined;
  readonly thousands?: string | undefined;
}

/** Takes in the values of one column. */
export class Guess {
  #count = 0;
  #boolean = true;
  #shortYears = true;
  #unit: string | undefined;
  #numbers: NumberCandidate[];
  #dates = DATES;
  /** What plain integers need, which all styles share. */
  readonly #integers: NumberNeeds = noNeeds();
  readonly #options: NumberOptions;

  constructor(options: NumberOptions = {}) {
    this.#options = options;
    const { decimal, thousands } = options;
    this.#numbers = NUMBERS.filter(
      ({ style }) =>
        (decimal === undefined || style.decimal === decimal) &&
        (thousands === undefined || style.thousands === "" || style.thousands === thousands),
    ).map(({ style, expression }) => ({ style, expression, needs: noNeeds(), isShown: false }));
  }

  /** A value that is present. */
  add(value: string): void {
    if (this.#count++ === 0) this.#unit = UNITS.find((unit) => value.includes(unit));
    this.#boolean &&= IS_BOOLEAN.test(value);
    this.#shortYears &&= SHORT_YEAR.test(value);
    if (this.#numbers.length > 0) this.#addNumber(value);
    if (this.#dates.length > 0) {
      const trimmed = trim(value);
      this.#dates = this.#dates.filter(
        ({ style, expression }) => expression.test(trimmed) && isDay(trimmed, style),
      );
    }
  }

  #addNumber(value: string): void {
    const unit = this.#unit;
    if (unit !== undefined && !value.includes(unit)) {
      this.#numbers = [];
      return;
    }
    const plain = trim(unit === undefined ? value : value.replaceAll(unit, ""));
    if (IS_INTEGER.test(plain)) {
      addNeeds(this.#integers, plain, PLAIN);
      return;
    }
    this.#numbers = this.#numbers.filter(({ expression }) => expression.test(plain));
    const isAmbiguous = AMBIGUOUS.test(plain);
    for (const candidate of this.#numbers) {
      const { decimal, thousands } = candidate.style;
      const has = (sign: string) => sign !== "" && plain.includes(sign);
      candidate.isShown ||= !isAmbiguous && (has(decimal) || has(thousands));
      addNeeds(candidate.needs, plain, candidate.style);
    }
  }

  /** Is the decimal separator of the column beyond doubt? */
  get decimal(): "." | "," | undefined {
    const shown = this.#count === 0 ? [] : this.#numbers.filter(({ isShown }) => isShown);
    const marks = new Set(shown.map(({ style }) => style.decimal));
    return marks.size === 1 ? [...marks][0] : undefined;
  }

  /** `decimal`: that of the file, where its other columns leave no doubt. */
  decide(decimal?: "." | ","): Reading {
    if (this.#count === 0) return AS_TEXT;
    if (this.#boolean) {
      return {
        kind: "boolean",
        cast: (value) => `lower(${value}) = 'true'`,
        matches: (value) => `regexp_full_match(${value}, ${text(BOOLEAN)})`,
        quick: { holds: (value) => `${value} IN ('true', 'false')`, cast: (value) => `${value} = 'true'` },
      };
    }
    if (this.#numbers.length > 0) return this.#decideNumber(decimal ?? this.#options.decimal);
    if (this.#dates.length > 0) return this.#decideDate();
    if (!this.#shortYears) return AS_TEXT;
    return { ...AS_TEXT, note: "two-digit years can be read in several ways" };
  }

  #decideNumber(decimal: "." | "," | undefined): Reading {
    const [first] = this.#numbers;
    // All values fit the plain style, or the first style of the file's that one of them shows.
    const isPlain = first?.style === PLAIN && (first?.needs.isInteger || decimal !== ",");
    const chosen = isPlain
      ? first
      : (this.#numbers.find(
          ({ isShown, style }) => isShown && (decimal ?? style.decimal) === style.decimal,
        ) ??
        this.#numbers.find(({ isShown }) => isShown) ??
        this.#numbers.find(({ style }) => style.decimal === decimal));
    if (!chosen) {
      return { ...AS_TEXT, note: "a comma can separate decimals or thousands; set decimal" };
    }
    const { style } = chosen;
    const needs = together(chosen.needs, this.#integers);
    const storage = numberStorage(needs, style);
    if (!storage) return { ...AS_TEXT, note: "integers of more than 37 digits" };
    const unit = this.#unit;
    const trimmed = (value: string) =>
      `trim(${unit === undefined ? value : `replace(${value}, ${text(unit)}, '')`}, ${text(BLANKS)})`;
    const number = (value: string) => {
      const joined =
        style.thousands === "" ? trimmed(value) : `replace(${trimmed(value)}, ${text(style.thousands)}, '')`;
      return style.decimal === "." ? joined : `replace(${joined}, ',', '.')`;
    };
    return {
      kind: "number",
      style,
      hasDecimals: !needs.isInteger,
      ...(unit !== undefined && { unit }),
      ...(storage.isRounded && { note: "rounded to 17 digits" }),
      ...(unit === undefined && quickNumber(storage, style)),
      cast: (value) => `TRY_CAST(${number(value)} AS ${storage.type})`,
      matches: (value) =>
        [
          `regexp_full_match(${trimmed(value)}, ${text(storage.pattern)})`,
          ...(storage.check ? [storage.check(number(value))] : []),
          ...(unit === undefined ? [] : [`contains(${value}, ${text(unit)})`]),
        ].join(" AND "),
    };
  }

  #decideDate(): Reading {
    const [first, second] = this.#dates;
    if (!first || second) {
      return { ...AS_TEXT, note: "the day or the month can come first" };
    }
    return asDate(first.style);
  }
}

/** Integers are in their usual form if they are written in the same way; decimals if they are plain. */
function quickNumber({ type, pattern, check }: NumberStorage, style: NumberStyle): Pick<Reading, "quick"> {
  const cast = (value: string) => `TRY_CAST(${value} AS ${type})`;
  if (type === "BIGINT" || type === "HUGEINT") return { quick: { holds: isCanonical(cast), cast } };
  if (style !== PLAIN) return {};
  const matches = (value: string) => `regexp_full_match(${value}, ${text(pattern)})`;
  const holds = (value: string) => [matches(value), ...(check ? [check(value)] : [])].join(" AND ");
  return { quick: { holds, cast } };
}

function isCanonical(cast: (value: string) => string) {
  return (value: string) => `${cast(value)}::VARCHAR = ${value}`;
}

function quickDate({ order, separator, time }: DateStyle): Pick<Reading, "quick"> {
  if (order !== "ymd" || separator !== "-" || time === "zone") return {};
  const cast = (value: string) => `TRY_CAST(${value} AS ${time === "none" ? "DATE" : "TIMESTAMP"})`;
  // "infinity" is a date, too, to DuckDB.
  return { quick: { holds: (value) => `strlen(${value}) >= 10 AND ${isCanonical(cast)(value)}`, cast } };
}

function asDate(style: DateStyle): Reading {
  const trimmed = (value: string) => `trim(${value}, ${text(BLANKS)})`;
  return {
    kind: "date",
    ...quickDate(style),
    cast: (value) => dateSql(trimmed(value), style),
    matches: (value) => `regexp_full_match(${trimmed(value)}, ${text(datePattern(style))})`,
  };
}

function together(a: NumberNeeds, b: NumberNeeds): NumberNeeds {
  return {
    isInteger: a.isInteger && b.isInteger,
    hasExponent: a.hasExponent || b.hasExponent,
    whole: Math.max(a.whole, b.whole),
    fraction: Math.max(a.fraction, b.fraction),
    length: Math.max(a.length, b.length),
  };
}

function trim(value: string): string {
  return /^[ \u00a0]|[ \u00a0]$/.test(value) ? value.replace(/^[ \u00a0]+|[ \u00a0]+$/g, "") : value;
}
