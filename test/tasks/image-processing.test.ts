// image_processing on the example photographs, on drawn samples, and on files that are no images or mean harm.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { Aborted, Discard } from "../../src/index.js";
import { result } from "../../src/tasks/image-processing/parameters.js";
import { imageProcessing } from "../../src/tasks/image-processing.js";
import { type RecordedContext, sharedBench } from "../support/task-context.js";

const example = (name: string) => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
const LAKE = example("mountain-lake.jpg");
const HILLS = example("green-hills.jpg");

const bench = sharedBench();

/** Checks the parameters as a submit does, defaults included, and runs. */
async function run(parameters: object, context: RecordedContext = bench.context()) {
  const checked = await imageProcessing.input["~standard"].validate(parameters);
  if (checked.issues) throw new Error(JSON.stringify(checked.issues));
  return result.parse(await imageProcessing.run(checked.value, context));
}

const photo = (name: string, path: string) => bench.upload(name, { path });

describe("uploaded images", () => {
  test("are resized, and the figures are those of the outputs", async () => {
    const file_ids = [await photo("lake.jpg", LAKE), await photo("hills.jpg", HILLS)];
    const context = bench.context();
    const done = await run({ file_ids, operation: "resize", width: 320 }, context);
    expect(done.simulated).toBeUndefined();
    expect(done.images.map(({ name }) => name)).toEqual(["lake-resize.jpg", "hills-resize.jpg"]);
    for (const image of done.images) {
      expect(image).toMatchObject({ width: 320, height: 213, width_before: 1600, height_before: 1067 });
      const bytes = await bench.artifact(image.artifact_id);
      expect(bytes.length).toBe(image.size_bytes_after);
      expect(await sharp(bytes).metadata()).toMatchObject({ width: 320, height: 213, format: "jpeg" });
    }
    expect(done.images[0]?.size_bytes_before).toBe((await readFile(LAKE)).length);
    expect(context.stored.map(({ mediaType }) => mediaType)).toEqual(["image/jpeg", "image/jpeg"]);
    expect(context.updates.at(-1)).toMatchObject({ percent: 100, message: /^2 images, / });
  });

  test.each([
    ["thumbnail", {}, { width: 200, height: 200, format: "jpeg" }],
    ["thumbnail", { width: 90, height: 60, format: "png" }, { width: 90, height: 60, format: "png" }],
    ["resize", { height: 100 }, { width: 150, height: 100 }],
    ["resize", {}, { width: 800, height: 534 }],
    ["resize", { width: 300, height: 300, fit: "fill" }, { width: 300, height: 300 }],
    ["convert", {}, { width: 1600, height: 1067, format: "webp" }],
    ["convert", { format: "avif", quality: 30 }, { width: 1600, height: 1067, format: "avif" }],
    ["rotate", {}, { width: 1067, height: 1600 }],
    ["rotate", { angle: -180 }, { width: 1600, height: 1067 }],
    ["grayscale", {}, { width: 1600, height: 1067 }],
    ["blur", {}, { width: 1600, height: 1067 }],
  ])("%s %o", async (operation, options, expected) => {
    const done = await run({ file_ids: [await photo("lake.jpg", LAKE)], operation, ...options });
    expect(done.images).toMatchObject([expected]);
    const bytes = await bench.artifact(done.images[0]?.artifact_id ?? "");
    const { format, compression, ...size } = await sharp(bytes).metadata();
    expect(size).toMatchObject({ width: done.images[0]?.width, height: done.images[0]?.height });
    expect(compression === "av1" ? "avif" : format).toBe(done.images[0]?.format);
  });

  test("grey is grey, and blur takes detail away", async () => {
    const file_ids = [await photo("hills.jpg", HILLS)];
    const output = async (operation: string) => {
      const done = await run({ file_ids, operation, format: "png" });
      return sharp(await bench.artifact(done.images[0]?.artifact_id ?? "")).stats();
    };
    const means = (await output("grayscale")).channels.map(({ mean }) => mean);
    expect(new Set(means).size).toBe(1);
    expect((await output("blur")).sharpness).toBeLessThan((await output("convert")).sharpness);
  });

  test("are turned upright, and leave place and camera behind", async () => {
    const taken = await sharp(LAKE)
      .resize(300, 200)
      .withExif({ IFD0: { Make: "Camera" }, IFD3: { GPSLatitude: "51/1 30/1 0/1" } })
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const done = await run({ file_ids: [await bench.upload("taken.jpg", taken)], operation: "convert" });
    expect(done.images).toMatchObject([{ width: 200, height: 300, width_before: 200, height_before: 300 }]);
    const metadata = await sharp(await bench.artifact(done.images[0]?.artifact_id ?? "")).metadata();
    expect([metadata.exif, metadata.orientation, metadata.xmp, metadata.icc]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test.each(["png", "webp", "gif", "tiff", "avif"] as const)("of the format %s are taken", async (format) => {
    const bytes = await sharp(LAKE).resize(60).toFormat(format).toBuffer();
    const done = await run({ file_ids: [await bench.upload(`image.${format}`, bytes)], width: 30 });
    const kept = format === "gif" || format === "tiff" ? "png" : format;
    expect(done.images).toMatchObject([{ format: kept, format_before: format, width: 30 }]);
  });

  test.each([
    [{}, [255, 255, 255]],
    [{ background: "#204060" }, [32, 64, 96]],
  ])("with transparency become JPEG on a background: %o", async (options, color) => {
    const clear = await sharp({ create: { width: 16, height: 16, channels: 4, background: "#00000000" } })
      .png()
      .toBuffer();
    const file_ids = [await bench.upload("clear.png", clear)];
    const done = await run({ file_ids, operation: "convert", format: "jpeg", quality: 100, ...options });
    const { channels } = await sharp(await bench.artifact(done.images[0]?.artifact_id ?? "")).stats();
    channels.forEach(({ mean }, at) => {
      expect(Math.abs(mean - (color[at] ?? 0))).toBeLessThanOrEqual(2);
    });
  });

  test("a truncated AVIF fails without a path of this machine", async () => {
    const whole = await sharp(LAKE).resize(200).avif().toBuffer();
    const file_ids = [await bench.upload("cut.avif", whole.subarray(0, whole.length / 2))];
    const failure = await run({ file_ids, width: 20 }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Discard);
    expect(String(failure)).toContain("cut.avif");
    expect(String(failure)).not.toContain("/tmp");
  });

  test("of one name get outputs of two", async () => {
    const file_ids = [await photo("a.jpg", LAKE), await photo("a.jpg", HILLS)];
    const { images } = await run({ file_ids, width: 10 });
    expect(images.map(({ name }) => name)).toEqual(["a-resize.jpg", "2-a-resize.jpg"]);
  });
});

describe("files that fail the task at once, with their name and why", () => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>`;
  test.each([
    ["vector.svg", Buffer.from(svg), /^vector\.svg is not a supported image/],
    ["renamed.png", Buffer.from(svg), /^renamed\.png is not a supported image/],
    ["text.jpg", Buffer.from("not an image"), /^text\.jpg is not a supported image/],
    ["empty.jpg", Buffer.alloc(0), /^empty\.jpg is not a supported image/],
    ["document.pdf", Buffer.from("%PDF-1.4\n1 0 obj\n"), /^document\.pdf is not a supported image/],
  ])("%s", async (name, bytes, message) => {
    const file_ids = [await bench.upload(name, bytes)];
    const failure = run({ file_ids });
    await expect(failure).rejects.toThrow(Discard);
    await expect(failure).rejects.toThrow(message);
  });

  test("a broken photograph", async () => {
    const whole = await readFile(LAKE);
    const file_ids = [await bench.upload("broken.jpg", whole.subarray(0, whole.length / 2))];
    const failure = run({ file_ids });
    await expect(failure).rejects.toThrow(Discard);
    await expect(failure).rejects.toThrow(/^broken\.jpg cannot be processed: /);
  });

  test("a small file of very many pixels", async () => {
    const bomb = await sharp({ create: { width: 15_000, height: 9_000, channels: 3, background: "white" } })
      .png()
      .toBuffer();
    expect(bomb.length).toBeLessThan(2_000_000);
    const failure = run({ file_ids: [await bench.upload("bomb.png", bomb)] });
    await expect(failure).rejects.toThrow(Discard);
    await expect(failure).rejects.toThrow(
      "bomb.png has 15000 × 9000 pixels; the limit is 100000000 pixels in total",
    );
  }, 60_000);
});

describe("samples", () => {
  test("are drawn, each another", async () => {
    const done = await run({ image_count: 3, operation: "thumbnail" });
    expect(done).toMatchObject({ simulated: true, operation: "thumbnail" });
    expect(done.images.map(({ source_name }) => source_name)).toEqual([
      "sample-1.jpg",
      "sample-2.jpg",
      "sample-3.jpg",
    ]);
    expect(new Set(done.images.map(({ size_bytes_before }) => size_bytes_before)).size).toBe(3);
    expect(done.images[0]).toMatchObject({ width_before: 1200, height_before: 800, width: 200 });
    expect((await run({ count: 1 })).images).toHaveLength(1);
    expect((await run({})).images).toHaveLength(3);
  });

  test("after a crash, what was done is not done again; a retry starts afresh", async () => {
    const controller = new AbortController();
    const first = bench.context({
      signal: controller.signal,
      onCheckpoint: () => controller.abort(new Aborted("shutdown", "the worker stops")),
    });
    await expect(run({ count: 3 }, first)).rejects.toThrow(Aborted);
    expect(first.stored).toHaveLength(1);
    const checkpoint = first.checkpoint.get();
    const second = bench.context({ id: first.task.id, attempt: 2, checkpoint });
    const done = await run({ count: 3 }, second);
    expect(second.stored).toHaveLength(2);
    expect(done.images[0]?.artifact_id).toBe(first.stored[0]?.id);
    const retry = bench.context({ checkpoint });
    await run({ count: 3 }, retry);
    expect(retry.stored).toHaveLength(3);
  });
});

test("a cancel stops in the middle of a big image, and its output is not stored", async () => {
  const big = await sharp({ create: { width: 9_000, height: 9_000, channels: 3, background: "teal" } })
    .jpeg()
    .toBuffer();
  const file_ids = [await bench.upload("big.jpg", big)];
  const start = () => {
    const controller = new AbortController();
    const context = bench.context({ signal: controller.signal });
    // Blurring 81 megapixels takes seconds; the first report comes before it.
    const ended = run({ file_ids, operation: "blur" }, context).then(
      () => "finished",
      (error: unknown) => error,
    );
    return { context, ended, cancel: () => controller.abort(new Aborted("cancel", "cancelled")) };
  };
  const cancelled = start();
  const beside = start();
  await new Promise((resolve) => setImmediate(resolve));
  cancelled.cancel();
  // Well before the same work that began at the same time.
  const first = await Promise.race([cancelled.ended, beside.ended.then(() => "the other one")]);
  expect(first).toBeInstanceOf(Aborted);
  expect(cancelled.context.stored).toEqual([]);
  beside.cancel();
  expect(await beside.ended).toBeInstanceOf(Aborted);
}, 60_000);

describe("parameters", () => {
  const check = async (value: unknown) => {
    const checked = await imageProcessing.input["~standard"].validate(value);
    return checked.issues?.map(({ path }) => path?.join("/")) ?? [];
  };

  test("that don't go together are refused", async () => {
    const file_ids = ["01890a5d-ac96-774b-bcce-b302099a80ab"];
    expect(await check({ file_ids, count: 3 })).toEqual(["count"]);
    expect(await check({ image_count: 2, count: 3 })).toEqual(["count"]);
    expect(await check({ image_count: 3, count: 3 })).toEqual([]);
    expect(await check({ operation: "blur", width: 3 })).toEqual(["width"]);
    expect(await check({ operation: "resize", angle: 3 })).toEqual(["angle"]);
    expect(await check({ format: "png", quality: 3 })).toEqual(["quality"]);
    expect(await check({ operation: "explode" })).toEqual(["operation"]);
    expect(await check({ count: 101 })).toEqual(["count"]);
    expect(await check({ size: 1 })).toHaveLength(1);
  });

  test("of the examples fit", async () => {
    for (const { parameters } of imageProcessing.examples) expect(await check(parameters)).toEqual([]);
  });
});
