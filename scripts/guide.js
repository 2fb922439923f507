// Turns docs/*.md into plain pages beside the dashboard, so that a running server carries its own manual.
// No script, no request to elsewhere; colours and fonts are the dashboard's.
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { marked } from "marked";

const root = fileURLToPath(new URL("..", import.meta.url));
const docs = path.join(root, "docs");
const output = path.join(root, "dist/dashboard/guide");

/** Pages in the order of the index, then the decisions. */
function sources() {
  const pages = readdirSync(docs).filter((name) => name.endsWith(".md"));
  const decisions = readdirSync(path.join(docs, "adr")).map((name) => `adr/${name}`);
  return [...pages, ...decisions];
}

const addressOf = (source) => source.replace(/README\.md$/, "index.md").replace(/\.md$/, ".html");
const titleOf = (markdown) => /^# (.+)$/m.exec(markdown)?.[1] ?? "Documentation";
const anchorOf = (heading) =>
  heading
    .toLowerCase()
    .replaceAll(/<[^>]+>|[^\p{Letter}\p{Number} -]/gu, "")
    .replaceAll(" ", "-");

function render(markdown, depth) {
  const up = "../".repeat(depth);
  const html = marked
    .parse(markdown, { async: false })
    .replaceAll(
      /<h([1-6])>(.*?)<\/h\1>/g,
      (_all, level, text) => `<h${level} id="${anchorOf(text)}">${text}</h${level}>`,
    )
    .replaceAll(/<(table)>/g, '<div class="scroll"><$1>')
    .replaceAll("</table>", "</table></div>")
    .replaceAll(
      /href="(?!https?:)([^"#]*)\.md(#[^"]*)?"/g,
      (_all, file, anchor = "") => `href="${addressOf(`${file}.md`)}${anchor}"`,
    )
    .replaceAll('href="../CHANGELOG.html"', 'href="changelog.html"');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${titleOf(markdown)} · Taskwright</title>
<link rel="stylesheet" href="${up}guide.css">
</head>
<body>
<header><a href="/tasks">Taskwright</a> <nav aria-label="Documentation"><a href="${up}index.html">Documentation</a> <a href="/docs">API docs</a></nav></header>
<main>
${html}</main>
</body>
</html>
`;
}

/** Writes all pages. */
export function buildGuide() {
  mkdirSync(path.join(output, "adr"), { recursive: true });
  for (const source of sources()) {
    const markdown = readFileSync(path.join(docs, source), "utf8");
    writeFileSync(path.join(output, addressOf(source)), render(markdown, source.includes("/") ? 1 : 0));
  }
  writeFileSync(
    path.join(output, "changelog.html"),
    render(readFileSync(path.join(root, "CHANGELOG.md"), "utf8"), 0),
  );
  cpSync(path.join(docs, "images"), path.join(output, "images"), { recursive: true });
  const styles = path.join(root, "dashboard/src/styles");
  mkdirSync(path.join(output, "fonts"), { recursive: true });
  for (const font of readdirSync(path.join(styles, "fonts"))) {
    copyFileSync(path.join(styles, "fonts", font), path.join(output, "fonts", font));
  }
  const tokens = readFileSync(path.join(styles, "tokens.css"), "utf8");
  writeFileSync(
    path.join(output, "guide.css"),
    tokens + readFileSync(path.join(root, "scripts/guide.css"), "utf8"),
  );
}
