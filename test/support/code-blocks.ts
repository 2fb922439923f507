// Reads the code blocks of a Markdown file, so that what the documents show can be run.
import { readFileSync } from "node:fs";

export interface CodeBlock {
  /** What stands behind the fence: sh, ts, json, … */
  readonly language: string;
  readonly text: string;
  /** For blocks that start with a comment such as `// tasks/word-count.ts`: that path. */
  readonly file: string | undefined;
}

export function codeBlocks(markdownFile: string): readonly CodeBlock[] {
  const markdown = readFileSync(markdownFile, "utf8");
  return [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = "", text = ""]) => ({
    language,
    text,
    file: /^\/\/ ([\w./-]+\.ts)$/m.exec(text.split("\n", 1)[0] ?? "")?.[1],
  }));
}
