// What axe finds wrong on a page. Its script is loaded once into each document, and only violations are described: to load it
// for each look, or to describe every element that passes, costs several times as much as to look.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type Axe from "axe-core";
import type { Page } from "playwright-core";

declare global {
  interface Window {
    /** What axe's script defines. */
    axe?: typeof Axe;
  }
}

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

let script: Promise<string> | undefined;

/** A line for each rule that the page breaks, with the elements that break it. */
export async function violationsOf(page: Page): Promise<string[]> {
  script ??= readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
  if (!(await page.evaluate(() => window.axe !== undefined))) await page.evaluate(await script);
  return page.evaluate(async (rules) => {
    if (!window.axe) throw new Error("axe is not loaded");
    const { violations } = await window.axe.run(document, {
      runOnly: rules,
      resultTypes: ["violations"],
      selectors: false,
    });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
  }, RULES);
}
