// Formats a submit request as JSON, curl, command line or TypeScript.
import { SERVER_URL } from "../lib/base.js";

export type RequestForm = "json" | "curl" | "cli" | "typescript";

export interface Request {
  readonly task_type: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Options, by their API names. */
  readonly [option: string]: unknown;
}

export function requestAs(form: RequestForm, request: Request): string {
  switch (form) {
    case "json":
      return `POST /api/tasks/submit\n\n${JSON.stringify(request, undefined, 2)}`;
    case "curl":
      return [
        `curl -X POST ${SERVER_URL}/api/tasks/submit \\`,
        "  -H 'content-type: application/json' \\",
        `  -d ${quoteForShell(compact(request))}`,
      ].join("\n");
    case "cli":
      return [
        `${urlVariable()}npx taskwright submit ${request.task_type}`,
        ...Object.entries(request.parameters).map(
          ([name, value]) =>
            `-p ${quoteForShell(`${name}=${typeof value === "string" ? value : compact(value)}`)}`,
        ),
        "--wait",
      ].join(" ");
    case "typescript":
      return typescript(request);
  }
}

/** The command line's default URL needs no variable. */
function urlVariable(): string {
  return SERVER_URL === "http://127.0.0.1:8000" ? "" : `TASKWRIGHT_URL=${quoteForShell(SERVER_URL)} `;
}

function typescript({ task_type, parameters, ...options }: Request): string {
  const submitted = [JSON.stringify(task_type), literal(parameters)];
  if (Object.keys(options).length > 0) submitted.push(literal(options));
  return [
    'import { createClient } from "taskwright/client";',
    "",
    `const client = createClient({ url: ${JSON.stringify(SERVER_URL)} });`,
    `const task = await client.submit(${submitted.join(", ")});`,
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
