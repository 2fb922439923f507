// One image: checked, turned upright, worked on and encoded, with all of its frames where the output can hold them.
import path from "node:path";
import type { Sharp as Pipeline } from "sharp";
import { Discard } from "../../index.js";
import { plural } from "../text.js";
import { eachFrame } from "./frames.js";
import { type Input, type Inspected, inspect, requirePixels, withoutPath } from "./inspect.js";
import { MAX_PIXELS, MAX_SECONDS, type Sharp } from "./library.js";
import { angleOf, FORMATS, type Format, type Image, type Parameters, sizing } from "./parameters.js";

const BLUR_SIGMA = 8;
const CLEAR = "#00000000";
const WHITE = "#ffffff";

export type { Input } from "./inspect.js";

export interface Output {
  readonly data: Buffer;
  readonly mediaType: string;
  readonly image: Omit<Image, "artifact_id">;
}

/** Throws Discard naming the file where it is broken, too large or of a format that is not taken. */
export async function transform(sharp: Sharp, input: Input, given: Parameters): Promise<Output> {
  const before = await inspect(sharp, input);
  const format = given.format ?? defaultFormat(given, before);
  const isAllKept = before.readable === before.frames && holdsFrames(format, before.format);
  const frames = isAllKept ? before.frames : 1;
  requirePixels(input.name, before.width, before.height, frames);
  const isEach = frames > 1 && needsEachFrame(given, before);
  try {
    const pipeline = isEach
      ? await eachFrame(sharp, input, before, (frame) => operate(frame, given, format))
      : operate(upright(sharp, input, frames), given, format);
    const { data, info } = await encode(pipeline, given, format, frames > 1 ? before : undefined)
      .timeout({ seconds: MAX_SECONDS })
      .toBuffer({ resolveWithObject: true });
    const notes = [
      ...(frames < before.frames ? [whyOnlyOne(before, format)] : []),
      ...(isEach && given.keep_metadata && before.hasMetadata
        ? ["The metadata was not kept, which is not possible for this operation on several frames"]
        : []),
    ];
    return {
      data,
      mediaType: `image/${format}`,
      image: {
        name: `${path.parse(input.name).name.slice(0, 200)}-${given.operation}.${format === "jpeg" ? "jpg" : format}`,
        source_name: input.name,
        width: info.width,
        height: info.pageHeight ?? info.height,
        format,
        frames,
        width_before: before.width,
        height_before: before.height,
        format_before: before.format,
        frames_before: before.frames,
        size_bytes_before: input.sizeBytes,
        size_bytes_after: data.length,
        ...(notes.length > 0 && { note: notes.join(". ") }),
      },
    };
  } catch (error) {
    throw error instanceof Discard ? error : refuse(input, error);
  }
}

/** `autoOrient` turns the pixels as the camera held them. */
function upright(sharp: Sharp, { data }: Input, frames: number): Pipeline {
  const options = {
    limitInputPixels: MAX_PIXELS,
    failOn: "error",
    ...(frames > 1 && { pages: -1 }),
  } as const;
  return frames > 1 ? sharp(data, options) : sharp(data, options).autoOrient();
}

function operate(pipeline: Pipeline, given: Parameters, format: Format): Pipeline {
  // What is added to an image is clear where the format can show that.
  const background = given.background ?? (format === "jpeg" ? WHITE : CLEAR);
  switch (given.operation) {
    case "resize":
    case "thumbnail":
      return pipeline.resize({ ...sizing(given), background });
    case "rotate":
      return pipeline.rotate(angleOf(given), { background });
    case "grayscale":
      return pipeline.grayscale();
    case "blur":
      return pipeline.blur(BLUR_SIGMA);
    case "convert":
      return pipeline;
  }
}

/** Colors are converted to sRGB, and metadata is left behind unless it is asked for. `animation`: where there is one. */
function encode(pipeline: Pipeline, given: Parameters, format: Format, animation?: Inspected): Pipeline {
  const kept = given.keep_metadata ? pipeline.keepMetadata().withIccProfile("srgb") : pipeline;
  // JPEG has no transparency; without a background it would turn black.
  const whole = format === "jpeg" ? kept.flatten({ background: given.background ?? WHITE }) : kept;
  if (format === "tiff") return whole.tiff({ compression: "lzw" });
  const quality = given.quality === undefined ? {} : { quality: given.quality };
  return whole.toFormat(format, { ...quality, ...animation?.timing });
}

/** The format the output keeps; png for those that only animations and documents of several pages need. */
function defaultFormat({ operation }: Parameters, { format, readable }: Inspected): Format {
  if (operation === "convert") return "webp";
  if (readable === 1 && (format === "gif" || format === "tiff")) return "png";
  return FORMATS.find((known) => known === format) ?? "png";
}

/** Frames follow one another in time, pages do not. */
function holdsFrames(format: Format, formatBefore: string): boolean {
  return formatBefore === "tiff" ? format === "tiff" : format === "gif" || format === "webp";
}

function needsEachFrame({ operation }: Parameters, { orientation }: Inspected): boolean {
  return operation === "rotate" || operation === "blur" || orientation > 1;
}

function whyOnlyOne({ format, frames, readable }: Inspected, output: Format): string {
  const isTiff = format === "tiff";
  const what = `Only the first of ${plural(frames, isTiff ? "page" : "frame")} was kept`;
  if (readable < frames) {
    if (isTiff) return `${what}: the pages differ in size`;
    return `${what}: ${format.toUpperCase()} files of several frames are not supported`;
  }
  return isTiff
    ? `${what}: ${output} files have no pages; the format tiff keeps them`
    : `${what}: ${output} files are not animated; the formats gif and webp keep all frames`;
}

/** A failure of libvips over bytes that it could begin to read: the file's fault, trying again won't fix it. */
function refuse(input: Input, error: unknown): Discard {
  const cause = withoutPath(input, error);
  return new Discard(`${input.name} cannot be processed: ${cause.message.split("\n")[0] ?? ""}`, { cause });
}
