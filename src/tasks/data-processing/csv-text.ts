// Splits the text of a CSV (RFC 4180) into records of cells. Broken quotes are reported by diagnose.ts, not here.

export interface TextRecord {
  /** The line it starts on: 1, 2, … */
  readonly line: number;
  /** The line after it. */
  readonly next: number;
  readonly cells: readonly string[];
}

/** A parser that is fed piece by piece. Blank lines are no records. */
export class CsvText {
  readonly #delimiter: string;
  readonly #stop: RegExp;
  #line = 1;
  #start = 1;
  #cells: string[] = [];
  #cell = "";
  #state: "start" | "plain" | "quoted" | "closing" = "start";
  #isAfterCr = false;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
    const special = delimiter.replace(/[\\\]^-]/, "\\$&");
    this.#stop = new RegExp(`[${special}"\\r\\n]`, "g");
  }

  /** The records that end within this piece. */
  *feed(text: string): Generator<TextRecord> {
    let at = 0;
    while (at < text.length) {
      const char = text[at] ?? "";
      if (this.#isAfterCr && char === "\n") {
        this.#isAfterCr = false;
        if (this.#state === "quoted") this.#cell += char;
        at++;
        continue;
      }
      this.#isAfterCr = char === "\r";
      if (this.#state === "quoted") {
        const end = text.indexOf('"', at);
        const inside = text.slice(at, end < 0 ? undefined : end);
        this.#cell += inside;
        this.#line += inside.split(/\r\n|\r|\n/).length - 1;
        this.#isAfterCr = inside.endsWith("\r");
        at += inside.length;
        if (end >= 0) {
          this.#state = "closing";
          at++;
        }
      } else if (char === "\n" || char === "\r") {
        at++;
        const record = this.#endRecord();
        if (record) yield record;
      } else if (char === this.#delimiter) {
        this.#endCell();
        at++;
      } else if (char === '"' && this.#state !== "plain") {
        if (this.#state === "closing") this.#cell += char;
        this.#state = "quoted";
        at++;
      } else {
        this.#state = "plain";
        this.#stop.lastIndex = at + 1;
        const end = this.#stop.exec(text)?.index ?? text.length;
        this.#cell += text.slice(at, end);
        at = end;
      }
    }
  }

  /** The last record, where no line end follows it. */
  end(): TextRecord | undefined {
    return this.#endRecord();
  }

  #endCell(): void {
    this.#cells.push(this.#cell);
    this.#cell = "";
    this.#state = "start";
  }

  #endRecord(): TextRecord | undefined {
    const isBlank = this.#cells.length === 0 && this.#cell === "" && this.#state === "start";
    const line = this.#start;
    this.#line++;
    this.#start = this.#line;
    if (isBlank) return undefined;
    this.#endCell();
    const cells = this.#cells;
    this.#cells = [];
    return { line, next: this.#line, cells };
  }
}

/** The first records of a text. `isWhole`: it does not break off in the middle of one. */
export function firstRecords(text: string, delimiter: string, isWhole: boolean, limit: number): TextRecord[] {
  const parser = new CsvText(delimiter);
  const found: TextRecord[] = [];
  for (const record of parser.feed(text)) {
    found.push(record);
    if (found.length === limit) return found;
  }
  const last = parser.end();
  if (last && (isWhole || found.length === 0)) found.push(last);
  return found;
}
