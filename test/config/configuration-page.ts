// docs/configuration.md, generated from the options table.
import { flagOf, OPTION_KEYS, type OptionKey, TABLE, variableOf } from "../../src/config/options.js";

const INTRODUCTION = `# Configuration

Every option can be set in three ways. If it is set more than once, the first of these takes precedence:

1. a flag: \`npm start -- --port 9000\`, or \`taskwright serve --port 9000\`
2. an environment variable: \`TASKWRIGHT_PORT=9000\`
3. the config file, \`taskwright.config.ts\` (or \`.js\`, \`.mjs\`), in the folder where the server is started:

\`\`\`ts
import { defineConfig } from "taskwright";
import { resize } from "./tasks/resize.js";

export default defineConfig({
  tasks: [resize],
  port: 9000,
  keepFinished: "7d",
});
\`\`\`

An unknown name or an invalid value prevents the start, with a message that says where it was set and what is allowed.
Durations are written as \`250ms\`, \`30s\`, \`5m\`, \`2h\` or \`7d\`, and sizes as \`500KB\`, \`20MB\` or \`1GB\`.
Client commands (submit, list, get, …) read flags and environment variables, but not the config file.
`;

/** The whole page. */
export function configurationPage(): string {
  return `${INTRODUCTION}
## Server and worker

\`taskwright worker\` accepts the options that concern running tasks; \`taskwright worker --help\` lists them.

${table(OPTION_KEYS.filter((key) => TABLE[key].scope.includes("serve")))}

## Client commands

${table(OPTION_KEYS.filter((key) => TABLE[key].scope.includes("client")))}
`;
}

function table(keys: readonly OptionKey[]): string {
  const rows = keys.map(
    (key) =>
      `| \`${flagOf(key)}\` | \`${variableOf(key)}\` | \`${key}\` | ${defaultOf(key)} | ${TABLE[key].help}. Allowed: ${TABLE[
        key
      ].kind.allowed.replaceAll("|", "\\|")}. |`,
  );
  return [
    "| flag | environment variable | config file | default | description |",
    "|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

function defaultOf<K extends OptionKey>(key: K): string {
  const option = TABLE[key];
  const printed = option.kind.print(option.default);
  return printed === "" ? "none" : `\`${printed}\``;
}
