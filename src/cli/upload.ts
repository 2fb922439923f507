// Uploads a file of this machine, with a bar for big ones.
import { openAsBlob } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import type { Client } from "../client/index.js";
import { createBar } from "./bar.js";
import { CommandFailure, EXIT } from "./failure.js";
import { say } from "./output.js";
import { reason } from "./parameters/read.js";

/** Smaller files are there before a bar could be read. */
const BAR_FROM_BYTES = 8 * 1024 ** 2;

/** A file that tells how many of its bytes were read: fetch streams it, so that is how many went out. */
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

/** The id that the server gives the file. Throws CommandFailure where it can't be read, and what the client throws. */
export async function uploadFile(client: Client, file: string): Promise<string> {
  const content = await openFile(file);
  const name = path.basename(file);
  if (content.size < BAR_FROM_BYTES) return (await client.upload(new File([content], name))).id;
  const bar = createBar(content.size);
  try {
    const counted = new CountedFile(content, name, (sent) => bar.update(sent, `uploading ${name}`));
    return (await client.upload(counted)).id;
  } finally {
    bar.clear();
    say(`Uploaded ${name}`);
  }
}

async function openFile(file: string): Promise<Blob> {
  try {
    if (!(await stat(file)).isFile()) throw new CommandFailure(EXIT.usage, `${file} is no file`);
    return await openAsBlob(file);
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(EXIT.usage, reason(error), { cause: error });
  }
}
