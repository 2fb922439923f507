// Reads the code blocks of a Markdown file, so that what the documents show can be run.
import { readFileSync } from "node:fs";

export interface CodeBlock {
  /** What stands behind the fence: sh, ts, json, … */
  readonly language: string;
  /** What the fence says beside the language: "reply", "stream", "shape". */
  readonly words: readonly string[];
  readonly text: string;
  /** Where the fence stands, counted from 1. */
  readonly line: number;
  /** For blocks that start with a comment such as `// tasks/word-count.ts`: that path. */
  readonly file: string | undefined;
}

export function codeBlocks(markdownFile: string): readonly CodeBlock[] {
  const markdown = readFileSync(markdownFile, "utf8");
  return [...markdown.matchAll(/^```([^\n]*)\n([\s\S]*?)^```$/gm)].map((match) => {
    const [, info = "", text = ""] = match;
    const [language = "", ...words] = info.trim().split(/\s+/);
    const line = markdown.slice(0, match.index).split("\n").length;
    return { language, words, text, line, file: /^\/\/ ([\w./-]+\.ts)\n/.exec(text)?.[1] };
  });
}
