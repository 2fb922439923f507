// taskwright types: shows the task types that can be submitted, and their parameters.
import type { Command } from "commander";
import type { WireTaskType } from "../../client/index.js";
import { formatDuration } from "../../model/time.js";
import { findType } from "../find-type.js";
import { addClientFlags, connect, examples } from "../flags.js";
import { dataScreen, print, printJson, say } from "../output.js";
import { describeParameters, type ParameterRow } from "../parameters/describe.js";
import { parameterWords } from "../parameters/words.js";
import { type Column, oneLine, paint, printable, type Screen, table } from "../terminal.js";

export function addTypes(program: Command): void {
  const command = program
    .command("types")
    .description("List the task types the server accepts, or show the parameters of one.")
    .argument("[type]", "Task type")
    .option("--json", "Print one task type per line, as returned by the API");
  addClientFlags(command).action(async (name: string | undefined, flags: { readonly json?: true }) => {
    const { client } = connect(command);
    const types = name === undefined ? await client.taskTypes() : [await findType(client, name)];
    if (flags.json) for (const type of types) printJson(type);
    else if (name !== undefined) for (const type of types) print(...typeDetail(type, dataScreen()));
    else if (types.length === 0) say("This server has no task types.");
    else print(...table(types, TYPE_COLUMNS, dataScreen()));
  });
  command.addHelpText(
    "after",
    examples([
      "taskwright types",
      "taskwright types image_processing",
      "taskwright types --json | jq -r .name",
    ]),
  );
}

const TYPE_COLUMNS: readonly Column<WireTaskType>[] = [
  { title: "TYPE", text: (type) => type.name },
  { title: "ATTEMPTS", text: (type) => String(type.defaults.max_attempts), align: "right" },
  { title: "TIMEOUT", text: (type) => formatDuration(type.defaults.timeout_ms), align: "right" },
  { title: "DESCRIPTION", text: (type) => type.description },
];

const PARAMETER_COLUMNS: readonly Column<ParameterRow>[] = [
  { title: "NAME", text: (row) => row.name },
  { title: "TYPE", text: (row) => row.type },
  { title: "REQUIRED", text: (row) => (row.required ? "yes" : "") },
  { title: "DEFAULT", text: (row) => row.default },
  { title: "LIMITS", text: (row) => row.limits },
  { title: "HELP", text: (row) => row.help },
];

/** Description, defaults, parameters and example commands, as lines. */
export function typeDetail(type: WireTaskType, screen: Screen): readonly string[] {
  const { queue, max_attempts, timeout_ms } = type.defaults;
  const rows = type.parameters_schema === null ? [] : describeParameters(type.parameters_schema);
  return [
    paint(screen, "bold", oneLine(type.name)),
    ...(type.description === "" ? [] : [printable(type.description)]),
    `Queue ${oneLine(queue)}; up to ${max_attempts} attempts of ${formatDuration(timeout_ms)} each.`,
    "",
    ...(rows.length === 0 ? ["Its parameters are not described."] : parameterLines(rows, screen)),
    "",
    paint(screen, "bold", "Examples"),
    ...exampleLines(type, rows).map((line) => `  ${printable(line)}`),
  ];
}

/** A table or, if the terminal is too narrow, one block per parameter. */
function parameterLines(rows: readonly ParameterRow[], screen: Screen): readonly string[] {
  // Empty columns are left out.
  const columns = PARAMETER_COLUMNS.filter((column) => rows.some((row) => column.text(row) !== ""));
  const whole = table(rows, columns, { colour: false, width: undefined });
  if (screen.width === undefined || whole.every((line) => line.length <= (screen.width ?? 0))) {
    return table(rows, columns, screen);
  }
  return rows.flatMap((row) => {
    const preset = row.default === "" ? "" : `default ${row.default}`;
    const facts = [row.type, row.required ? "required" : "", preset, row.limits].filter(
      (fact) => fact !== "",
    );
    const head = `${paint(screen, "bold", oneLine(row.name))}  ${oneLine(facts.join(", "))}`;
    return row.help === "" ? [head] : [head, `    ${oneLine(row.help)}`];
  });
}

function exampleLines({ name, examples }: WireTaskType, rows: readonly ParameterRow[]): readonly string[] {
  const submit = (words: readonly string[]) => ["taskwright submit", name, ...words, "--wait"].join(" ");
  if (examples.length > 0) return examples.map(({ parameters }) => submit(parameterWords(parameters)));
  const needed = rows.filter((row) => row.required);
  return [submit(needed.flatMap((row) => ["-p", `${row.name}=${row.type === "file" ? "@path" : "…"}`]))];
}
