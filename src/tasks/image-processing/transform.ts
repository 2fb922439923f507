// One image: checked, turned upright, worked on and encoded. Metadata is left behind.
import path from "node:path";
import { Discard } from "../../index.js";
import { MAX_PIXELS, MAX_SECONDS, type Sharp } from "./library.js";
import { angleOf, FORMATS, type Format, type Image, type Parameters, sizing } from "./parameters.js";

const BLUR_SIGMA = 8;

export interface Input {
  readonly name: string;
  /** Where the bytes lie, or they themselves. */
  readonly data: string | Buffer;
  readonly sizeBytes: number;
}

export interface Output {
  readonly data: Buffer;
  readonly mediaType: string;
  readonly image: Omit<Image, "artifact_id">;
}

/** Throws Discard naming the file where it is broken, too large or of a format that is not taken. */
export async function transform(sharp: Sharp, input: Input, given: Parameters): Promise<Output> {
  const before = await inspect(sharp, input);
  const format = given.format ?? (given.operation === "convert" ? "webp" : sameFormat(before.format));
  // `autoOrient` turns the pixels as the camera held them; sharp writes no metadata unless asked to.
  let pipeline = sharp(input.data, { limitInputPixels: MAX_PIXELS, failOn: "error" })
    .autoOrient()
    .timeout({ seconds: MAX_SECONDS });
  switch (given.operation) {
    case "resize":
    case "thumbnail":
      pipeline = pipeline.resize(sizing(given));
      break;
    case "rotate": {
      // Formats without transparency can't leave the corners clear.
      const background = { r: 0, g: 0, b: 0, alpha: format === "jpeg" ? 1 : 0 };
      pipeline = pipeline.rotate(angleOf(given), { background });
      break;
    }
    case "grayscale":
      pipeline = pipeline.grayscale();
      break;
    case "blur":
      pipeline = pipeline.blur(BLUR_SIGMA);
      break;
    case "convert":
      break;
  }
  // JPEG has no transparency; without a background it would turn black.
  if (format === "jpeg") pipeline = pipeline.flatten({ background: given.background ?? "#ffffff" });
  const options = given.quality === undefined ? {} : { quality: given.quality };
  const { data, info } = await pipeline
    .toFormat(format, options)
    .toBuffer({ resolveWithObject: true })
    .catch((error: unknown) => {
      throw refuse(input, error);
    });
  return {
    data,
    mediaType: `image/${format}`,
    image: {
      name: `${path.parse(input.name).name.slice(0, 200)}-${given.operation}.${format === "jpeg" ? "jpg" : format}`,
      source_name: input.name,
      width: info.width,
      height: info.height,
      format,
      width_before: before.width,
      height_before: before.height,
      format_before: before.format,
      size_bytes_before: input.sizeBytes,
      size_bytes_after: data.length,
    },
  };
}

async function inspect(
  sharp: Sharp,
  input: Input,
): Promise<{ readonly width: number; readonly height: number; readonly format: string }> {
  const metadata = await sharp(input.data, { limitInputPixels: false })
    .metadata()
    .catch((cause: unknown) => {
      throw new Discard(
        `${input.name} is not a supported image; supported formats are JPEG, PNG, WebP, GIF, TIFF and AVIF`,
        {
          cause,
        },
      );
    });
  const { width, height } = metadata.autoOrient;
  const pixels = metadata.width * metadata.height;
  if (pixels > MAX_PIXELS) {
    throw new Discard(
      `${input.name} has ${width} × ${height} pixels; the limit is ${MAX_PIXELS} pixels in total`,
    );
  }
  const format = metadata.format === "heif" ? "avif" : metadata.format;
  if (metadata.format === "heif" && metadata.compression !== "av1") {
    throw new Discard(`${input.name} is a HEIC image; only AVIF images of this family are supported`);
  }
  return { width, height, format };
}

/** The format the output keeps; png for those that are read but not written. */
function sameFormat(format: string): Format {
  return FORMATS.find((known) => known === format) ?? "png";
}

/** A failure of libvips over bytes that it could begin to read: the file's fault, trying again won't fix it. */
function refuse(input: Input, cause: unknown): Discard {
  const said = cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause);
  // Some loaders name the file by its path on this machine.
  const reason = typeof input.data === "string" ? said.replaceAll(input.data, input.name) : said;
  return new Discard(`${input.name} cannot be processed: ${reason}`, { cause });
}
