// What image_processing takes and answers.
import { z } from "zod";
import { fileId } from "../../index.js";

export const OPERATIONS = ["resize", "convert", "thumbnail", "rotate", "grayscale", "blur"] as const;
export const FORMATS = ["png", "jpeg", "webp", "avif"] as const;

const DEFAULT_COUNT = 3;
const DEFAULT_WIDTH = 800;
const THUMBNAIL_SIZE = 200;
const DEFAULT_ANGLE = 90;
const MAX_SIDE = 10_000;

const count = z.int().min(1).max(100).optional();
const side = z.int().min(1).max(MAX_SIDE).optional();

const fields = z.strictObject({
  file_ids: z
    .array(fileId({ title: "Image", description: "An uploaded image." }))
    .min(1)
    .max(100)
    .optional()
    .meta({ title: "Images", description: "Uploaded JPEG, PNG, WebP, GIF, TIFF or AVIF images." }),
  image_count: count.meta({
    title: "Sample images",
    description: `Without files: draw that many sample images first, two seconds each. Default ${DEFAULT_COUNT}.`,
    examples: [3, 10],
  }),
  count: count.meta({ title: "Count", description: "Another name for image_count." }),
  operation: z
    .enum(OPERATIONS)
    .default("resize")
    .meta({ title: "Operation", description: "What to do with each image. Default resize." }),
  width: side.meta({
    title: "Width",
    description: `Pixels, for resize and thumbnail. Default: ${DEFAULT_WIDTH} for resize where no height is given, ${THUMBNAIL_SIZE} for thumbnail.`,
    examples: [320, 800],
  }),
  height: side.meta({
    title: "Height",
    description: `Pixels, for resize and thumbnail. Default: as the width asks; ${THUMBNAIL_SIZE} for thumbnail.`,
  }),
  fit: z.enum(["cover", "contain", "fill", "inside", "outside"]).optional().meta({
    title: "Fit",
    description:
      "How an image fills width and height of another shape. Default: inside for resize (nothing is cut), cover for thumbnail.",
  }),
  format: z.enum(FORMATS).optional().meta({
    title: "Format",
    description:
      "Format of the outputs. Default: webp for convert; else that of the input, and png for GIF and TIFF.",
  }),
  quality: z
    .int()
    .min(1)
    .max(100)
    .optional()
    .meta({
      title: "Quality",
      description: "1–100, for jpeg, webp and avif. Default: 80, for avif 50.",
      examples: [80],
    }),
  angle: z
    .int()
    .min(-360)
    .max(360)
    .optional()
    .meta({
      title: "Angle",
      description: `Degrees clockwise, for rotate; corners that come up empty are black, or clear where the format can. Default ${DEFAULT_ANGLE}.`,
      examples: [90, 180],
    }),
});

const SIZING = ["width", "height", "fit"] as const;

export const parameters = fields.superRefine((given, refinement) => {
  const refuse = (name: keyof typeof given, message: string) => {
    if (given[name] !== undefined) refinement.addIssue({ code: "custom", path: [name], message });
  };
  if (given.file_ids !== undefined) {
    refuse("image_count", "can't go with file_ids");
    refuse("count", "can't go with file_ids");
  } else if (
    given.image_count !== undefined &&
    given.count !== undefined &&
    given.image_count !== given.count
  ) {
    refuse("count", "must equal image_count where both are given; they mean the same");
  }
  if (given.operation !== "resize" && given.operation !== "thumbnail") {
    for (const name of SIZING) refuse(name, "goes with the operations resize and thumbnail");
  }
  if (given.operation !== "rotate") refuse("angle", "goes with the operation rotate");
  if (given.format === "png") refuse("quality", "means nothing for png, which loses nothing");
});

export type Parameters = z.output<typeof parameters>;
export type Operation = Parameters["operation"];
export type Format = (typeof FORMATS)[number];

/** How many sample images to draw. */
export function sampleCount(given: Parameters): number {
  return given.image_count ?? given.count ?? DEFAULT_COUNT;
}

/** Width, height and fit of the output, with the defaults of the operation. */
export function sizing(given: Parameters): {
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly fit: NonNullable<Parameters["fit"]>;
} {
  const { width, height } = given;
  if (given.operation === "thumbnail") {
    return {
      width: width ?? height ?? THUMBNAIL_SIZE,
      height: height ?? width ?? THUMBNAIL_SIZE,
      fit: given.fit ?? "cover",
    };
  }
  return {
    width: width ?? (height === undefined ? DEFAULT_WIDTH : undefined),
    height,
    fit: given.fit ?? "inside",
  };
}

export function angleOf(given: Parameters): number {
  return given.angle ?? DEFAULT_ANGLE;
}

const image = z.object({
  name: z.string().describe("Name of the output."),
  source_name: z.string(),
  width: z.int().describe("Of the output, in pixels, as the next ones."),
  height: z.int(),
  format: z.string(),
  width_before: z.int().describe("Of the input as it is looked at, in pixels, as the next ones."),
  height_before: z.int(),
  format_before: z.string(),
  size_bytes_before: z.int(),
  size_bytes_after: z.int(),
  artifact_id: z.string().describe("The output."),
});

export const result = z.object({
  operation: z.enum(OPERATIONS),
  images: z.array(image),
  size_bytes_before: z.int().describe("Of all inputs."),
  size_bytes_after: z.int().describe("Of all outputs."),
  simulated: z.literal(true).optional().describe("The inputs were drawn."),
});

/** What was done before a crash or a failure; the outputs belong to that task. */
export const checkpoint = z.object({ task_id: z.string(), images: z.array(image) });

export type Image = z.output<typeof image>;
export type Result = z.output<typeof result>;
