// What an image is before it is worked on: its format, size, and how many frames or pages it has.
import { open } from "node:fs/promises";
import { Discard } from "../../index.js";
import { MAX_PIXELS, type Sharp } from "./library.js";

/** Formats whose frames or pages libvips can hold as one image. Those of an AVIF are pictures with nothing in common. */
const HELD = new Set(["gif", "webp", "tiff"]);

export interface Input {
  readonly name: string;
  /** Where the bytes are stored, or they themselves. */
  readonly data: string | Buffer;
  readonly sizeBytes: number;
}

export interface Inspected {
  readonly format: string;
  /** Upright, of one frame. */
  readonly width: number;
  readonly height: number;
  /** As EXIF has it: 1 is upright. */
  readonly orientation: number;
  /** Frames of an animation, or pages. */
  readonly frames: number;
  /** Frames that can be read together: libvips reads only the first of an animated PNG, and only pages of one size. */
  readonly readable: number;
  /** Milliseconds of each frame, and how often the animation runs; absent for a still image. */
  readonly timing: { readonly delay?: number[]; readonly loop?: number };
  readonly hasMetadata: boolean;
}

/** Throws Discard naming the file where it is of a format that is not taken. */
export async function inspect(sharp: Sharp, input: Input): Promise<Inspected> {
  const metadata = await sharp(input.data, { limitInputPixels: false })
    .metadata()
    .catch((cause: unknown) => {
      throw new Discard(
        `${input.name} is not a supported image; supported formats are JPEG, PNG, WebP, GIF, TIFF and AVIF`,
        { cause: withoutPath(input, cause) },
      );
    });
  if (metadata.format === "heif" && metadata.compression !== "av1") {
    throw new Discard(`${input.name} is a HEIC image; only AVIF images of this family are supported`);
  }
  const format = metadata.format === "heif" ? "avif" : metadata.format;
  const pages = metadata.pages ?? 1;
  const { delay, loop } = metadata;
  return {
    format,
    ...metadata.autoOrient,
    orientation: metadata.orientation ?? 1,
    frames: format === "png" ? await framesOfPng(input.data) : pages,
    readable: pages > 1 && HELD.has(format) && (await areOfOneSize(sharp, input)) ? pages : 1,
    timing: { ...(delay && { delay }), ...(loop !== undefined && { loop }) },
    hasMetadata: [metadata.exif, metadata.xmp, metadata.iptc].some((part) => part !== undefined),
  };
}

/** Throws Discard where that many frames have more pixels than the limit. */
export function requirePixels(name: string, width: number, height: number, frames: number): void {
  if (width * height * frames <= MAX_PIXELS) return;
  const each = frames > 1 ? ` in each of ${frames} frames` : "";
  throw new Discard(
    `${name} has ${width} × ${height} pixels${each}; the limit is ${MAX_PIXELS} pixels in total`,
  );
}

/** Some loaders name the file by its path on this machine, which is nothing for those who read the errors of a task. */
export function withoutPath({ data, name }: Input, cause: unknown): Error {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new Error(typeof data === "string" ? message.replaceAll(data, name) : message);
}

/** Pages of a TIFF may differ, as in the reduced copies of a pyramid; libvips joins only equal ones. */
async function areOfOneSize(sharp: Sharp, { data }: Input): Promise<boolean> {
  return sharp(data, { limitInputPixels: false, pages: -1 })
    .metadata()
    .then(
      ({ height, pages = 1, pageHeight = height }) => height === pages * pageHeight,
      () => false,
    );
}

/** The chunk acTL before the first IDAT makes a PNG an animation (W3C PNG, third edition, §11.3.6.1). */
async function framesOfPng(data: string | Buffer): Promise<number> {
  const file = typeof data === "string" ? await open(data) : undefined;
  try {
    const read = async (start: number, length: number): Promise<Buffer> => {
      if (typeof data !== "string") return data.subarray(start, start + length);
      const buffer = Buffer.alloc(length);
      const answer = await file?.read(buffer, 0, length, start);
      return buffer.subarray(0, answer?.bytesRead ?? 0);
    };
    for (let at = 8; ; ) {
      const chunk = await read(at, 12);
      const type = chunk.toString("latin1", 4, 8);
      if (chunk.length < 12 || type === "IDAT") return 1;
      if (type === "acTL") return Math.max(chunk.readUInt32BE(8), 1);
      at += 12 + chunk.readUInt32BE(0);
    }
  } finally {
    await file?.close();
  }
}
