// Situations of CSV files with what has to come out, each written by hand. No tests here; see ../corpus.test.ts.

export interface Situation {
  readonly what: string;
  readonly file: string | Uint8Array;
  /** Default: data.csv. */
  readonly name?: string;
  readonly options?: object;
  readonly rows: number;
  /** Parts of the result by the name of the column, in order. */
  readonly columns: Readonly<Record<string, object>>;
  readonly source?: object;
  /** Part of a log line. */
  readonly log?: string;
}

const lines = (...all: readonly string[]) => `${all.join("\n")}\n`;
/** Many equal lines as one. */
const repeat = (count: number, line: string) => Array.from({ length: count }, () => line).join("\n");
const integer = { type: "integer" };
const decimal = { type: "decimal" };
const asText = { type: "text" };
const values = (...all: readonly string[]) => ({
  type: "text",
  values: all.map((value) => ({ value, count: 1 })),
});

/** Types that fit every value. */
const types: readonly Situation[] = [
  {
    what: "a decimal after 30,000 integers",
    file: lines("a", repeat(30_000, "1"), "1.25"),
    rows: 30_001,
    columns: { a: { ...decimal, max: 1.25, distinct: 2 } },
  },
  {
    what: "a decimal after 300,000 integers, beyond the first megabyte",
    file: lines("a,b", repeat(300_000, "1234,x"), "1.25,y"),
    rows: 300_001,
    columns: { a: { ...decimal, min: 1.25, max: 1234 }, b: { ...asText, distinct: 2 } },
  },
  {
    what: "a text after 300,000 integers",
    file: lines("a,b", repeat(300_000, "1234,7"), "none,8"),
    rows: 300_001,
    columns: { a: { ...asText, distinct: 2 }, b: { ...integer, max: 8 } },
  },
  {
    what: "an integer beyond 64 bits after 300,000 small ones",
    file: lines("a,b", repeat(300_000, "1234,7"), "123456789012345678901,8"),
    rows: 300_001,
    columns: { a: { ...integer, max: "123456789012345678901" }, b: { ...integer, max: 8 } },
  },
  {
    what: "beyond the first megabyte, what DuckDB reads as dates and numbers but we do not",
    file: lines("d,n,i,b", repeat(70_000, "2024-01-01,1.5,7,true"), "infinity,1_0, 8 ,TRUE"),
    rows: 70_001,
    columns: {
      d: { ...asText, distinct: 2 },
      n: { ...asText, distinct: 2 },
      i: { ...integer, max: 8 },
      b: { type: "boolean", distinct: 1 },
    },
  },
  {
    what: "codes with leading zeros",
    file: lines("code", "0012", "0345", "1234"),
    rows: 3,
    columns: { code: values("0012", "0345", "1234") },
  },
  {
    what: "digits with underscores",
    file: lines("a", "1_000", "2_000"),
    rows: 2,
    columns: { a: values("1_000", "2_000") },
  },
  {
    what: "times of day",
    file: lines("t", "12:30", "13:45"),
    rows: 2,
    columns: { t: values("12:30", "13:45") },
  },
  {
    what: "hexadecimal and other spellings of numbers",
    file: lines("a,b", "0x1F,1e5", "0x20,-2.5E-3"),
    rows: 2,
    columns: { a: values("0x1F", "0x20"), b: { ...decimal, min: -0.0025, max: 100_000 } },
  },
  {
    what: "plus signs, and points without digits on one side",
    file: lines("a,b", "+0.12,.5", "+3,7."),
    rows: 2,
    columns: { a: { ...decimal, min: 0.12, max: 3 }, b: { ...decimal, min: 0.5, max: 7 } },
  },
  {
    what: "numbers with blanks around them",
    file: lines("a,b", "1, 2", "3, 4 "),
    rows: 2,
    columns: { a: { ...integer, max: 3 }, b: { ...integer, max: 4 } },
  },
  {
    what: "truth values in three spellings",
    file: lines("a,b", "true,TRUE", "False,yes"),
    rows: 2,
    columns: { a: { type: "boolean", distinct: 2 }, b: values("TRUE", "yes") },
  },
  {
    what: "dates of the calendar",
    file: lines("d", "2024-02-29", "2023-12-31"),
    rows: 2,
    columns: { d: { type: "date", min: "2023-12-31", max: "2024-02-29" } },
  },
  {
    what: "a day that does not exist",
    file: lines("d", "2023-02-29", "2023-12-31"),
    rows: 2,
    columns: { d: values("2023-02-29", "2023-12-31") },
  },
  {
    what: "dates mixed with times",
    file: lines("d", "2024-01-01", "2024-01-01 10:00"),
    rows: 2,
    columns: { d: values("2024-01-01", "2024-01-01 10:00") },
  },
  {
    what: "points in time",
    file: lines("d", "2024-01-01T10:00:00", "2024-01-02 11:30:15.25"),
    rows: 2,
    columns: { d: { type: "timestamp", min: "2024-01-01 10:00:00", max: "2024-01-02 11:30:15.25" } },
  },
  {
    what: "points in time with zones",
    file: lines("d", "2024-01-01T10:00:00Z", "2024-01-01T10:00:00+02:00"),
    rows: 2,
    columns: { d: { type: "timestamp", min: "2024-01-01 08:00:00+00", max: "2024-01-01 10:00:00+00" } },
  },
  {
    what: "dates with the day first, seen late",
    file: lines("d", "03/02/2021", "25/12/2021"),
    rows: 2,
    columns: { d: { type: "date", min: "2021-02-03", max: "2021-12-25" } },
  },
  {
    what: "dates with the month first, seen late",
    file: lines("d", "03/02/2021", "12/25/2021"),
    rows: 2,
    columns: { d: { type: "date", min: "2021-03-02", max: "2021-12-25" } },
  },
  {
    what: "dates whose order nothing shows",
    file: lines("d", "03/02/2021", "04/05/2021"),
    rows: 2,
    columns: { d: { ...asText, note: "the day or the month can come first" } },
    log: "the day or the month can come first",
  },
  {
    what: "dates with points",
    file: lines("d", "03.02.2021", "1.12.2021"),
    rows: 2,
    columns: { d: { type: "date", min: "2021-02-03", max: "2021-12-01" } },
  },
  {
    what: "two-digit years",
    file: lines("d", "03.02.21", "04.02.21"),
    rows: 2,
    columns: {
      d: { ...values("03.02.21", "04.02.21"), note: "two-digit years can be read in several ways" },
    },
  },
  {
    what: "missing values as pandas writes them",
    file: lines("a,b", "1,x", "NA,None", "<NA>,#N/A", "nan,y"),
    rows: 4,
    columns: { a: { ...integer, count: 1, nulls: 3 }, b: { ...asText, count: 2, nulls: 2 } },
  },
  {
    what: "missing values of its own",
    file: lines("a", "1", "-", "missing"),
    options: { null_values: ["-", "missing"] },
    rows: 3,
    columns: { a: { ...integer, count: 1, nulls: 2 } },
  },
  {
    what: "a column without values",
    file: lines("a,b", "1,", "2,"),
    rows: 2,
    columns: { a: integer, b: { ...asText, count: 0, nulls: 2 } },
  },
];

/** Figures beyond 2^53. */
const wide: readonly Situation[] = [
  {
    what: "integers of 22 digits",
    file: lines(
      "n",
      "1234567890123456789012",
      "1234567890123456789013",
      "1234567890123456789015",
      "1234567890123456789016",
    ),
    rows: 4,
    columns: {
      n: {
        ...integer,
        distinct: 4,
        min: "1234567890123456789012",
        max: "1234567890123456789016",
        median: "1234567890123456789014",
        q25: "1234567890123456789012.75",
        q75: "1234567890123456789015.25",
        // The deviations from the mean are -2, -1, 1, 2: the root of 10 / 3.
        std_dev: Math.sqrt(10 / 3),
        mean: "1234567890123456789014",
        histogram: [
          { from: "1234567890123456789012", to: "1234567890123456789014", count: 2 },
          { from: "1234567890123456789014", to: "1234567890123456789016", count: 1 },
          { from: "1234567890123456789016", to: "1234567890123456789018", count: 1 },
        ],
      },
    },
  },
  {
    what: "decimals of 22 digits",
    file: lines("n", "12345678901234567890.12", "12345678901234567890.13"),
    rows: 2,
    columns: {
      n: {
        ...decimal,
        distinct: 2,
        min: "12345678901234567890.12",
        max: "12345678901234567890.13",
        median: "12345678901234567890.125",
      },
    },
  },
  {
    what: "neighbours of 2^53",
    file: lines("n", "9007199254740992", "9007199254740993"),
    rows: 2,
    columns: { n: { ...integer, distinct: 2, max: "9007199254740993" } },
  },
  {
    // The sum is -24691357802469135780.4 times 1, over 3: -8230452600823045260.1333…
    what: "negative decimals whose mean has no end",
    file: lines("n", "-12345678901234567890.25", "-12345678901234567890.25", "0.1"),
    rows: 3,
    columns: { n: { ...decimal, mean: "-8230452600823045260.13333333" } },
  },
  {
    // 10^18 and its negative, and 1: a third.
    what: "wide integers around zero",
    file: lines("n", "1000000000000000000", "-1000000000000000000", "1"),
    rows: 3,
    columns: { n: { ...integer, mean: 1 / 3 } },
  },
  {
    what: "integers of 40 digits",
    file: lines("n", "1".repeat(40), "2".repeat(40)),
    rows: 2,
    columns: { n: { ...asText, distinct: 2, note: "integers of more than 37 digits" } },
  },
];

/** Decimal and thousands separators, units. */
const numbers: readonly Situation[] = [
  {
    what: "a decimal comma",
    file: lines("Artikel;Betrag", "A;12,50", "B;7,25"),
    rows: 2,
    columns: { Artikel: asText, Betrag: { ...decimal, mean: 9.875 } },
    source: { decimal: ",", delimiter: ";" },
  },
  {
    what: "a decimal comma and points between thousands",
    file: lines("n;m", "1.234,50;1.000", "999,25;2.000"),
    rows: 2,
    columns: { n: { ...decimal, max: 1234.5 }, m: { ...integer, max: 2000 } },
    source: { decimal: "," },
  },
  {
    what: "commas between thousands",
    file: lines("n;m", "1,234.50;1,234,567", "12;7"),
    rows: 2,
    columns: { n: { ...decimal, max: 1234.5 }, m: { ...integer, max: 1_234_567 } },
    source: { decimal: "." },
  },
  {
    what: "a comma that may be either",
    file: lines("n;m", "1,234;x", "2,345;y"),
    rows: 2,
    columns: { n: { ...asText, note: "a comma can separate decimals or thousands; set decimal" }, m: asText },
  },
  {
    what: "the same, with the option decimal",
    file: lines("n;m", "1,234;x", "2,345;y"),
    options: { decimal: "," },
    rows: 2,
    columns: { n: { ...decimal, max: 2.345 }, m: asText },
  },
  {
    what: "the same, with the options decimal and thousands",
    file: lines("n;m", "1,234;x", "2,345;y"),
    options: { decimal: ".", thousands: "," },
    rows: 2,
    columns: { n: { ...integer, max: 2345 }, m: asText },
  },
  {
    what: "blanks between thousands",
    file: lines("n", "1 234 567", "12"),
    rows: 2,
    columns: { n: { ...integer, max: 1_234_567 } },
  },
  {
    what: "percentages",
    file: lines("p", "12.5%", "7 %"),
    rows: 2,
    columns: { p: { ...decimal, unit: "%", max: 12.5, mean: 9.75 } },
  },
  {
    what: "a currency",
    file: lines("p;q", "€ 1.234,50;$5", "€ 7,00;$-7"),
    rows: 2,
    columns: { p: { ...decimal, unit: "€", max: 1234.5 }, q: { ...integer, unit: "$", min: -7 } },
  },
  { what: "two currencies", file: lines("p", "€5", "$7"), rows: 2, columns: { p: values("$7", "€5") } },
];

/** Headers, delimiters, lines before the table. */
const layouts: readonly Situation[] = [
  {
    what: "years as headings",
    file: lines("city,2001,2002", "A,1,2", "B,3,4"),
    rows: 2,
    columns: { city: asText, 2001: { mean: 2 }, 2002: { mean: 3 } },
    source: { header: true },
  },
  {
    what: "months as headings",
    file: lines("01,02", "5,6", "7,8"),
    rows: 2,
    columns: { "01": { mean: 6 }, "02": { mean: 7 } },
    source: { header: true },
    log: "only numbers",
  },
  {
    what: "texts under texts",
    file: lines("name,city", "Ada,London"),
    rows: 1,
    columns: { name: asText, city: asText },
    source: { header: true },
  },
  {
    what: "measurements without headings",
    file: lines("5.1,3.5,setosa", "4.9,3.0,setosa"),
    rows: 2,
    columns: { column_1: { mean: 5 }, column_2: { mean: 3.25 }, column_3: asText },
    source: { header: false },
    log: "taken as data",
  },
  {
    what: "a first line of equal numbers",
    file: lines("0,0,7", "1,2,3"),
    rows: 2,
    columns: { column_1: { mean: 0.5 }, column_2: { mean: 1 }, column_3: { mean: 5 } },
    source: { header: false },
  },
  {
    what: "dates as headings",
    file: lines("id,2024-01-01,2024-02-01", "7,1,2"),
    rows: 1,
    columns: { id: { max: 7 }, "2024-01-01": { max: 1 }, "2024-02-01": { max: 2 } },
  },
  {
    what: "equal and missing headings",
    file: lines("a,a,", "1,2,3"),
    rows: 1,
    columns: { a: { max: 1 }, "a.1": { max: 2 }, column_3: { max: 3 } },
  },
  {
    what: "headings that differ in case",
    file: lines("id,ID", "1,2"),
    rows: 1,
    columns: { id: { max: 1 }, ID: { max: 2 } },
  },
  {
    what: "a heading of two lines",
    file: '"a\nb",c\n1,2\n',
    rows: 1,
    columns: { "a\nb": { max: 1 }, c: { max: 2 } },
  },
  {
    what: "one column with a semicolon in a value",
    file: lines("remark", "fine", "good; cheap", "bad"),
    rows: 3,
    columns: { remark: { distinct: 3 } },
  },
  {
    what: "one column with a tab and a pipe in values",
    file: lines("remark", "fine", "a\tb", "c|d", "bad"),
    rows: 4,
    columns: { remark: { distinct: 4 } },
  },
  {
    what: "one column of numbers",
    file: lines("n", "1", "2"),
    rows: 2,
    columns: { n: { ...integer, mean: 1.5 } },
  },
  {
    what: "a name ending in .tsv",
    name: "data.tsv",
    file: lines("a,b\tc", "1,5\t2"),
    rows: 1,
    columns: { "a,b": decimal, c: integer },
    source: { delimiter: "\t" },
  },
  {
    what: "commas and semicolons alike",
    file: lines("Datum;Betrag,EUR", "01.02.2023;12,50", "02.02.2023;7,25"),
    rows: 2,
    columns: { Datum: { type: "date" }, "Betrag,EUR": { ...decimal, mean: 9.875 } },
    source: { delimiter: ";" },
  },
  {
    what: "Excel's line sep=",
    file: "sep=;\r\na;b\r\n1;2\r\n",
    rows: 1,
    columns: { a: { max: 1 }, b: { max: 2 } },
    source: { delimiter: ";", skipped_lines: 1 },
  },
  {
    what: "title lines before the header",
    file: lines("Sales 2023", "printed on 1 May", "", "day;amount;tax", "1;12;3", "2;7;1"),
    rows: 2,
    columns: { day: { max: 2 }, amount: { max: 12 }, tax: { max: 3 } },
    source: { skipped_lines: 2, header: true },
  },
  {
    what: "title lines filled up with delimiters",
    file: lines("Sales,,", "a,b,c", "1,2,3"),
    rows: 1,
    columns: { a: { max: 1 }, b: { max: 2 }, c: { max: 3 } },
    source: { skipped_lines: 1 },
  },
  {
    what: "lines to skip, by option",
    file: lines("x,y", "a,b", "1,2"),
    options: { skip_lines: 1 },
    rows: 1,
    columns: { a: { max: 1 }, b: { max: 2 } },
    source: { skipped_lines: 1 },
  },
  {
    what: "line ends of old Macs",
    file: "a,b\r1,2\r3,4\r",
    rows: 2,
    columns: { a: { mean: 2 }, b: { mean: 3 } },
  },
];

/** What surrounds tables. */
const surroundings: readonly Situation[] = [
  {
    what: "a delimiter at the end of every line",
    file: lines("a,b,", "1,x,", "3,y,"),
    rows: 2,
    columns: { a: { mean: 2 }, b: asText },
    source: { notes: ["every line ends with a delimiter; no column was made of it"] },
  },
  {
    what: "a delimiter at the end of the data only",
    file: lines("a;b", "1;x;", "3;y;"),
    rows: 2,
    columns: { a: { mean: 2 }, b: asText },
    source: { delimiter: ";" },
    log: "no column was made of it",
  },
  {
    what: "a value after the last delimiter, beyond the first lines",
    file: lines("a,b,", repeat(300, "1,x,"), "3,y,z"),
    rows: 301,
    columns: { a: { max: 3 }, b: asText, column_3: { ...asText, count: 1 } },
  },
  {
    what: "names of rows, as R writes them",
    file: lines('"x","y"', '"r1",1,2.5', '"r2",3,3.5'),
    rows: 2,
    columns: { row_name: values("r1", "r2"), x: { mean: 2 }, y: { mean: 3 } },
    source: { header: true },
    log: "taken as the names of the rows",
  },
  {
    what: "comments before the header",
    file: lines("# made by a program", "# on 1 May, 2023", "a,b", "1,x", "3,y"),
    rows: 2,
    columns: { a: { mean: 2 }, b: asText },
    source: { skipped_lines: 2, header: true },
  },
  {
    what: "a header that is a comment",
    file: lines("##version 4", "#chrom\tpos", "chr1\t5", "chr2\t7"),
    rows: 2,
    columns: { "#chrom": asText, pos: { mean: 6 } },
    source: { skipped_lines: 1, delimiter: "\t" },
  },
  {
    what: "one column of colors, which are no comments",
    file: lines("#fff", "#000", "#123"),
    rows: 2,
    columns: { "#fff": values("#000", "#123") },
  },
  {
    what: "a total in the last line, which is counted",
    file: lines("item;amount", "A;12,50", "B;7,25", "Total;19,75"),
    rows: 3,
    columns: { item: { distinct: 3 }, amount: { ...decimal, max: 19.75 } },
    source: { notes: ['the last line starts with "Total" and was counted as data'] },
    log: 'the last line starts with "Total" and was counted as data',
  },
  {
    what: "runs of spaces between columns",
    file: lines("  name      size   when", "  a.txt      120   2024-01-01", "  long.txt     7   2024-01-02"),
    rows: 2,
    columns: { name: asText, size: { mean: 63.5 }, when: { type: "date" } },
    source: { delimiter: " ", header: true },
    log: "fields separated by spaces",
  },
  {
    what: "runs of spaces around quotes and decimal commas",
    file: lines('"my file"   12,5', '"your  file"  7,25'),
    options: { header: false },
    rows: 2,
    columns: { column_1: values("my file", "your  file"), column_2: { ...decimal, max: 12.5 } },
  },
  {
    what: "single spaces, by option",
    file: lines("a b", "1 2", "3 4"),
    options: { delimiter: " " },
    rows: 2,
    columns: { a: { mean: 2 }, b: { mean: 3 } },
  },
  {
    what: "names of two words, which are one column",
    file: lines("full name", "Ada Lovelace", "Alan Turing"),
    rows: 2,
    columns: { "full name": values("Ada Lovelace", "Alan Turing") },
  },
];

/** Encodings. */
const encodings: readonly Situation[] = [
  {
    what: "UTF-16, little endian",
    file: Buffer.from("\uFEFFStadt\tBetrag\r\nKöln\t12,5\r\n東京\t7,5\r\n", "utf16le"),
    rows: 2,
    columns: { Stadt: values("Köln", "東京"), Betrag: { ...decimal, mean: 10 } },
    source: { encoding: "utf-16le", delimiter: "\t", size_bytes: 68 },
    log: "Converted from UTF-16LE",
  },
  {
    what: "UTF-16, big endian",
    file: Buffer.from("\uFEFFa,b\n1,é\n", "utf16le").swap16(),
    rows: 1,
    columns: { a: { max: 1 }, b: values("é") },
    source: { encoding: "utf-16be" },
  },
  {
    what: "Windows-1252",
    file: Buffer.from([0x61, 0x0a, 0x80, 0x35, 0x0a, 0x93, 0x78, 0x94, 0x0a]),
    rows: 2,
    columns: { a: values("“x”", "€5") },
    source: { encoding: "windows-1252" },
  },
  {
    what: "UTF-8 with one cut character",
    file: Buffer.concat([Buffer.from("name\nMüller\nJosé\nGroß\n"), Buffer.from([0xc3, 0x0a])]),
    rows: 4,
    columns: { name: values("Groß", "José", "Müller", "\uFFFD") },
    source: { encoding: "utf-8", replaced_bytes: 1 },
    log: "1 damaged characters replaced",
  },
  {
    what: "UTF-8 with a broken byte beyond the first megabyte",
    file: Buffer.concat([
      Buffer.from(lines("name,n", repeat(200_000, "Müller,7"))),
      Buffer.from([0xff, 0x2c, 0x38, 0x0a]),
    ]),
    rows: 200_001,
    columns: { name: { ...asText, distinct: 2 }, n: { max: 8 } },
    source: { encoding: "utf-8", replaced_bytes: 1 },
  },
  {
    what: "Windows-1252 beyond the first megabyte",
    file: Buffer.concat([
      Buffer.from(lines("name,n", repeat(200_000, "Miller,7"))),
      Buffer.from([0x80, 0x2c, 0x38, 0x0a]),
    ]),
    rows: 200_001,
    columns: { name: { ...asText, max: "€" }, n: { max: 8 } },
    source: { encoding: "windows-1252" },
  },
];

export const CSV_SITUATIONS: readonly Situation[] = [
  ...types,
  ...wide,
  ...numbers,
  ...layouts,
  ...surroundings,
  ...encodings,
];
