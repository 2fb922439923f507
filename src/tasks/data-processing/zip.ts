// ZIP files: their entries and contents, read with yauzl.
import type { Readable } from "node:stream";
import type { Entry, ZipFile } from "yauzl";
import { Discard, type OpenFile } from "../../index.js";
import { loadOptional } from "../optional-package.js";

const MAX_ENTRIES = 10_000;

export interface Zip {
  /** The files in it, without those that operating systems add. */
  readonly entries: readonly Entry[];
  /** The unpacked bytes. Ends with an error where there are more or fewer than the entry says. */
  read(entry: Entry): Promise<Readable>;
}

/** Throws Discard where it is no readable ZIP file. */
export async function withZip<Answer>(
  file: Pick<OpenFile, "name" | "path">,
  work: (zip: Zip) => Promise<Answer>,
): Promise<Answer> {
  const yauzl = await loadOptional("yauzl", () => import("yauzl"));
  let zip: ZipFile | undefined;
  try {
    zip = await yauzl.openPromise(file.path, { autoClose: false });
    return await work(await entriesOf(file.name, zip));
  } catch (error) {
    throw refuseZip(file.name, error);
  } finally {
    zip?.close();
  }
}

async function entriesOf(name: string, zip: ZipFile): Promise<Zip> {
  if (zip.entryCount > MAX_ENTRIES) {
    throw new Discard(`${name}: the ZIP file has ${zip.entryCount} entries; the limit is ${MAX_ENTRIES}`);
  }
  const entries: Entry[] = [];
  for await (const entry of zip.eachEntry()) {
    if (!IGNORED.test(entry.fileName)) entries.push(entry);
  }
  return {
    entries,
    async read(entry) {
      const shown = `${name}: ${nameOf(entry)}`;
      if (entry.isEncrypted()) {
        throw new Discard(`${shown} is encrypted; remove the password and upload it again`);
      }
      if (!entry.canDecodeFileData()) {
        throw new Discard(
          `${shown} has compression method ${entry.compressionMethod}; only Deflate is supported`,
        );
      }
      return zip.openReadStreamPromise(entry);
    },
  };
}

/** Folders, hidden files, and what macOS and Windows add. */
const IGNORED = /\/$|(^|\/)(__MACOSX\/|\.|Thumbs\.db$)/;

/** What yauzl and zlib report, as a failure for good. Errors of the disk, and an abort, stay what they are. */
export function refuseZip(name: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Discard) return error;
  if (error.name === "AbortError" || "syscall" in error) return error;
  const isPlain = error.constructor === Error || ("code" in error && /^Z_/.test(String(error.code)));
  if (!isPlain) return error;
  return new Discard(`${name}: the ZIP file is damaged (${error.message})`, { cause: error });
}

/** The name without its folders. */
export function nameOf({ fileName }: Entry): string {
  return fileName.slice(fileName.lastIndexOf("/") + 1);
}
