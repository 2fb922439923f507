// Pictures of the page for people to look at: taken only where PAGE_SHOTS names a folder, because drawing them takes longer
// than the tests around them.
import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { Page } from "playwright-core";

const folder = process.env.PAGE_SHOTS;

/** Whether pictures are wanted. */
export const takesShots = folder !== undefined;

/** What the window shows, as NAME.png. */
export async function takeShot(page: Page, name: string): Promise<void> {
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
}
