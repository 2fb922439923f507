// Draws the sample images: a sky over hills, other colours each time. Raw pixels, no file is read.
import type { Sharp } from "./library.js";

/** Drawn small and enlarged, so that drawing holds the event loop for a few milliseconds only. */
const WIDTH = 300;
const HEIGHT = 200;
const ENLARGE = 4;

/** A JPEG; `index` chooses the colours and the shape of the hills. */
export function drawSample(sharp: Sharp, index: number): Promise<Buffer> {
  const pixels = Buffer.alloc(WIDTH * HEIGHT * 3);
  const hue = (index * 67) % 360;
  const ridges = [0, 1, 2, 3].map((layer) => ridge(index, layer));
  const sky = [color(hue, 0.75, 0.55), color(hue + 40, 0.85, 0.8)] as const;
  const hills = [0, 1, 2, 3].map((layer) => color(hue + 180 + layer * 12, 0.35, 0.55 - layer * 0.12));
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      let [red, green, blue] = mix(sky[0], sky[1], y / HEIGHT);
      ridges.forEach((height, layer) => {
        if (y > height(x)) [red, green, blue] = hills[layer] ?? sky[0];
      });
      const at = (y * WIDTH + x) * 3;
      pixels[at] = red;
      pixels[at + 1] = green;
      pixels[at + 2] = blue;
    }
  }
  return sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .resize({ width: WIDTH * ENLARGE })
    .jpeg({ quality: 85 })
    .toBuffer();
}

type Color = readonly [number, number, number];

/** The height of a chain of hills at x; nearer layers are lower. */
function ridge(index: number, layer: number): (x: number) => number {
  const base = HEIGHT * (0.5 + layer * 0.13);
  const phase = index * 1.7 + layer * 2.3;
  return (x) =>
    base + 12 * Math.sin(x / 42 + phase) + 6 * Math.sin(x / 17 + phase * 2) + 2 * Math.sin(x / 6 + phase);
}

function mix(from: Color, to: Color, share: number): [number, number, number] {
  const at = (channel: 0 | 1 | 2) => from[channel] + (to[channel] - from[channel]) * share;
  return [at(0), at(1), at(2)];
}

/** Hue in degrees, saturation and lightness from 0 to 1 (CSS Color 4, "HSL to RGB"). */
function color(hue: number, saturation: number, lightness: number): Color {
  const channel = (n: number) => {
    const k = (n + hue / 30) % 12;
    const a = saturation * Math.min(lightness, 1 - lightness);
    return 255 * (lightness - a * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  };
  return [channel(0), channel(8), channel(4)];
}
