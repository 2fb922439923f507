// A server of its own for a test file: the compiled program in a new folder with a config file of ours.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "vitest";
import { type Ended, type Running, type RunOptions, run, start } from "./command-line.js";

export interface Serving {
  readonly cwd: string;
  readonly url: string;
  /** Runs a command against this server, in its folder. */
  cli(words: readonly string[], options?: RunOptions): Promise<Ended>;
  /** The same, without waiting for its end. */
  startCli(words: readonly string[]): Running;
  /** The id of a new task. */
  submit(...words: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

export async function serveFolder(config: string): Promise<Serving> {
  // In the repository, where a config file finds the package's libraries as it would in an application.
  const cwd = await mkdtemp(path.join(import.meta.dirname, "folder-"));
  await writeFile(path.join(cwd, "taskwright.config.ts"), config);
  const server = start(["serve", "--port", "0", "--drain", "0s"], { cwd, env: { TASKWRIGHT_PACE: "0" } });
  const [, url = ""] = await server.says(/Dashboard +(http:\/\/\S+)\//);
  const env = { TASKWRIGHT_URL: url };
  const cli = (words: readonly string[], options: RunOptions = {}) =>
    run(words, { cwd, ...options, env: { ...env, ...options.env } });
  return {
    cwd,
    url,
    cli,
    startCli: (words) => start(words, { cwd, env }),
    submit: async (...words) => (await cli(["submit", ...words])).stdout.trim(),
    async stop() {
      server.process.kill("SIGTERM");
      expect(await server.ended).toMatchObject({ code: 0 });
      await rm(cwd, { recursive: true });
    },
  };
}
