// Animations whose frames have to be worked on one by one: libvips holds them as one tall image, in which a rotation
// would mix up the frames, and a blur would smear each into the next.
import type { Sharp as Pipeline } from "sharp";
import { type Input, type Inspected, requirePixels } from "./inspect.js";
import { MAX_PIXELS, MAX_SECONDS, type Sharp } from "./library.js";

/** All frames of the input, upright and worked on, ready to be encoded. `operate` is handed one frame at a time. */
export async function eachFrame(
  sharp: Sharp,
  input: Input,
  { frames, orientation }: Inspected,
  operate: (frame: Pipeline) => Pipeline,
): Promise<Pipeline> {
  const seconds = Math.ceil(MAX_SECONDS / frames);
  const raw = (pipeline: Pipeline) =>
    pipeline.timeout({ seconds }).raw().toBuffer({ resolveWithObject: true });
  const options = { limitInputPixels: MAX_PIXELS };
  const all = await sharp(input.data, { ...options, failOn: "error", pages: -1 })
    .timeout({ seconds: MAX_SECONDS })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const size = all.data.length / frames;
  const { width, channels, pageHeight = all.info.height / frames } = all.info;

  let joined: Buffer | undefined;
  let one = { width, height: pageHeight, channels };
  for (let at = 0; at < frames; at++) {
    const frame = all.data.subarray(at * size, (at + 1) * size);
    const before = { raw: { width, height: pageHeight, channels }, ...options };
    const upright = await raw(orient(sharp(frame, before), orientation));
    const { data, info } = await raw(operate(sharp(upright.data, { raw: upright.info, ...options })));
    if (!joined) requirePixels(`The output of ${input.name}`, info.width, info.height, frames);
    joined ??= Buffer.alloc(data.length * frames);
    data.copy(joined, at * data.length);
    one = { width: info.width, height: info.height, channels: info.channels };
  }
  const { height, ...rest } = one;
  const roll = { ...rest, height: height * frames, pageHeight: height };
  return sharp(joined ?? all.data, { raw: roll, ...options });
}

/** Turns a frame upright that has lost its EXIF. sharp mirrors before it rotates, in whatever order the calls are. */
function orient(frame: Pipeline, orientation: number): Pipeline {
  switch (orientation) {
    case 2:
      return frame.flop();
    case 3:
      return frame.rotate(180);
    case 4:
      return frame.flip();
    case 5:
      return frame.flop().rotate(270);
    case 6:
      return frame.rotate(90);
    case 7:
      return frame.flop().rotate(90);
    case 8:
      return frame.rotate(270);
    default:
      return frame;
  }
}
