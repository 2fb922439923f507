// The contents of a new project's files. Writes nothing.
import { createRequire } from "node:module";
import { VERSION } from "../../app/version.js";

const manifest: {
  readonly engines: { readonly node: string };
  readonly dependencies: { readonly zod: string };
} = createRequire(import.meta.url)("../../../package.json");

/** By path within the project, in the order they are written. `name` is the name of the folder. */
export function projectFiles(name: string): ReadonlyMap<string, string> {
  return new Map([
    ["tasks/word-count.ts", TASK],
    ["taskwright.config.ts", CONFIG],
    [".gitignore", "node_modules/\ndata/\n"],
    ["README.md", readme(name)],
    ["package.json", packageJson(name)],
  ]);
}

/** Pins the version of the running program, since others may have different options. */
function packageJson(name: string): string {
  const content = {
    name: packageName(name),
    version: "0.0.0",
    private: true,
    type: "module",
    engines: { node: manifest.engines.node },
    scripts: { start: "taskwright serve" },
    dependencies: { taskwright: VERSION, zod: manifest.dependencies.zod },
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

/** npm's rules: lower case, and no characters that need escaping in a URL. */
function packageName(name: string): string {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9-]+/g, "-");
  return plain.replaceAll(/^-+|-+$/g, "") || "tasks";
}

const TASK = `// A task type: its parameters and its handler.
import { defineTask } from "taskwright";
import { z } from "zod";

export const wordCount = defineTask({
  name: "word_count",
  description: "Count the words of a text",
  input: z.strictObject({
    text: z.string().max(10_000).meta({ title: "Text", description: "Text whose words are counted" }),
  }),
  summary: ({ text }) => text.slice(0, 60),
  async run({ text }, { log, progress, signal }) {
    const words = text.split(/\\s+/).filter(Boolean);
    // Long-running work should check the signal regularly: cancelling or shutting down aborts it.
    signal.throwIfAborted();
    log.info("counted", { words: words.length });
    progress({ done: words.length, total: words.length, message: \`\${words.length} words\` });
    return { words: words.length };
  },
});
`;

const CONFIG = `// Task types and settings of this server; flags and environment variables take precedence.
import { defineConfig } from "taskwright";
import { wordCount } from "./tasks/word-count.ts";

export default defineConfig({ tasks: [wordCount] });
`;

function readme(name: string): string {
  return `# ${name}
Background tasks with Taskwright.

\`\`\`sh
npm install
npm start
npx taskwright submit word_count -p text="the quick brown fox" --wait
\`\`\`

\`npm start\` runs the server; its dashboard is at http://127.0.0.1:8000. Run the last command in another terminal.
To add a task type, create a file like \`tasks/word-count.ts\` and list it in \`taskwright.config.ts\`.
`;
}
