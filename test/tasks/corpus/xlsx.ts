// Situations of Excel workbooks with what has to come out, and what is refused with which words. No tests here; see ../corpus.test.ts.
import { gzipSync } from "node:zlib";
import { row, workbook } from "../../support/workbook.js";
import { zip } from "../../support/zip.js";
import type { Situation } from "./csv.js";

const name = "book.xlsx";
const TABLE = row(1, "a", "b") + row(2, 1, "x") + row(3, 3, "y");
const AB = { a: { type: "integer", mean: 2 }, b: { type: "text", count: 2 } };

export const XLSX_SITUATIONS: readonly Situation[] = [
  {
    what: "numbers and texts, in the second sheet",
    name,
    file: workbook({ sheets: { Cover: "", Orders: TABLE, Old: TABLE } }),
    rows: 2,
    columns: AB,
    source: { format: "xlsx", header: true, sheet: "Orders", other_sheets: ["Cover", "Old"] },
    log: "Read as a sheet, with a header",
  },
  {
    what: "another name, and no .xlsx in it",
    name: "upload",
    file: workbook({ sheets: { "Übersicht &amp; mehr": TABLE } }),
    options: { sheet: "übersicht & mehr" },
    rows: 2,
    columns: AB,
    source: { sheet: "Übersicht & mehr" },
  },
  {
    what: "a ZIP file around it",
    name: "book.zip",
    file: zip([{ name: "in/book.xlsx", data: workbook({ sheets: { S: TABLE } }) }]),
    rows: 2,
    columns: AB,
    source: { format: "xlsx", sheet: "S", unpacked: { format: "zip", name: "book.xlsx" } },
  },
  {
    what: "gzip around it",
    name: "book.xlsx.gz",
    file: gzipSync(workbook({ sheets: { S: TABLE } })),
    rows: 2,
    columns: AB,
    source: { format: "xlsx", unpacked: { format: "gzip", name: "book.xlsx" } },
  },
  {
    what: "shared texts: with fonts, with readings, with line ends, and codes with leading zeros",
    name,
    file: workbook({
      texts: [
        "<t>t</t>",
        "<r><t>bold</t></r><r><rPr><b/></rPr><t xml:space='preserve'> not</t></r>",
        "<t>東京</t><rPh sb='0' eb='2'><t>トウキョウ</t></rPh>",
        "<t>two&#10;lines, &quot;quoted&quot;_x0041_</t>",
        "<t>0012</t>",
      ],
      sheets: {
        S: [0, 1, 2, 3, 4].map((at) => `<row><c t="s"><v>${at}</v></c></row>`).join(""),
      },
    }),
    rows: 4,
    columns: {
      t: {
        type: "text",
        values: [
          { value: "0012", count: 1 },
          { value: "bold not", count: 1 },
          { value: 'two\nlines, "quoted"A', count: 1 },
          { value: "東京", count: 1 },
        ],
      },
    },
  },
  {
    // Day 1 is 1900-01-01, day 60 the 29 February that Excel invented, day 61 1 March; 45292 is 2024-01-01.
    what: "dates of Excel's own formats and of the workbook's",
    name,
    file: workbook({
      formats: [
        0,
        14,
        "yyyy\\-mm\\-dd hh:mm",
        "[$-407]d. mmmm yyyy;@",
        "mmm yy",
        "[Red]0.00",
        "h:mm",
        "[h]:mm",
      ],
      sheets: {
        S:
          row(1, "d", "t", "long", "month", "red", "clock", "elapsed") +
          [
            [45292, 45292.5],
            [59, 45292.25],
            [61, 45292.75],
          ]
            .map(
              ([day, time], at) =>
                `<row r="${at + 2}"><c s="1"><v>${day}</v></c><c s="2"><v>${time}</v></c><c s="3"><v>45351</v></c>` +
                `<c s="4"><v>45292</v></c><c s="5"><v>1.5</v></c><c s="6"><v>0.5</v></c><c s="7"><v>1.5</v></c></row>`,
            )
            .join(""),
      },
    }),
    rows: 3,
    columns: {
      d: { type: "date", min: "1900-02-28", max: "2024-01-01", distinct: 3 },
      t: { type: "timestamp", min: "2024-01-01 06:00:00", max: "2024-01-01 18:00:00" },
      long: { type: "date", min: "2024-02-29" },
      month: { type: "date", min: "2024-01-01" },
      red: { type: "decimal", mean: 1.5 },
      clock: { type: "text", values: [{ value: "12:00:00", count: 3 }] },
      elapsed: { type: "text", values: [{ value: "36:00:00", count: 3 }] },
    },
  },
  {
    // 43830 days after 1904-01-01.
    what: "dates from 1904",
    name,
    file: workbook({
      from1904: true,
      formats: [0, 14],
      sheets: { S: `${row(1, "d")}<row r="2"><c r="A2" s="1"><v>43830</v></c></row>` },
    }),
    rows: 1,
    columns: { d: { type: "date", min: "2024-01-01" } },
  },
  {
    what: "numbers with all the digits of their binary form, truth values, dates as texts",
    name,
    file: workbook({
      sheets: {
        S:
          row(1, "n", "b", "d") +
          '<row r="2"><c><v>0.10000000000000001</v></c><c t="b"><v>1</v></c><c t="d"><v>2024-02-29</v></c></row>' +
          '<row r="3"><c><v>1.1000000000000001</v></c><c t="b"><v>0</v></c><c t="d"><v>2024-03-01</v></c></row>',
      },
    }),
    rows: 2,
    columns: {
      n: { type: "decimal", min: 0.1, max: 1.1 },
      b: { type: "boolean", distinct: 2 },
      d: { type: "date", min: "2024-02-29", max: "2024-03-01" },
    },
  },
  {
    what: "decimals of three digits, which are no thousands, beside decimal commas in texts",
    name,
    file: workbook({ sheets: { S: row(1, "n", "t") + row(2, 1.234, "12,5") + row(3, 2.345, "7,25") } }),
    rows: 2,
    columns: { n: { type: "decimal", max: 2.345 }, t: { type: "text", distinct: 2 } },
  },
  {
    what: "errors and formulas, with and without values",
    name,
    file: workbook({
      sheets: {
        S:
          row(1, "e", "f") +
          '<row r="2"><c t="e"><f>1/0</f><v>#DIV/0!</v></c><c><f>1+1</f><v>2</v></c></row>' +
          '<row r="3"><c><v>7</v></c><c><f>B2+1</f></c></row>',
      },
    }),
    rows: 2,
    columns: { e: { type: "integer", count: 1, nulls: 1 }, f: { type: "integer", count: 1, nulls: 1 } },
    log: "1 cell with an error such as #DIV/0! counted as missing\n1 formula without a stored value",
  },
  {
    what: "empty rows, a title, columns that start at C, and a dimension that is wrong",
    name,
    file: workbook({
      dimension: "A1:B2",
      sheets: {
        S:
          row(2, null, null, "Sales 2023") +
          '<row r="3"/>' +
          row(4, null, null, "day", "amount", "note") +
          row(6, null, null, 1, 12.5, "x") +
          row(7, null, null, 2, 7, "  ") +
          row(9, null, null, null, null, null, "  "),
      },
    }),
    rows: 2,
    columns: {
      day: { type: "integer", mean: 1.5 },
      amount: { type: "decimal", mean: 9.75 },
      note: { type: "text" },
    },
    source: { skipped_lines: 1, header: true },
  },
  {
    what: "rows to skip and missing values, by option",
    name,
    file: workbook({ sheets: { S: row(1, "x", "y") + row(3, "a", "b") + row(4, 1, "-") + row(5, 3, 4) } }),
    options: { skip_lines: 2, null_values: ["-"], delimiter: ";" },
    rows: 2,
    columns: { a: { mean: 2 }, b: { type: "integer", nulls: 1 } },
    source: { skipped_lines: 2 },
    log: "delimiter: for CSV files only; ignored",
  },
  {
    what: "numbers without headings",
    name,
    file: workbook({ sheets: { S: row(1, 5.1, 3.5) + row(2, 4.9, 3) } }),
    rows: 2,
    columns: { column_1: { mean: 5 }, column_2: { mean: 3.25 } },
    source: { header: false },
  },
];

/** Name, bytes, options and the error. */
export const XLSX_REFUSALS: readonly (readonly [string, Uint8Array, object, string])[] = [
  [
    "book.xlsx",
    workbook({ sheets: { Orders: TABLE, Old: TABLE } }),
    { sheet: "New" },
    'book.xlsx: sheet "New" does not exist; the file has: Orders, Old',
  ],
  ["none.xlsx", workbook({ sheets: { S: '<row r="1"/>' } }), {}, "none.xlsx: no sheet has data"],
  [
    "none.xlsx",
    workbook({ sheets: { S: "", T: TABLE } }),
    { sheet: "S" },
    'none.xlsx: sheet "S" has no data',
  ],
  ["cut.xlsx", workbook({ sheets: { S: "<row><c><v>1" } }), {}, "cut.xlsx: the workbook is damaged ("],
  [
    "wide.xlsx",
    workbook({ sheets: { S: '<row><c r="XFD1"><v>1</v></c></row>' } }),
    {},
    "wide.xlsx: the sheet has more than 4096 columns",
  ],
  [
    "laughs.xlsx",
    workbook({ sheets: { S: "<row><c><v>&lol;</v></c></row>" } }),
    {},
    "laughs.xlsx: the workbook is damaged (",
  ],
  [
    "bomb.xlsx",
    workbook({ sheets: { S: " ".repeat(66 * 1024 ** 2) } }),
    {},
    "bomb.xlsx is more than 250 times its size when unpacked; the limit is 250 times",
  ],
  [
    "old.xls",
    Buffer.from("d0cf11e0a1b11ae1", "hex"),
    {},
    "old.xls is an Excel file in the format before 2007, or has a password; save it as .xlsx without a password",
  ],
  [
    "book.xlsb",
    zip([{ name: "xl/workbook.bin", data: "" }]),
    {},
    "book.xlsb is a binary Excel workbook; save it as .xlsx and upload that",
  ],
  [
    "book.ods",
    zip([
      { name: "mimetype", data: "" },
      { name: "content.xml", data: "" },
    ]),
    {},
    "book.ods is an OpenDocument file; save it as .xlsx or .csv and upload that",
  ],
];
