// Uploads a local file, with a progress bar for large ones.
import { openAsBlob } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import type { Client, WireFile } from "../client/index.js";
import { createBar } from "./bar.js";
import { CommandFailure, EXIT } from "./failure.js";
import { say } from "./output.js";
import { reason } from "./parameters/read.js";

/** Smaller files upload too fast for a progress bar to be useful. */
const BAR_FROM_BYTES = 8 * 1024 ** 2;

/** A file that reports how many bytes were read; fetch streams it, so this is the number of bytes sent. */
class CountedFile extends File {
  readonly #onBytes: (bytes: number) => void;
  constructor(content: Blob, name: string, onBytes: (bytes: number) => void) {
    super([content], name, { type: content.type });
    this.#onBytes = onBytes;
  }
  override stream() {
    let sent = 0;
    const count = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform: (chunk, controller) => {
        sent += chunk.byteLength;
        this.#onBytes(sent);
        controller.enqueue(chunk);
      },
    });
    return super.stream().pipeThrough(count);
  }
}

/** Returns the id of the uploaded file. Throws CommandFailure if it cannot be read, and errors of the client. */
export async function uploadFile(client: Client, file: string): Promise<string> {
  return (await storeFile(client, file)).id;
}

/** Returns the uploaded file as the server has it. Throws as `uploadFile` does. */
export async function storeFile(client: Client, file: string): Promise<WireFile> {
  const content = await openFile(file);
  const name = path.basename(file);
  if (content.size < BAR_FROM_BYTES) return client.upload(new File([content], name));
  const bar = createBar(content.size);
  try {
    const counted = new CountedFile(content, name, (sent) => bar.update(sent, `uploading ${name}`));
    return await client.upload(counted);
  } finally {
    bar.clear();
    say(`Uploaded ${name}`);
  }
}

async function openFile(file: string): Promise<Blob> {
  try {
    if (!(await stat(file)).isFile()) throw new CommandFailure(EXIT.usage, `${file} is not a file`);
    return await openAsBlob(file);
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(EXIT.usage, reason(error), { cause: error });
  }
}
