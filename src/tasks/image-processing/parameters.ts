// Parameters and result of image_processing.
import { z } from "zod";
import { fileId } from "../../index.js";

export const OPERATIONS = ["resize", "convert", "thumbnail", "rotate", "grayscale", "blur"] as const;
export const FORMATS = ["png", "jpeg", "webp", "avif", "gif", "tiff"] as const;

const DEFAULT_COUNT = 3;
const DEFAULT_WIDTH = 800;
const THUMBNAIL_SIZE = 200;
const DEFAULT_ANGLE = 90;
const MAX_SIDE = 10_000;

const count = z.int().min(1).max(100).optional();
const side = z.int().min(1).max(MAX_SIDE).optional();

const fields = z.strictObject({
  file_ids: z
    .array(fileId({ title: "Image", description: "Uploaded image." }))
    .min(1)
    .max(100)
    .optional()
    .meta({ title: "Images", description: "Uploaded JPEG, PNG, WebP, GIF, TIFF or AVIF images." }),
  image_count: count.meta({
    title: "Sample images",
    description: `Number of sample images to generate if no files are given, two seconds each. Default: ${DEFAULT_COUNT}.`,
    examples: [3, 10],
  }),
  count: count.meta({ title: "Count", description: "Alias of image_count.", deprecated: true }),
  operation: z
    .enum(OPERATIONS)
    .default("resize")
    .meta({ title: "Operation", description: "Operation to apply to each image. Default: resize." }),
  width: side.meta({
    title: "Width",
    description: `Width in pixels, for resize and thumbnail. Default: ${DEFAULT_WIDTH} for resize if no height is given, ${THUMBNAIL_SIZE} for thumbnail.`,
    examples: [320, 800],
  }),
  height: side.meta({
    title: "Height",
    description: `Height in pixels, for resize and thumbnail. Default: proportional to the width for resize, ${THUMBNAIL_SIZE} for thumbnail.`,
  }),
  fit: z.enum(["cover", "contain", "fill", "inside", "outside"]).optional().meta({
    title: "Fit",
    description:
      "How an image fits a width and height with another aspect ratio. Default: inside for resize (nothing is cropped), cover for thumbnail.",
  }),
  format: z.enum(FORMATS).optional().meta({
    title: "Format",
    description:
      "Output format. Default: webp for convert; otherwise the input's format, or png for a GIF of one frame and a TIFF of one page. Animations are kept in gif and webp, pages in tiff.",
  }),
  quality: z
    .int()
    .min(1)
    .max(100)
    .optional()
    .meta({
      title: "Quality",
      description: "1–100, for jpeg, webp and avif. Default: 80, or 50 for avif.",
      examples: [80],
    }),
  background: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, "must be a color such as #ffffff")
    .optional()
    .meta({
      title: "Background",
      description:
        "Color behind transparent parts in JPEG, of the corners after a rotation, and of the margins with the fit contain. " +
        "Default: #ffffff (white) for JPEG; otherwise corners and margins are transparent.",
      examples: ["#ffffff", "#1e293b"],
    }),
  angle: z
    .int()
    .min(-360)
    .max(360)
    .optional()
    .meta({
      title: "Angle",
      description: `Degrees clockwise, for rotate. Default: ${DEFAULT_ANGLE}.`,
      examples: [90, 180],
    }),
  keep_metadata: z.boolean().default(false).meta({
    title: "Keep metadata",
    description:
      "Keep EXIF (camera, time, place), XMP and IPTC of the input. By default they are removed. Colors are converted to sRGB in any case.",
  }),
});

const SIZING = ["width", "height", "fit"] as const;

export const parameters = fields.superRefine((given, refinement) => {
  const refuse = (name: keyof typeof given, message: string) => {
    if (given[name] !== undefined) refinement.addIssue({ code: "custom", path: [name], message });
  };
  if (given.file_ids !== undefined) {
    refuse("image_count", "cannot be combined with file_ids");
    refuse("count", "cannot be combined with file_ids");
  } else if (
    given.image_count !== undefined &&
    given.count !== undefined &&
    given.image_count !== given.count
  ) {
    refuse("count", "must equal image_count, of which it is an alias");
  }
  if (given.operation !== "resize" && given.operation !== "thumbnail") {
    for (const name of SIZING) refuse(name, "is only allowed with the operations resize and thumbnail");
  }
  if (given.operation !== "rotate") refuse("angle", "is only allowed with the operation rotate");
  if (given.format === "png" || given.format === "gif" || given.format === "tiff") {
    refuse("quality", `is not allowed for ${given.format}, which is lossless`);
  }
});

export type Parameters = z.output<typeof parameters>;
export type Operation = Parameters["operation"];
export type Format = (typeof FORMATS)[number];

/** Number of sample images to generate. */
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
  name: z.string().describe("Name of the output file."),
  source_name: z.string(),
  width: z.int().describe("Width of the output in pixels; height likewise."),
  height: z.int(),
  format: z.string(),
  frames: z
    .int()
    .describe("Frames of the animation, or pages of the TIFF, in the output; frames_before in the input."),
  width_before: z
    .int()
    .describe("Width of the input in pixels, after applying its EXIF orientation; height_before likewise."),
  height_before: z.int(),
  format_before: z.string(),
  frames_before: z.int(),
  size_bytes_before: z.int(),
  size_bytes_after: z.int(),
  note: z.string().optional().describe("What was not kept, and why."),
  artifact_id: z.string().describe("Id of the output artifact."),
});

export const result = z.object({
  operation: z.enum(OPERATIONS),
  images: z.array(image),
  size_bytes_before: z.int().describe("Total size of all inputs in bytes."),
  size_bytes_after: z.int().describe("Total size of all outputs in bytes."),
  simulated: z.literal(true).optional().describe("The inputs were generated."),
});

/** Images finished before a crash or failure; the outputs belong to that task. */
export const checkpoint = z.object({ task_id: z.string(), images: z.array(image) });

export type Image = z.output<typeof image>;
export type Result = z.output<typeof result>;
