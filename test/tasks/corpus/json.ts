// Situations of JSON files with what has to come out, each written by hand. No tests here; see ../corpus.test.ts.
import type { Situation } from "./csv.js";

const lines = (...all: readonly object[]) => `${all.map((one) => JSON.stringify(one)).join("\n")}\n`;

/** 300 objects of 200 keys, each with one key that the object before does not have. */
const sparse = Array.from({ length: 300 }, (_, at) =>
  Object.fromEntries(Array.from({ length: 200 }, (_, key) => [`k${at + key}`, key])),
);

export const JSON_SITUATIONS: readonly Situation[] = [
  {
    what: "a decimal after 30,000 integers",
    name: "data.jsonl",
    file: `${'{"a":1}\n'.repeat(30_000)}{"a":1.25}\n`,
    rows: 30_001,
    columns: { a: { type: "decimal", max: 1.25 } },
  },
  {
    what: "lists of decimals and objects",
    name: "data.jsonl",
    file: lines({ a: 1, b: [0.1], c: { d: 1 } }, { a: 2, b: [], c: { e: 2 } }),
    rows: 2,
    columns: { a: { mean: 1.5 }, b: { type: "list", count: 2 }, c: { type: "other", count: 2 } },
  },
  {
    what: "codes, times and digits in texts",
    name: "data.jsonl",
    file: lines({ a: "0012", b: "12:30", c: "7" }, { a: "0345", b: "13:00", c: "8" }),
    rows: 2,
    columns: { a: { type: "text", min: "0012" }, b: { type: "text" }, c: { type: "text" } },
  },
  {
    what: "dates and points in time",
    name: "data.jsonl",
    file: lines(
      { a: "2024-02-29", b: "2024-01-01T10:00:00Z" },
      { a: "2024-03-01", b: "2024-01-01T10:00:00+02:00" },
    ),
    rows: 2,
    columns: {
      a: { type: "date", max: "2024-03-01" },
      b: { type: "timestamp", min: "2024-01-01 08:00:00+00" },
    },
  },
  {
    what: "integers beyond 2^53, and numbers beside texts",
    name: "data.jsonl",
    file: '{"a":9007199254740993,"b":1}\n{"a":123456789012345678901,"b":"x"}\n',
    rows: 2,
    columns: {
      a: { type: "integer", min: "9007199254740993", max: "123456789012345678901" },
      b: { type: "text" },
    },
  },
  {
    what: "missing keys and nulls",
    name: "data.jsonl",
    file: lines({ a: 1 }, { a: null, b: true }, { b: false }),
    rows: 3,
    columns: { a: { type: "integer", nulls: 2 }, b: { type: "boolean", count: 2 } },
  },
  {
    what: "a byte order mark",
    name: "data.jsonl",
    file: '\uFEFF{"a":1}\n{"a":2}\n',
    rows: 2,
    columns: { a: { mean: 1.5 } },
  },
  {
    what: "an array",
    name: "data.json",
    file: '[{"a":1},\n{"a":2}]',
    rows: 2,
    columns: { a: { mean: 1.5 } },
  },
  {
    what: "200 keys in each row, other ones each time",
    name: "data.jsonl",
    file: lines(...sparse),
    rows: 300,
    columns: Object.fromEntries(Array.from({ length: 499 }, (_, key) => [`k${key}`, { type: "integer" }])),
  },
  {
    // A floating-point number has 17 digits. The mean of the first column is 2.34567890123456789012 / 2 + 1/2.
    what: "decimals of more than 17 digits, also in lists and beside texts",
    name: "data.jsonl",
    file:
      '{"a":1.23456789012345678901,"b":[0.12345678901234567890],"c":"say 1.23456789012345678901"}\n' +
      '{"a":-12345678901234567890.5,"b":[],"c":1.23456789012345678901}\n' +
      '{"a":1.23456789012345678902,"b":[],"c":"\\"1.23456789012345678901"}\n',
    rows: 3,
    columns: {
      a: { type: "text", note: "numbers of more than 15 digits before the decimal point", distinct: 3 },
      b: { type: "list", count: 3 },
      c: {
        type: "text",
        values: [
          { value: '"1.23456789012345678901', count: 1 },
          { value: "1.23456789012345678901", count: 1 },
          { value: "say 1.23456789012345678901", count: 1 },
        ],
      },
    },
  },
  {
    what: "decimals of 19 and 20 digits in an array",
    name: "data.json",
    file: '[{"a":1.234567890123456781},{"a":12.345678901234567893}, {"a":3}]',
    rows: 3,
    columns: {
      a: {
        type: "decimal",
        distinct: 3,
        min: "1.234567890123456781",
        median: 3,
        max: "12.345678901234567893",
      },
    },
  },
];
