// Limits for data that is unpacked: a few kilobytes can hold gigabytes.
import { Transform } from "node:stream";
import { Discard } from "../../index.js";
import { SCRATCH_BYTES } from "./session.js";

export interface UnpackedLimits {
  readonly bytes: number;
  /** Unpacked bytes for each packed one, once there are more than `ratioFrom` of them. */
  readonly ratio: number;
  readonly ratioFrom: number;
}

/** The table that is read from it needs scratch space, too. gzip reaches a ratio of 1,030, real tables rarely 50. */
export const UNPACKED_LIMITS: UnpackedLimits = {
  bytes: SCRATCH_BYTES / 2,
  ratio: 250,
  ratioFrom: 64 * 1024 ** 2,
};

interface Unpacked {
  /** Name of the packed file. */
  readonly name: string;
  readonly packedBytes: number;
  readonly onBytes?: ((unpacked: number) => void) | undefined;
}

/** A stream that passes bytes on, and fails with Discard once they exceed a limit. */
export function limitUnpacked(limits: UnpackedLimits, { name, packedBytes, onBytes }: Unpacked) {
  let total = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      total += chunk.length;
      onBytes?.(total);
      if (total > limits.bytes) done(new Discard(tooLarge(name, limits.bytes)));
      else if (total > limits.ratioFrom && total > limits.ratio * packedBytes) {
        const reason = `is more than ${limits.ratio} times its size when unpacked; the limit is ${limits.ratio} times`;
        done(new Discard(`${name} ${reason}. Upload it unpacked`));
      } else done(null, chunk);
    },
  });
  return { stream, total: () => total };
}

function tooLarge(name: string, bytes: number): string {
  const limit = bytes >= 1024 ** 3 ? `${bytes / 1024 ** 3} GB` : `${bytes} bytes`;
  return `${name} holds more than ${limit} when unpacked; the limit is ${limit}. Split the file`;
}
