// docs/configuration.md as it follows from the table of options.
import { flagOf, OPTION_KEYS, type OptionKey, TABLE, variableOf } from "../../src/config/options.js";

const INTRODUCTION = `# Configuration

Every option can be given in three ways, and the first that is there counts:

1. a flag: \`npm start -- --port 9000\`, or \`taskwright serve --port 9000\`
2. an environment variable: \`TASKWRIGHT_PORT=9000\`
3. the config file, \`taskwright.config.ts\` (or \`.js\`, \`.mjs\`) in the folder where the server is started:

\`\`\`ts
import { resize } from "./tasks/resize.js";

export default {
  tasks: [resize],
  port: 9000,
  keepFinished: "7d",
};
\`\`\`

A name that doesn't exist, or a value that isn't allowed, stops the start with a message that says where it stands and
what is allowed. Durations are written \`250ms\`, \`30s\`, \`5m\`, \`2h\`, \`7d\`; sizes \`500KB\`, \`20MB\`, \`1GB\`.
Commands that talk to a server (submit, list, get, …) read flags and environment, not the config file.
`;

/** The whole page. */
export function configurationPage(): string {
  return `${INTRODUCTION}
## Server and worker

\`taskwright worker\` takes those of them that have to do with running tasks; \`taskwright worker --help\` lists them.

${table(OPTION_KEYS.filter((key) => TABLE[key].scope.includes("serve")))}

## Commands that talk to a server

${table(OPTION_KEYS.filter((key) => TABLE[key].scope.includes("client")))}
`;
}

function table(keys: readonly OptionKey[]): string {
  const rows = keys.map(
    (key) =>
      `| \`${flagOf(key)}\` | \`${variableOf(key)}\` | \`${key}\` | ${defaultOf(key)} | ${TABLE[key].help} Allowed: ${TABLE[
        key
      ].kind.allowed.replaceAll("|", "\\|")}. |`,
  );
  return ["| flag | environment | file | default | |", "|---|---|---|---|---|", ...rows].join("\n");
}

function defaultOf<K extends OptionKey>(key: K): string {
  const option = TABLE[key];
  const printed = option.kind.print(option.default);
  return printed === "" ? "none" : `\`${printed}\``;
}
