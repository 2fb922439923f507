// Formats a submit request as JSON, curl, command line or TypeScript.
export type RequestForm = "json" | "curl" | "cli" | "typescript";

export interface Request {
  /** The task that it retries, where it is no new work. */
  readonly retry_of?: string;
  readonly task_type: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Options, by their API names. */
  readonly [option: string]: unknown;
}

/** `serverUrl`: where other programs reach the server. */
export function requestAs(form: RequestForm, request: Request, serverUrl: string): string {
  const { retry_of, ...submit } = request;
  const { task_type: _type, ...changes } = submit;
  const path = retry_of === undefined ? "/api/tasks/submit" : `/api/tasks/${retry_of}/retry`;
  const body = retry_of === undefined ? submit : changes;
  switch (form) {
    case "json":
      return `POST ${path}\n\n${JSON.stringify(body, undefined, 2)}`;
    case "curl":
      return [
        `curl -X POST ${serverUrl}${path} \\`,
        "  -H 'content-type: application/json' \\",
        `  -d ${quoteForShell(compact(body))}`,
      ].join("\n");
    case "cli":
      return `${urlVariable(serverUrl)}npx taskwright ${retry_of === undefined ? submitCommand(submit) : retryCommand(retry_of, submit)} --wait`;
    case "typescript":
      return retry_of === undefined
        ? typescript(submitCall(submit), serverUrl)
        : typescript(`retry(${JSON.stringify(retry_of)}, ${literal(changes)})`, serverUrl);
  }
}

function submitCommand(request: Request): string {
  const parameters = Object.entries(request.parameters).map(
    ([name, value]) => `-p ${quoteForShell(`${name}=${typeof value === "string" ? value : compact(value)}`)}`,
  );
  return [`submit ${request.task_type}`, ...parameters, ...flagsOf(request)].join(" ");
}

/** Options are those of the task before. */
function retryCommand(id: string, { parameters }: Request): string {
  return `retry ${id} --params ${quoteForShell(JSON.stringify(parameters))}`;
}

/** What precedes a command for this server; the command line's default URL needs nothing. */
export function urlVariable(serverUrl: string): string {
  return serverUrl === "http://127.0.0.1:8000" ? "" : `TASKWRIGHT_URL=${quoteForShell(serverUrl)} `;
}

/** Options as flags of the command line: max_attempts as --max-attempts, and one --tag for each tag. */
function flagsOf({ task_type: _type, parameters: _parameters, ...options }: Request): readonly string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const flag = name === "tags" ? "--tag" : `--${name.replaceAll("_", "-")}`;
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    // With "=", so that a value may begin with a dash.
    return values.map((one) => `${flag}=${quoteForShell(String(one))}`);
  });
}

function submitCall({ task_type, parameters, ...options }: Request): string {
  const submitted = [JSON.stringify(task_type), literal(parameters)];
  if (Object.keys(options).length > 0) submitted.push(literal(options));
  return `submit(${submitted.join(", ")})`;
}

function typescript(call: string, serverUrl: string): string {
  return [
    'import { createClient } from "taskwright/client";',
    "",
    `const client = createClient({ url: ${JSON.stringify(serverUrl)} });`,
    `const task = await client.${call};`,
    "console.log(await client.get(task.id, { wait: 30 }));",
  ].join("\n");
}

/** Removes the quotes of keys that are identifiers. */
function literal(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replace(/^(\s*)"([A-Za-z_$][\w$]*)":/gm, "$1$2:");
}

/** One line if it is short, with a space after each colon and comma. */
function compact(value: unknown): string {
  const pretty = JSON.stringify(value, undefined, 2);
  const flat = pretty.replace(/\n\s*/g, " ").replace(/([{[]) | ([}\]])/g, "$1$2");
  return flat.length <= 80 ? flat : pretty;
}

/** Quotes text for sh; words without special characters stay unquoted. */
function quoteForShell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
