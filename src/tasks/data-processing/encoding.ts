// Which encoding a text file has, and a copy of it in UTF-8 where it has another one.
import { isAscii } from "node:buffer";
import { createReadStream, createWriteStream } from "node:fs";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

export type Encoding = "utf-8" | "latin-1" | "windows-1252";

/** What the bytes of a file look like as UTF-8. Feed it all of them. */
export class Utf8Check {
  /** Bytes that are no UTF-8, and characters of several bytes that are. */
  invalid = 0;
  valid = 0;
  /** There are bytes from 0x80 to 0x9F, which Latin-1 has no characters for. */
  #hasControls = false;
  #expected = 0;
  #length = 0;
  #low = 0x80;
  #high = 0xbf;

  feed(bytes: Uint8Array): void {
    if (this.#expected === 0 && isAscii(bytes)) return;
    for (const byte of bytes) {
      if (byte < 0x80 && this.#expected === 0) continue;
      if (byte >= 0x80 && byte <= 0x9f) this.#hasControls = true;
      if (this.#expected > 0) {
        if (byte >= this.#low && byte <= this.#high) {
          this.#low = 0x80;
          this.#high = 0xbf;
          if (--this.#expected === 0) this.valid++;
          continue;
        }
        this.#break();
        if (byte < 0x80) continue;
      }
      this.#begin(byte);
    }
  }

  /** The encoding, once all bytes were fed. One damaged character does not make a UTF-8 file another one. */
  end(): Encoding {
    if (this.#expected > 0) this.#break();
    if (this.invalid === 0 || this.valid > this.invalid) return "utf-8";
    return this.#hasControls ? "windows-1252" : "latin-1";
  }

  /** A character breaks off: one replacement for all of its bytes (WHATWG Encoding Standard). */
  #break(): void {
    this.invalid++;
    this.#expected = 0;
    this.#low = 0x80;
    this.#high = 0xbf;
  }

  #begin(byte: number): void {
    this.#length =
      byte >= 0xc2 && byte <= 0xdf
        ? 1
        : byte >= 0xe0 && byte <= 0xef
          ? 2
          : byte >= 0xf0 && byte <= 0xf4
            ? 3
            : 0;
    this.#expected = this.#length;
    if (this.#length === 0) this.invalid++;
    // No overlong forms, no surrogates, nothing beyond U+10FFFF.
    if (byte === 0xe0) this.#low = 0xa0;
    if (byte === 0xed) this.#high = 0x9f;
    if (byte === 0xf0) this.#low = 0x90;
    if (byte === 0xf4) this.#high = 0x8f;
  }
}

/** Writes a copy in UTF-8; bytes that are no UTF-8 in a UTF-8 file become U+FFFD. */
export async function copyAsUtf8(
  from: string,
  to: string,
  encoding: Encoding | "utf-16le" | "utf-16be",
  signal: AbortSignal,
): Promise<void> {
  const decoder = new TextDecoder(encoding === "latin-1" ? "windows-1252" : encoding);
  const decode = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, decoder.decode(chunk, { stream: true }));
    },
    flush(done) {
      done(null, decoder.decode());
    },
  });
  await pipeline(
    createReadStream(from, { highWaterMark: 1 << 20 }),
    decode,
    createWriteStream(to, { mode: 0o600 }),
    { signal },
  );
}
