// The parts of an Excel workbook (ECMA-376) that say how its sheets are read: names, formats of cells, shared texts.
import type { Readable } from "node:stream";
import type { Entry } from "yauzl";
import { Discard } from "../../index.js";
import { loadOptional } from "../optional-package.js";
import { limitUnpacked, UNPACKED_LIMITS } from "./unpacked-limits.js";
import { type CellFormat, formatOf } from "./xlsx-dates.js";
import type { Zip } from "./zip.js";

/** Shared texts and other parts are kept in memory. */
const PART_LIMITS = { ...UNPACKED_LIMITS, bytes: 256 * 1024 ** 2 };

export interface Sheet {
  readonly name: string;
  readonly entry: Entry;
}

export interface Workbook {
  readonly fileName: string;
  readonly zip: Zip;
  readonly sheets: readonly Sheet[];
  /** Days are counted from 1904 instead of 1900. */
  readonly from1904: boolean;
  /** By the number of a cell's style. */
  readonly formats: readonly CellFormat[];
  readonly texts: readonly string[];
}

export interface XmlHandlers {
  /** Names are without their prefixes. */
  onOpen?(name: string, attributes: Readonly<Record<string, string>>): void;
  onText?(text: string): void;
  onClose?(name: string): void;
}

/** Is it an Excel workbook? Throws Discard for spreadsheets of other kinds. */
export function isWorkbook(name: string, zip: Zip): boolean {
  const names = new Set(zip.entries.map(({ fileName }) => fileName));
  if (names.has("xl/workbook.bin")) {
    throw new Discard(`${name} is a binary Excel workbook; save it as .xlsx and upload that`);
  }
  if (names.has("mimetype") && names.has("content.xml")) {
    throw new Discard(`${name} is an OpenDocument file; save it as .xlsx or .csv and upload that`);
  }
  return names.has("xl/workbook.xml");
}

/** Throws Discard where a part is missing or damaged. */
export async function openWorkbook(fileName: string, zip: Zip, signal: AbortSignal): Promise<Workbook> {
  const find = (name: string) => zip.entries.find((entry) => entry.fileName === name);
  const parse = async (entry: Entry | undefined, handlers: XmlHandlers) => {
    if (!entry) return;
    const stream = await zip.read(entry);
    for await (const _ of parsed(stream, { fileName, entry, handlers, signal, limits: PART_LIMITS }));
  };

  const targets = new Map<string, string>();
  await parse(find("xl/_rels/workbook.xml.rels"), {
    onOpen(name, { Id = "", Target = "", Type = "" }) {
      if (name !== "Relationship" || !Type.endsWith("/worksheet")) return;
      targets.set(Id, Target.startsWith("/") ? Target.slice(1) : `xl/${Target}`);
    },
  });

  const sheets: Sheet[] = [];
  let from1904 = false;
  await parse(find("xl/workbook.xml"), {
    onOpen(name, attributes) {
      if (name === "workbookPr") from1904 = /^(1|true)$/.test(attributes.date1904 ?? "");
      if (name !== "sheet") return;
      const entry = find(targets.get(attributes.id ?? "") ?? "");
      if (entry) sheets.push({ name: attributes.name ?? "", entry });
    },
  });

  const codes = new Map<number, string>();
  const formats: CellFormat[] = [];
  let isInCells = false;
  await parse(find("xl/styles.xml"), {
    onOpen(name, { numFmtId = "0", formatCode = "" }) {
      if (name === "numFmt") codes.set(Number(numFmtId), formatCode);
      else if (name === "cellXfs") isInCells = true;
      else if (name === "xf" && isInCells) {
        formats.push(formatOf(Number(numFmtId), codes.get(Number(numFmtId))));
      }
    },
    onClose(name) {
      if (name === "cellXfs") isInCells = false;
    },
  });

  const texts: string[] = [];
  await parse(
    find("xl/sharedStrings.xml"),
    textHandlers((text) => void texts.push(text)),
  );
  return { fileName, zip, sheets, from1904, formats, texts };
}

/** Joins the pieces of a text in several fonts; what shows how it is pronounced is not part of it. */
function textHandlers(onItem: (text: string) => void): XmlHandlers {
  let item = "";
  let isText = false;
  let isPhonetic = false;
  return {
    onOpen(name) {
      if (name === "si") item = "";
      else if (name === "rPh") isPhonetic = true;
      else if (name === "t") isText = !isPhonetic;
    },
    onText(text) {
      if (isText) item += text;
    },
    onClose(name) {
      if (name === "si") onItem(unescapeText(item));
      else if (name === "rPh") isPhonetic = false;
      else if (name === "t") isText = false;
    },
  };
}

/** Characters that XML can't hold are written as _x000D_. */
export function unescapeText(text: string): string {
  return text.includes("_x")
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) =>
        String.fromCharCode(Number.parseInt(code, 16)),
      )
    : text;
}

interface Parsing {
  readonly fileName: string;
  readonly entry: Entry;
  readonly handlers: XmlHandlers;
  readonly signal: AbortSignal;
  readonly limits?: typeof UNPACKED_LIMITS;
}

/** Parses an XML part and pauses after each piece, with the bytes read so far. */
export async function* parsed(
  stream: Readable,
  { fileName, entry, handlers, signal, limits = UNPACKED_LIMITS }: Parsing,
): AsyncGenerator<number> {
  const { SaxesParser } = await loadOptional("saxes", () => import("saxes"));
  const parser = new SaxesParser({ position: false, xmlns: false } as const);
  parser.on("opentag", ({ name, attributes }) => handlers.onOpen?.(local(name), plain(attributes)));
  parser.on("text", (text) => handlers.onText?.(text));
  parser.on("cdata", (text) => handlers.onText?.(text));
  parser.on("closetag", ({ name }) => handlers.onClose?.(local(name)));
  const limit = limitUnpacked(limits, { name: fileName, packedBytes: entry.compressedSize });
  const decoder = new TextDecoder();
  stream.on("error", (error) => limit.stream.destroy(error)).pipe(limit.stream);
  try {
    for await (const chunk of limit.stream) {
      signal.throwIfAborted();
      const bytes: Buffer = chunk;
      parser.write(decoder.decode(bytes, { stream: true }));
      yield limit.total();
    }
    parser.close();
  } finally {
    stream.destroy();
  }
}

function local(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

function plain(attributes: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const name in attributes) {
    if (name.includes(":")) {
      return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [local(key), value]));
    }
  }
  return attributes;
}
