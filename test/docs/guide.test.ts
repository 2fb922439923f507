// The manual that a running server carries: every page is there, and every link of it leads somewhere.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { buildGuide } from "../../scripts/guide.js";

const folder = path.resolve(import.meta.dirname, "../../dist/dashboard/guide");

test("links between the pages lead to pages and headings", () => {
  buildGuide();
  const pages = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".html"),
  );
  expect(pages).toContain("index.html");
  for (const page of pages) {
    const html = readFileSync(path.join(folder, page), "utf8");
    for (const [, link = ""] of html.matchAll(/href="([^"]+)"/g)) {
      if (/^(https?:|\/)/.test(link)) continue;
      const [file = "", anchor] = link.split("#");
      const target = file === "" ? page : path.join(path.dirname(page), file);
      expect(existsSync(path.join(folder, target)), `${page} links to ${link}`).toBe(true);
      if (anchor) expect(readFileSync(path.join(folder, target), "utf8")).toContain(`id="${anchor}"`);
    }
  }
});
