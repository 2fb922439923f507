// JSON from the command line, a file or stdin.
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { CommandFailure, EXIT } from "../failure.js";
import { type Parameters, parseJson } from "./parse.js";

/** Reads a JSON object from `{…}`, `@file.json`, or `-` for stdin. Throws CommandFailure. */
export async function readJsonArgument(argument: string): Promise<Parameters> {
  const value = parseJson("--params", await readText(argument));
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new CommandFailure(EXIT.usage, '--params: must be a JSON object, such as {"rows": 500}');
  }
  return { ...value };
}

async function readText(argument: string): Promise<string> {
  if (argument === "-") return text(process.stdin);
  if (!argument.startsWith("@")) return argument;
  try {
    return await readFile(argument.slice(1), "utf8");
  } catch (error) {
    throw new CommandFailure(EXIT.usage, `--params: ${reason(error)}`, { cause: error });
  }
}

/** A readable message for a file-system error. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const path = "path" in error ? String(error.path) : "the file";
  if ("code" in error && error.code === "ENOENT") return `no such file: ${path}`;
  if ("code" in error && error.code === "EISDIR") return `${path} is a folder`;
  if ("code" in error && error.code === "EACCES") return `no permission to read ${path}`;
  return error.message;
}
