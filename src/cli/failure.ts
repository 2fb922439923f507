// How commands fail: exit codes, and error messages that say what is wrong and what to do.
import { CommanderError } from "commander";
import { ApiError, ConnectionError } from "../client/index.js";
import { ConfigError } from "../config/error.js";
import { TaskwrightError } from "../model/errors.js";
import { StoreError } from "../store/store.js";

/** Exit codes; 130 and 143 follow the shell convention for signals. */
export const EXIT = {
  ok: 0,
  error: 1,
  usage: 2,
  notFound: 3,
  taskFailed: 4,
  timedOut: 5,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the command with this exit code; the message is empty if the output already says everything. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  readonly code: ExitCode;
  constructor(code: ExitCode, message = "", options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

export interface Failure {
  readonly code: number;
  /** Printed to stderr; empty prints nothing. */
  readonly text: string;
}

/** Exit code and message for any error a command throws; with `stack`, stack traces too. */
export function describeFailure(error: unknown, stack: boolean): Failure {
  // commander has already printed its message; --help and --version also end here.
  if (error instanceof CommanderError) return { code: error.exitCode === 0 ? EXIT.ok : EXIT.usage, text: "" };
  const code = codeOf(error);
  const lines = linesOf(error).map((line) => `error: ${line}`);
  if (stack && error instanceof Error) lines.push(...stacksOf(error));
  else if (!isExpected(error)) lines.push("(add --log-level debug for a stack trace)");
  return { code, text: lines.join("\n") };
}

function codeOf(error: unknown): number {
  if (error instanceof CommandFailure) return error.code;
  if (error instanceof ConfigError) return EXIT.usage;
  if (!(error instanceof ApiError)) return EXIT.error;
  if (error.status === 404) return EXIT.notFound;
  return error.status === 400 || error.status === 422 ? EXIT.usage : EXIT.error;
}

function linesOf(error: unknown): readonly string[] {
  if (error instanceof CommandFailure) return error.message === "" ? [] : [error.message];
  if (error instanceof ConfigError) return error.faults;
  if (error instanceof ApiError) return apiLines(error);
  const inSystem = systemFailure(error);
  if (inSystem !== undefined) return [inSystem];
  return [error instanceof Error ? error.message : String(error)];
}

function apiLines(error: ApiError): readonly string[] {
  if (error.status === 401) return [`${error.detail} Set TASKWRIGHT_API_KEY.`];
  // The detail already contains the first of them.
  const fields = error.errors
    .map(({ pointer, message }) => `${pointer || "/"} ${message}`)
    .filter((field) => !error.detail.includes(field));
  return [[error.detail, ...fields.map((field) => `  ${field}`)].join("\n")];
}

/** Messages for operating-system errors at server start, by error code and system call. */
function systemFailure(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  const port = "port" in error ? Number(error.port) : 0;
  const place = "address" in error ? String(error.address) : "path" in error ? String(error.path) : "?";
  switch (error.code) {
    case "EADDRINUSE":
      return `port ${port} on ${place} is already in use; stop the process that uses it, or choose another port: --port ${port + 1}`;
    case "EADDRNOTAVAIL":
      return `${place} is not an address of this machine; check --host`;
    case "ENOTFOUND":
      return `cannot resolve the host name ${"hostname" in error ? String(error.hostname) : place}; check --host`;
    case "EACCES":
    case "EPERM":
    case "EROFS":
      if ("syscall" in error && error.syscall === "listen") {
        return `no permission to listen on port ${port}; use a port above 1023: --port 8000`;
      }
      return `no permission to write to ${place}; change its owner, or choose another location with --store and --data-dir`;
    case "ENOTDIR":
    case "EEXIST":
      return `${place} is not a folder; choose another location with --store and --data-dir`;
    case "ENOSPC":
      return "the disk is full; free some space and start again";
    default:
      return undefined;
  }
}

function isExpected(error: unknown): boolean {
  return (
    error instanceof CommandFailure ||
    error instanceof ConfigError ||
    error instanceof ApiError ||
    error instanceof ConnectionError ||
    error instanceof StoreError ||
    error instanceof TaskwrightError ||
    systemFailure(error) !== undefined
  );
}

function stacksOf(error: Error): string[] {
  const stacks: string[] = [];
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    stacks.push(current.stack ?? current.message);
  }
  return stacks;
}
