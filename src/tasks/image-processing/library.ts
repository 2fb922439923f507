// libvips by way of sharp, set up to read the six formats we take and nothing else.
import { loadOptional } from "../optional-package.js";

export type Sharp = Awaited<typeof import("sharp")>["default"];

/** Pixels of one input, width × height. Beyond it a small file could unpack to gigabytes. */
export const MAX_PIXELS = 100_000_000;
/** Longest work on one image, in seconds. */
export const MAX_SECONDS = 120;

/** As libvips names their loaders. SVG, PDF and the like are left out: they can refer to other files. */
const LOADERS = ["Jpeg", "Png", "Webp", "Nsgif", "Tiff", "Heif"];

/** Throws Discard where sharp is not installed. */
export async function loadSharp(): Promise<Sharp> {
  const { default: sharp } = await loadOptional("sharp", () => import("sharp"));
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({ operation: LOADERS.map((name) => `VipsForeignLoad${name}`) });
  // One image at a time on one thread: the other cores belong to other tasks.
  sharp.concurrency(1);
  sharp.cache(false);
  return sharp;
}
