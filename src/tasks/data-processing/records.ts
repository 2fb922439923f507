// Walks the records of a CSV (RFC 4180) without keeping their text: where each starts, and how many fields it has.

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

export interface CsvRecord {
  /** The line it starts on: 1, 2, … */
  readonly line: number;
  readonly fields: number;
  readonly bytes: number;
}

export interface CsvFault {
  readonly line: number;
  readonly reason: string;
}

/** A parser that is fed piece by piece. Blank lines are no records. */
export class RecordWalker {
  readonly #delimiter: number;
  #state: "start" | "plain" | "quoted" | "closing" = "start";
  #line = 1;
  #recordLine = 1;
  #quoteLine = 1;
  #fields = 1;
  #bytes = 0;
  #afterCr = false;

  constructor(delimiter: string) {
    this.#delimiter = delimiter.charCodeAt(0);
  }

  /** The records that end within this piece. A fault ends the walk. */
  *feed(piece: Buffer): Generator<CsvRecord | CsvFault> {
    for (const byte of piece) {
      if (byte === LF && this.#afterCr) {
        this.#afterCr = false;
        continue;
      }
      this.#afterCr = byte === CR;
      if (this.#state === "quoted") {
        if (byte === QUOTE) this.#state = "closing";
        else if (byte === LF || byte === CR) this.#line++;
        this.#bytes++;
      } else if (byte === LF || byte === CR) {
        const record = this.end();
        this.#line++;
        this.#begin();
        if (record) yield record;
      } else {
        this.#bytes++;
        if (byte === this.#delimiter) {
          this.#fields++;
          this.#state = "start";
        } else if (byte === QUOTE && this.#state !== "plain") {
          // After a closing quote this is the second half of an escaped one.
          if (this.#state === "start") this.#quoteLine = this.#line;
          this.#state = "quoted";
        } else if (this.#state === "closing") {
          yield { line: this.#line, reason: "there is text after the closing quote of a field" };
          return;
        } else {
          this.#state = "plain";
        }
      }
    }
  }

  /** The last record, at the end of the text, where no line end follows it. */
  end(): CsvRecord | CsvFault | undefined {
    if (this.#state === "quoted") {
      return { line: this.#quoteLine, reason: "the quote opened here is never closed" };
    }
    return this.#bytes === 0
      ? undefined
      : { line: this.#recordLine, fields: this.#fields, bytes: this.#bytes };
  }

  #begin(): void {
    this.#state = "start";
    this.#recordLine = this.#line;
    this.#fields = 1;
    this.#bytes = 0;
  }
}
