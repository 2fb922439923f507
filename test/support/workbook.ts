// Writes Excel workbooks for tests: the parts as Excel writes them, with the XML of rows as the test gives it.
import { zip } from "./zip.js";

export interface WorkbookParts {
  /** XML of the rows by the name of the sheet. */
  readonly sheets: Readonly<Record<string, string>>;
  readonly texts?: readonly string[];
  /** Codes of formats for the styles 0, 1, …; a number is one of Excel's own. */
  readonly formats?: readonly (string | number)[];
  readonly from1904?: boolean;
  /** What a sheet says about the cells it has. */
  readonly dimension?: string;
}

const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

export function workbook({
  sheets,
  texts = [],
  formats = [0],
  from1904 = false,
  dimension,
}: WorkbookParts): Buffer {
  const names = Object.keys(sheets);
  const size = dimension === undefined ? "" : `<dimension ref="${dimension}"/>`;
  return zip([
    { name: "[Content_Types].xml", data: `${XML}<Types/>` },
    {
      name: "xl/workbook.xml",
      data:
        `${XML}<workbook ${MAIN} xmlns:r="${RELATIONS}"><workbookPr${from1904 ? ' date1904="1"' : ""}/><sheets>` +
        `${names.map((name, at) => `<sheet name="${name}" sheetId="${at + 7}" r:id="rId${at + 1}"/>`).join("")}` +
        "</sheets></workbook>",
    },
    {
      name: "xl/_rels/workbook.xml.rels",
      data: `${XML}<Relationships>${names
        .map(
          (_, at) =>
            `<Relationship Id="rId${at + 1}" Type="${RELATIONS}/worksheet" Target="worksheets/sheet${at + 1}.xml"/>`,
        )
        .join("")}</Relationships>`,
    },
    {
      name: "xl/styles.xml",
      data:
        `${XML}<styleSheet ${MAIN}><numFmts>` +
        `${formats.map((code, at) => (typeof code === "string" ? `<numFmt numFmtId="${164 + at}" formatCode="${code}"/>` : "")).join("")}` +
        `</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>` +
        `${formats.map((code, at) => `<xf numFmtId="${typeof code === "string" ? 164 + at : code}"/>`).join("")}` +
        "</cellXfs></styleSheet>",
    },
    {
      name: "xl/sharedStrings.xml",
      data: `${XML}<sst ${MAIN}>${texts.map((text) => `<si>${text}</si>`).join("")}</sst>`,
    },
    ...names.map((name, at) => ({
      name: `xl/worksheets/sheet${at + 1}.xml`,
      data: `${XML}<worksheet ${MAIN}>${size}<sheetData>${sheets[name] ?? ""}</sheetData></worksheet>`,
    })),
  ]);
}

/** A row of texts (inline) and numbers, from column A. */
export function row(number: number, ...cells: readonly (string | number | null)[]): string {
  const written = cells.map((cell, at) => {
    const reference = `${String.fromCharCode(65 + at)}${number}`;
    if (cell === null) return "";
    if (typeof cell === "number") return `<c r="${reference}"><v>${cell}</v></c>`;
    return `<c r="${reference}" t="inlineStr"><is><t>${cell}</t></is></c>`;
  });
  return `<row r="${number}">${written.join("")}</row>`;
}
