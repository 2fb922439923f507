// Images of several frames or pages, and what else a file carries: transparency, profiles, metadata.
import { inspect } from "node:util";
import { crc32 } from "node:zlib";
import sharp, { type Metadata, type Sharp } from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { Discard } from "../../src/index.js";
import { result } from "../../src/tasks/image-processing/parameters.js";
import { imageProcessing } from "../../src/tasks/image-processing.js";
import { type RecordedContext, sharedBench } from "../support/task-context.js";

const bench = sharedBench();
const WIDTH = 60;
const HEIGHT = 40;
const COLORS = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
] as const;
const TIMING = { delay: [100, 200, 300], loop: 2 };

const files: Record<string, Buffer> = {};

beforeAll(async () => {
  const frames = await Promise.all(
    COLORS.map(([r, g, b]) =>
      sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: { r, g, b } } })
        .png()
        .toBuffer(),
    ),
  );
  const joined = () => sharp(frames, { join: { animated: true } });
  files["animation.gif"] = await joined().gif(TIMING).toBuffer();
  files["animation.webp"] = await joined()
    .webp({ ...TIMING, lossless: true })
    .toBuffer();
  files["pages.tiff"] = await joined().tiff({ compression: "lzw" }).toBuffer();
  files["sizes.tiff"] = tiffOf([
    [2, 3],
    [4, 5],
  ]);
  files["animation.png"] = withChunk(frames[0] ?? Buffer.alloc(0), "acTL", [3, 0]);
  files["still.gif"] = await sharp(frames[0]).gif().toBuffer();
});

/** A gray TIFF of pages with these sizes, without compression. */
function tiffOf(sizes: readonly (readonly [number, number])[]): Buffer {
  const parts = [Buffer.from("II*\0\x08\0\0\0", "latin1")];
  let at = 8;
  sizes.forEach(([width, height], page) => {
    const tags = [
      [256, width],
      [257, height],
      [258, 8],
      [259, 1],
      [262, 1],
      [273, at + 2 + 9 * 12 + 4],
      [277, 1],
      [278, height],
      [279, width * height],
    ] as const;
    const directory = Buffer.alloc(2 + tags.length * 12 + 4 + width * height, 128);
    directory.writeUInt16LE(tags.length, 0);
    tags.forEach(([tag, value], index) => {
      directory.writeUInt16LE(tag, 2 + index * 12);
      directory.writeUInt16LE(4, 4 + index * 12);
      directory.writeUInt32LE(1, 6 + index * 12);
      directory.writeUInt32LE(value, 10 + index * 12);
    });
    const isLast = page === sizes.length - 1;
    directory.writeUInt32LE(isLast ? 0 : at + directory.length, 2 + tags.length * 12);
    parts.push(directory);
    at += directory.length;
  });
  return Buffer.concat(parts);
}

/** A PNG with one more chunk after its header. */
function withChunk(png: Buffer, type: string, numbers: readonly number[]): Buffer {
  const body = Buffer.alloc(4 + numbers.length * 4);
  body.write(type, 0, "latin1");
  numbers.forEach((number, index) => void body.writeUInt32BE(number, 4 + index * 4));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length - 4);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  const afterHeader = 8 + 12 + 13;
  return Buffer.concat([png.subarray(0, afterHeader), length, body, sum, png.subarray(afterHeader)]);
}

/** Runs on one file; answers what the result says of it, and the output. */
async function run(
  name: string,
  bytes: Buffer,
  parameters: object,
  context: RecordedContext = bench.context(),
) {
  const given = { file_ids: [await bench.upload(name, bytes)], ...parameters };
  const checked = await imageProcessing.input["~standard"].validate(given);
  if (checked.issues) throw new Error(JSON.stringify(checked.issues));
  const { images } = result.parse(await imageProcessing.run(checked.value, context));
  const [image] = images;
  if (!image) throw new Error("no image");
  return { image, output: await bench.artifact(image.artifact_id) };
}

const file = (name: string) => files[name] ?? Buffer.alloc(0);
const all = (bytes: Buffer): Promise<Metadata> => sharp(bytes, { pages: -1 }).metadata();

/** The colour of a pixel of a frame, without alpha. */
async function pixel(bytes: Buffer, page: number, x: number, y: number): Promise<readonly number[]> {
  const { data, info } = await sharp(bytes, { page }).raw().toBuffer({ resolveWithObject: true });
  const at = (y * info.width + x) * info.channels;
  return [...data.subarray(at, at + info.channels)];
}

const near = (color: readonly number[], expected: readonly number[], tolerance = 12) =>
  expected.every((value, channel) => Math.abs((color[channel] ?? 0) - value) <= tolerance);

describe.each(["animation.gif", "animation.webp", "pages.tiff"])("all frames of %s", (name) => {
  test.each([
    ["resize", { width: 30 }, 30, 20],
    ["thumbnail", { width: 20 }, 20, 20],
    ["resize", { width: 20, height: 20, fit: "contain" }, 20, 20],
    ["convert", { format: name.split(".")[1] }, WIDTH, HEIGHT],
    ["blur", {}, WIDTH, HEIGHT],
    ["rotate", { angle: 90 }, HEIGHT, WIDTH],
    ["rotate", { angle: 180 }, WIDTH, HEIGHT],
    ["rotate", { angle: 45 }, 71, 71],
  ])("are kept, in order, by %s %o", async (operation, options, width, height) => {
    const context = bench.context();
    const { image, output } = await run(name, file(name), { operation, ...options }, context);
    expect(image).toMatchObject({ width, height, frames: 3, frames_before: 3, format: name.split(".")[1] });
    expect(image.note).toBeUndefined();
    expect(context.logs).toEqual([]);
    expect(await all(output)).toMatchObject({
      width,
      pageHeight: height,
      pages: 3,
      ...(name === "pages.tiff" ? {} : TIMING),
    });
    for (const [page, color] of COLORS.entries()) {
      const found = await pixel(output, page, Math.floor(width / 2), Math.floor(height / 2));
      expect([page, found, near(found, color)]).toEqual([page, found, true]);
    }
    if (operation !== "blur") return;
    // No frame runs into the next one.
    expect(near(await pixel(output, 0, 30, HEIGHT - 1), COLORS[0])).toBe(true);
  });

  test("become gray", async () => {
    const { image, output } = await run(name, file(name), { operation: "grayscale" });
    expect(image).toMatchObject({ frames: 3 });
    const [r, g = r] = await pixel(output, 2, 30, 20);
    expect(r).toBe(g);
  });
});

test("an animation can change its format", async () => {
  const { image, output } = await run("animation.gif", file("animation.gif"), { operation: "convert" });
  expect(image).toMatchObject({ format: "webp", frames: 3 });
  expect(await all(output)).toMatchObject({ pages: 3, ...TIMING });
});

test("pages are turned upright, each as one image would be", async () => {
  const page = await sharp({ create: { width: 6, height: 4, channels: 3, background: "#ffffff" } })
    .composite([
      { input: { create: { width: 2, height: 1, channels: 3, background: "#ff0000" } }, left: 0, top: 0 },
    ])
    .png()
    .toBuffer();
  for (let orientation = 2; orientation <= 8; orientation++) {
    const tiff = await sharp([page, page], { join: { animated: true } })
      .withMetadata({ orientation })
      .tiff({ compression: "lzw" })
      .toBuffer();
    const { image, output } = await run("scan.tiff", tiff, { operation: "convert", format: "tiff" });
    expect(image).toMatchObject({ frames: 2, width_before: orientation > 4 ? 4 : 6 });
    const single = await sharp(page).withMetadata({ orientation }).png().toBuffer();
    const pixels = (upright: Sharp) => upright.removeAlpha().raw().toBuffer();
    const expected = await pixels(sharp(single).autoOrient());
    expect([orientation, await pixels(sharp(output, { page: 1 }))]).toEqual([orientation, expected]);
  }
});

describe("frames that can't be kept are named in the result and the log", () => {
  test.each([
    [
      "animation.gif",
      "jpeg",
      3,
      "Only the first of 3 frames was kept: jpeg files are not animated; the formats gif and webp keep all frames",
    ],
    ["animation.webp", "png", 3, "Only the first of 3 frames was kept: png files are not animated"],
    ["animation.gif", "avif", 3, "Only the first of 3 frames was kept: avif files are not animated"],
    ["animation.gif", "tiff", 3, "Only the first of 3 frames was kept: tiff files are not animated"],
    [
      "animation.png",
      undefined,
      3,
      "Only the first of 3 frames was kept: PNG files of several frames are not supported",
    ],
    [
      "pages.tiff",
      "webp",
      3,
      "Only the first of 3 pages was kept: webp files have no pages; the format tiff keeps them",
    ],
    ["sizes.tiff", undefined, 2, "Only the first of 2 pages was kept: the pages differ in size"],
  ])("%s as %s", async (name, format, before, note) => {
    const context = bench.context();
    const { image, output } = await run(name, file(name), { operation: "grayscale", format }, context);
    expect(image).toMatchObject({ frames: 1, frames_before: before, note: expect.stringContaining(note) });
    expect(context.logs).toEqual([{ level: "warn", message: `${name}: ${image.note}` }]);
    expect((await all(output)).pages ?? 1).toBe(1);
  });

  test("a still GIF has nothing to lose", async () => {
    const { image } = await run("still.gif", file("still.gif"), { operation: "grayscale" });
    expect(image).toMatchObject({ frames: 1, frames_before: 1, format: "png" });
    expect(image.note).toBeUndefined();
  });
});

test("the limit of pixels counts all frames that are worked on", async () => {
  // The canvas of a GIF may be larger than its frames.
  const dots = Array.from({ length: 30 }, (_, shade) =>
    sharp({ create: { width: 2, height: 2, channels: 3, background: { r: shade * 8, g: 0, b: 0 } } })
      .png()
      .toBuffer(),
  );
  const large = await sharp(await Promise.all(dots), { join: { animated: true } })
    .gif()
    .toBuffer();
  large.writeUInt16LE(2000, 6);
  large.writeUInt16LE(2000, 8);
  const failure = run("large.gif", large, { operation: "resize" });
  await expect(failure).rejects.toThrow(Discard);
  await expect(failure).rejects.toThrow(
    "large.gif has 2000 × 2000 pixels in each of 30 frames; the limit is 100000000 pixels in total",
  );
});

describe("what is added to an image", () => {
  test.each([
    ["rotate", { angle: 45, format: "jpeg", quality: 100 }, [255, 255, 255]],
    ["rotate", { angle: 45, format: "jpeg", quality: 100, background: "#204060" }, [32, 64, 96]],
    ["rotate", { angle: 45, format: "png" }, [0, 0, 0, 0]],
    ["rotate", { angle: 45, format: "png", background: "#204060" }, [32, 64, 96, 255]],
    ["resize", { width: 40, height: 40, fit: "contain", format: "jpeg" }, [255, 255, 255]],
    ["resize", { width: 40, height: 40, fit: "contain", format: "png" }, [0, 0, 0, 0]],
    ["resize", { width: 40, height: 40, fit: "contain", format: "png", background: "#204060" }, [32, 64, 96]],
  ])("by %s %o has the color of the background", async (operation, options, color) => {
    const { output } = await run("still.gif", file("still.gif"), { operation, ...options });
    const found = await pixel(output, 0, 0, 0);
    expect([found, near(found, color)]).toEqual([found, true]);
  });
});

describe("profiles and metadata", () => {
  const taken = () =>
    sharp({ create: { width: 60, height: 40, channels: 3, background: "#c86432" } })
      .withExif({ IFD0: { Make: "Camera" }, IFD3: { GPSLatitude: "51/1 30/1 0/1" } })
      .withIccProfile("p3")
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 100, chromaSubsampling: "4:4:4" })
      .toBuffer();

  test("colors are converted to sRGB, and metadata is removed", async () => {
    const bytes = await sharp(await taken())
      .keepIccProfile()
      .toBuffer();
    const { output } = await run("p3.jpg", await taken(), { operation: "convert", format: "png" });
    expect(bytes.length).toBeGreaterThan(0);
    const { exif, icc, orientation, width } = await sharp(output).metadata();
    expect([exif, icc, orientation, width]).toEqual([undefined, undefined, undefined, 40]);
    expect(near(await pixel(output, 0, 20, 30), [200, 100, 50], 4)).toBe(true);
  });

  test("metadata is kept where it is asked for; the image is upright all the same", async () => {
    const { output } = await run("p3.jpg", await taken(), {
      operation: "convert",
      format: "jpeg",
      keep_metadata: true,
    });
    const { exif, orientation = 1, width, height } = await sharp(output).metadata();
    expect(exif?.toString("latin1")).toContain("Camera");
    expect([orientation, width, height]).toEqual([1, 40, 60]);
    expect(near(await pixel(output, 0, 20, 30), [200, 100, 50], 8)).toBe(true);
  });
});

test("no error shows where this machine keeps its files, not even in its cause", async () => {
  const whole = await sharp({ create: { width: 200, height: 100, channels: 3, background: "#c86432" } })
    .avif()
    .toBuffer();
  for (const bytes of [whole.subarray(0, whole.length / 2), Buffer.from("no image")]) {
    const failure = await run("cut.avif", bytes, { width: 20 }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Discard);
    expect(inspect(failure)).toContain("cut.avif");
    expect(inspect(failure)).not.toContain("taskwright-bench-");
  }
});
