// What every place of files promises, as tests. Each place brings a way to open itself and to see what was left half written.
import { createHash } from "node:crypto";
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { beforeEach, expect, test } from "vitest";
import { type BlobStorage, BlobTooLarge, type ByteRange } from "../../src/files/files.js";
import { idTime } from "../../src/model/id.js";

export interface Place {
  /** The same place each time, as another process would open it. Closed by the fixture. */
  open(): Promise<BlobStorage>;
  /** How many writes have begun and not ended, as the place shows them. */
  halfWritten(): Promise<number>;
}

export const ID = "01890a5d-ac96-774b-bcce-b302099a80ab";
const OTHER = "01890a5d-ac96-774b-bcce-b302099a80ff";
const MB = 1024 * 1024;
/** More than any place holds of a stream at a time, and more than it sends at once. */
const PART = 12 * MB;

export function blobsSuite(makePlace: () => Promise<Place>): void {
  let place: Place;
  let blobs: BlobStorage;

  beforeEach(async () => {
    place = await makePlace();
    blobs = await place.open();
  });

  async function contents(id: string, range?: ByteRange): Promise<Buffer | undefined> {
    const stream = await blobs.read(id, range);
    return stream && buffer(stream);
  }

  /** Resolves once the reader has taken all that was sent. */
  const taken = (stream: PassThrough) => new Promise<void>((resolve) => stream.once("drain", resolve));

  test("keeps bytes under their id, counted and hashed", async () => {
    const bytes = pattern(1_300_000);
    const written = await blobs.write(ID, Readable.from([bytes.subarray(0, 7), bytes.subarray(7)]));
    expect(written).toEqual({ sizeBytes: 1_300_000, sha256: sha256(bytes) });
    expect((await contents(ID))?.equals(bytes)).toBe(true);
    expect(await place.halfWritten()).toBe(0);
    expect(await contents(OTHER)).toBeUndefined();
  });

  test("keeps an empty file", async () => {
    const written = await blobs.write(ID, Readable.from([]));
    expect(written).toEqual({ sizeBytes: 0, sha256: sha256(Buffer.alloc(0)) });
    expect(await contents(ID)).toHaveLength(0);
  });

  test("reads ranges, both ends included, across all parts", async () => {
    const bytes = pattern(3 * MB + 5);
    await blobs.write(ID, Readable.from([bytes]));
    const edges = [0, 1, 256 * 1024, 512 * 1024, MB, 2 * MB, 3 * MB, bytes.length - 1];
    for (const edge of edges) {
      for (const [start, end] of [
        [edge, edge],
        [Math.max(0, edge - 1), edge],
        [edge, bytes.length + 99],
        [0, edge],
      ] as const) {
        const part = await contents(ID, { start, end });
        expect(part?.equals(bytes.subarray(start, end + 1)), `${start}-${end}`).toBe(true);
      }
    }
  });

  test("keeps nothing of what is too large, small or large", async () => {
    for (const limit of [1000, PART]) {
      const data = Readable.from([Buffer.alloc(limit - 400), Buffer.alloc(600)]);
      await expect(blobs.write(ID, data, { maxBytes: limit })).rejects.toThrow(BlobTooLarge);
      expect(data.destroyed).toBe(true);
      expect(await contents(ID)).toBeUndefined();
      expect(await place.halfWritten()).toBe(0);
      await blobs.write(OTHER, Readable.from([Buffer.alloc(limit)]), { maxBytes: limit });
    }
  });

  test("keeps nothing of what is called off, before or in the middle", async () => {
    const early = new PassThrough();
    await expect(blobs.write(ID, early, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: "AbortError",
    });
    const controller = new AbortController();
    const endless = new PassThrough();
    endless.write(pattern(PART));
    const begun = taken(endless);
    const writing = blobs.write(ID, endless, { signal: controller.signal });
    await begun;
    controller.abort();
    await expect(writing).rejects.toMatchObject({ name: "AbortError" });
    expect(await contents(ID)).toBeUndefined();
    expect(await place.halfWritten()).toBe(0);
  });

  test("keeps nothing of what breaks", async () => {
    const broken = new PassThrough();
    broken.write(pattern(PART));
    const begun = taken(broken);
    const writing = blobs.write(ID, broken);
    await begun;
    broken.destroy(new Error("the connection was lost"));
    await expect(writing).rejects.toThrow("the connection was lost");
    expect(await contents(ID)).toBeUndefined();
    expect(await place.halfWritten()).toBe(0);
  });

  test("shows nothing before it is whole", async () => {
    const data = new PassThrough();
    data.write(pattern(PART));
    const begun = taken(data);
    const writing = blobs.write(ID, data);
    await begun;
    expect(await contents(ID)).toBeUndefined();
    data.end("the end");
    await writing;
    expect(await contents(ID)).toHaveLength(PART + 7);
  });

  test("takes many at once", async () => {
    const ids = Array.from({ length: 8 }, (_, index) => ID.slice(0, -2) + String(index).padStart(2, "0"));
    const bytesOf = (index: number) => pattern(2 * MB + index, index);
    await Promise.all(ids.map((id, index) => blobs.write(id, Readable.from(pieces(bytesOf(index))))));
    const read = await Promise.all(ids.map((id) => contents(id)));
    for (const [index, bytes] of read.entries()) expect(bytes?.equals(bytesOf(index))).toBe(true);
  });

  test("streams 50 MB both ways and holds little of it", async () => {
    const before = liveBytes();
    let most = 0;
    const hash = createHash("sha256");
    async function* source() {
      for (let part = 0; part < 100; part++) {
        const bytes = pattern(512 * 1024, part);
        hash.update(bytes);
        if (part % 10 === 9) most = Math.max(most, liveBytes() - before);
        yield bytes;
      }
    }
    const written = await blobs.write(ID, Readable.from(source(), { highWaterMark: 1 }));
    expect(written).toEqual({ sizeBytes: 50 * MB, sha256: hash.digest("hex") });
    const check = createHash("sha256");
    let size = 0;
    for await (const bytes of (await blobs.read(ID)) ?? []) {
      check.update(bytes);
      if (Math.floor(size / (5 * MB)) < Math.floor((size + bytes.length) / (5 * MB)))
        most = Math.max(most, liveBytes() - before);
      size += bytes.length;
    }
    expect(check.digest("hex")).toBe(written.sha256);
    expect(most).toBeLessThan(32 * MB);
  });

  test("lets go of a stream that nobody reads on", async () => {
    await blobs.write(ID, Readable.from([pattern(PART)]));
    const stream = await blobs.read(ID);
    for await (const _ of stream ?? []) break;
    expect(stream?.destroyed).toBe(true);
    expect(await contents(ID)).toHaveLength(PART);
  });

  test("a write is tried again under its id after the first writer died, and the rest of that is swept", async () => {
    const dead = new PassThrough();
    dead.write(pattern(PART));
    const dying = blobs.write(ID, dead).catch((error: unknown) => error);
    while ((await place.halfWritten()) === 0);
    const after = await place.open();
    await after.write(ID, Readable.from(["whole"]));
    expect(await place.halfWritten()).toBe(1);
    await sweepAll(after, idTime(ID) ?? 0);
    expect(await place.halfWritten()).toBe(1);
    await sweepAll(after, (idTime(ID) ?? 0) + 1);
    expect(await place.halfWritten()).toBe(0);
    // It was not dead: what it comes with now is of no use.
    dead.end();
    expect(await dying).toBeInstanceOf(Error);
    expect(String(await contents(ID))).toBe("whole");
    expect(await place.halfWritten()).toBe(0);
  });

  test("a second write of an id takes the place of the first", async () => {
    await blobs.write(ID, Readable.from(["first"]));
    await blobs.write(ID, Readable.from(["second"]));
    expect(String(await contents(ID))).toBe("second");
  });

  test("removes, and minds no absent ones", async () => {
    await blobs.write(ID, Readable.from(["x"]));
    await blobs.remove([ID, OTHER]);
    await blobs.remove([ID]);
    await blobs.remove([]);
    expect(await contents(ID)).toBeUndefined();
    expect(await place.halfWritten()).toBe(0);
  });

  test("takes no name but an id", async () => {
    for (const name of ["", "..", "../../etc/passwd", `${ID}/..`, `${ID}\0`, ID.toUpperCase(), "incoming"]) {
      await expect(blobs.write(name, Readable.from(["x"]))).rejects.toThrow(RangeError);
      await expect(blobs.read(name)).rejects.toThrow(RangeError);
      await expect(blobs.remove([name])).rejects.toThrow(RangeError);
    }
  });
}

async function sweepAll(blobs: BlobStorage, before: number): Promise<void> {
  while (await blobs.sweep(before));
}

/** Bytes that show where they belong. */
export function pattern(length: number, seed = 0): Buffer {
  const line = Buffer.alloc(1021, `${seed} of a line that is as long as a prime number `);
  return Buffer.alloc(length, line);
}

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += 65_536) yield bytes.subarray(start, start + 65_536);
}

export function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Bytes of buffers that are still in use. */
function liveBytes(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc()");
  return process.memoryUsage().arrayBuffers;
}
