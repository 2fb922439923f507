// Writes .br and .gz beside the files of the built dashboard that shrink, for the server to send them as they are.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const SHRINKS = /\.(?:js|css|html|svg|json)$/;
/** Below this, compression saves nothing, in bytes. */
const WORTH_IT = 1024;

/** Compresses what is new or has changed below a folder. */
export function precompress(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.isFile() || !SHRINKS.test(entry.name) || statSync(file).size < WORTH_IT) continue;
    const made = statSync(`${file}.gz`, { throwIfNoEntry: false });
    if (made && made.mtimeMs >= statSync(file).mtimeMs) continue;
    const content = readFileSync(file);
    const params = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
    writeFileSync(`${file}.br`, brotliCompressSync(content, { params }));
    writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
  }
}
