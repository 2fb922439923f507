// Every link between the pages leads to a file that is there, and to a heading that it has.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { root } from "./project.js";

const pages = ["README.md", "CHANGELOG.md", "docs", "docs/adr", "examples"].flatMap((place) =>
  place.endsWith(".md")
    ? [place]
    : readdirSync(path.join(root, place))
        .filter((name) => name.endsWith(".md"))
        .map((name) => `${place}/${name}`),
);
const withoutCode = (page: string) =>
  readFileSync(path.join(root, page), "utf8").replaceAll(/^```[\s\S]*?^```$/gm, "");

/** The anchors that GitHub makes of a page's headings. */
function anchors(page: string): readonly string[] {
  return [...withoutCode(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function isBroken(page: string, link: string): boolean {
  const [target = "", anchor] = link.split("#");
  const file = target === "" ? page : path.join(path.dirname(page), target);
  if (!existsSync(path.join(root, file))) return true;
  return anchor !== undefined && !anchors(file).includes(anchor);
}

test.each(pages)("%s", (page) => {
  const links = [...withoutCode(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
  const broken = links.filter((link) => !/^https?:/.test(link) && isBroken(page, link));
  expect(broken).toEqual([]);
});

test("the index leads to every page", () => {
  const index = withoutCode("docs/README.md");
  const own = readdirSync(path.join(root, "docs")).filter((name) => name.endsWith(".md"));
  expect(own.filter((name) => name !== "README.md" && !index.includes(`](${name})`))).toEqual([]);
});
