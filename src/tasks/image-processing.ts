// The task type image_processing: one operation on uploaded images or generated samples.
import { defineTask, type TaskContext } from "../index.js";
import { loadSharp, type Sharp } from "./image-processing/library.js";
import {
  checkpoint,
  type Image,
  type Parameters,
  parameters,
  type Result,
  result,
  sampleCount,
} from "./image-processing/parameters.js";
import { drawSample } from "./image-processing/sample.js";
import { type Input, transform } from "./image-processing/transform.js";
import { simulate, untilAborted } from "./pace.js";
import { plural } from "./text.js";

const SECONDS_PER_SAMPLE = 2;

export const imageProcessing = defineTask({
  name: "image_processing",
  description:
    "Resizes, converts, rotates or blurs images, makes them grayscale, or creates thumbnails. Without files, processes generated samples.",
  input: parameters,
  output: result,
  timeout: "1h",
  isolation: { process: import.meta.url, memory: "2GB", scratch: "1GB" },
  // What it has finished is in its checkpoint; the native work in between can't be asked to stop.
  grace: 0,
  summary: (given, [first]) => {
    const operation = `${given.operation.charAt(0).toUpperCase()}${given.operation.slice(1)}`;
    if (!given.file_ids) return `${operation} ${plural(sampleCount(given), "sample image")}`;
    if (!first) return `${operation} ${plural(given.file_ids.length, "image")}`;
    const others = given.file_ids.length - 1;
    return others > 0 ? `${operation} ${first.name} and ${others} more` : `${operation} ${first.name}`;
  },
  examples: [
    { title: "Resize three sample images", parameters: { image_count: 3, operation: "resize", width: 640 } },
    { title: "Thumbnails as WebP", parameters: { image_count: 5, operation: "thumbnail", format: "webp" } },
  ],
  async run(given, context): Promise<Result> {
    const sharp = await loadSharp();
    const total = given.file_ids?.length ?? sampleCount(given);
    const images = imagesOfEarlierAttempts(context);
    for (let position = images.length; position < total; position++) {
      context.progress({ done: position, total, stage: given.operation });
      const input = await openInput(sharp, given, position, context);
      const image = await processOne(sharp, input, given, images, context);
      if (image.note !== undefined) context.log.warn(`${image.source_name}: ${image.note}`);
      images.push(image);
      await context.checkpoint.set({ task_id: context.task.id, images });
    }
    const before = sum(images.map((image) => image.size_bytes_before));
    const after = sum(images.map((image) => image.size_bytes_after));
    context.progress({
      percent: 100,
      message: `${plural(total, "image")}, ${kilobytes(before)} → ${kilobytes(after)}`,
    });
    return {
      operation: given.operation,
      images,
      size_bytes_before: before,
      size_bytes_after: after,
      ...(given.file_ids ? {} : { simulated: true as const }),
    };
  },
});

/** Images finished before an interruption. A retry is a new task and must produce its own outputs. */
function imagesOfEarlierAttempts(context: TaskContext): Image[] {
  const before = checkpoint.safeParse(context.checkpoint.get()).data;
  return before?.task_id === context.task.id ? before.images : [];
}

async function openInput(
  sharp: Sharp,
  given: Parameters,
  position: number,
  context: TaskContext,
): Promise<Input> {
  const id = given.file_ids?.[position];
  if (id !== undefined) {
    const file = await context.files.open(id);
    return { name: file.name, data: file.path, sizeBytes: file.sizeBytes };
  }
  const [data] = await Promise.all([
    drawSample(sharp, position),
    simulate(SECONDS_PER_SAMPLE, context.signal),
  ]);
  return { name: `sample-${position + 1}.jpg`, data, sizeBytes: data.length };
}

/** Native work cannot be interrupted: after a cancel it finishes in the background, within its own time limit. */
async function processOne(
  sharp: Sharp,
  input: Input,
  given: Parameters,
  others: readonly Image[],
  context: TaskContext,
): Promise<Image> {
  const output = await untilAborted(transform(sharp, input, given), context.signal);
  const taken = others.some((other) => other.name === output.image.name);
  const name = taken ? `${others.length + 1}-${output.image.name}` : output.image.name;
  const artifact = await context.artifacts.put(name, output.data, output.mediaType);
  return { ...output.image, name, artifact_id: artifact.id };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000).toLocaleString("en-US")} kB`;
}
