// Situations of packed files with what has to come out, and what is refused with which words. No tests here; see ../corpus.test.ts.
import { gzipSync } from "node:zlib";
import { zip } from "../../support/zip.js";
import type { Situation } from "./csv.js";

const GERMAN = Buffer.from("Stadt;Betrag\nKöln;12,50\nBonn;7,25\n", "latin1");
const TABLE = "a,b\n1,x\n3,y\n";
const AB = { a: { type: "integer", mean: 2 }, b: { type: "text", count: 2 } };

export const PACKED_SITUATIONS: readonly Situation[] = [
  {
    what: "gzip",
    name: "table.csv.gz",
    file: gzipSync(TABLE),
    rows: 2,
    columns: AB,
    source: {
      name: "table.csv.gz",
      size_bytes: gzipSync(TABLE).length,
      format: "csv",
      unpacked: { format: "gzip", name: "table.csv", size_bytes: TABLE.length },
    },
    log: "Unpacked table.csv (gzip)",
  },
  {
    what: "gzip, without saying so in the name",
    name: "table.csv",
    file: gzipSync(TABLE),
    rows: 2,
    columns: AB,
    source: { unpacked: { name: "table.csv" } },
  },
  {
    what: "gzip in two members, as a log that was appended to",
    name: "table.csv.gz",
    file: Buffer.concat([gzipSync("a,b\n1,x\n"), gzipSync("3,y\n")]),
    rows: 2,
    columns: AB,
  },
  {
    what: "gzip around Latin-1 with a decimal comma",
    name: "liste.csv.gz",
    file: gzipSync(GERMAN),
    rows: 2,
    columns: { Stadt: { max: "Köln" }, Betrag: { type: "decimal", mean: 9.875 } },
    source: { encoding: "latin-1", delimiter: ";", decimal: "," },
  },
  {
    what: "gzip around a tab-separated file",
    name: "table.tsv.gz",
    file: gzipSync("a,b\tc\n1,5\t2\n"),
    rows: 1,
    columns: { "a,b": { type: "decimal" }, c: { type: "integer" } },
    source: { delimiter: "\t" },
  },
  {
    what: "gzip around JSON lines",
    name: "rows.jsonl.gz",
    file: gzipSync('{"a":1,"b":"x"}\n{"a":3,"b":"y"}\n'),
    rows: 2,
    columns: AB,
    source: { format: "json" },
  },
  {
    what: "gzip around a JSON array",
    name: "rows.json.gz",
    file: gzipSync('[{"a":1,"b":"x"},{"a":3,"b":"y"}]'),
    rows: 2,
    columns: AB,
    source: { format: "json" },
  },
  {
    what: "a ZIP file with notes, folders and what macOS adds",
    name: "export.zip",
    file: zip([
      { name: "export/", data: "" },
      { name: "export/readme.txt", data: "a,b\n" },
      { name: "export/table.csv", data: TABLE },
      { name: "__MACOSX/export/._table.csv", data: "?" },
      { name: "export/.DS_Store", data: "?" },
    ]),
    rows: 2,
    columns: AB,
    source: { format: "csv", unpacked: { format: "zip", name: "table.csv", size_bytes: TABLE.length } },
  },
  {
    what: "a ZIP file with one file of an unknown extension",
    name: "export.zip",
    file: zip([{ name: "table.dat", data: TABLE }]),
    rows: 2,
    columns: AB,
    source: { unpacked: { name: "table.dat" } },
  },
];

const damaged = gzipSync("a,b\n".repeat(1000));
damaged.fill(0xaa, 15, 30);

/** Name, bytes, and how the error starts. */
export const PACKED_REFUSALS: readonly (readonly [string, Uint8Array, string])[] = [
  [
    "two.zip",
    zip([
      { name: "2023/orders.csv", data: TABLE },
      { name: "2024/orders.csv", data: TABLE },
    ]),
    "two.zip: a ZIP file must contain one data file, but this one has 2: 2023/orders.csv, 2024/orders.csv. Upload the one to analyse",
  ],
  ["empty.zip", zip([]), "empty.zip: the ZIP file contains no files"],
  [
    "secret.zip",
    zip([{ name: "table.csv", data: TABLE, flags: 1 }]),
    "secret.zip: table.csv is encrypted; remove the password and upload it again",
  ],
  [
    "odd.zip",
    zip([{ name: "table.csv", data: TABLE, method: 14 }]),
    "odd.zip: table.csv has compression method 14; only Deflate is supported",
  ],
  [
    "wrong.zip",
    zip([{ name: "table.csv", data: TABLE, checksum: 1 }]),
    "wrong.zip: table.csv is damaged (wrong checksum)",
  ],
  [
    "cut.zip",
    zip([{ name: "table.csv", data: TABLE }]).subarray(0, 60),
    "cut.zip: the ZIP file is damaged (",
  ],
  [
    "out.zip",
    zip([{ name: "../../table.csv", data: TABLE }]),
    "out.zip: the ZIP file is damaged (invalid relative path",
  ],
  [
    "cut.csv.gz",
    gzipSync(TABLE).subarray(0, 20),
    "cut.csv.gz: the gzip data is damaged (unexpected end of file)",
  ],
  ["bad.csv.gz", damaged, "bad.csv.gz: the gzip data is damaged ("],
  ["twice.csv.gz.gz", gzipSync(gzipSync(TABLE)), "twice.csv.gz is packed twice; unpack it and upload that"],
  [
    "table.csv.bz2",
    Buffer.from("BZh91AY&SY"),
    "table.csv.bz2 is compressed with bzip2; only gzip and ZIP files are unpacked",
  ],
  [
    "table.csv.zst",
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0]),
    "table.csv.zst is compressed with Zstandard; only gzip and ZIP files are unpacked",
  ],
  ["nothing.csv.gz", gzipSync(""), "nothing.csv: the file is empty"],
  [
    "bomb.csv.gz",
    gzipSync(Buffer.alloc(66 * 1024 ** 2, "1\n")),
    "bomb.csv.gz is more than 250 times its size when unpacked; the limit is 250 times. Upload it unpacked",
  ],
];
