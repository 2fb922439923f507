// What every test of the page stands on: one server, one browser, and tasks made over HTTP. No tests here.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { type OpenPage, openPage } from "../support/browser.js";
import { submit } from "../support/http-calls.js";
import { type ServerProcess, startServerProcess } from "../support/server-process.js";
import { connectBrowser } from "../support/shared.js";

/** A simulated second takes 20 ms: fast, and slow enough to see progress. */
const PACE = "0.02";

export interface Setting {
  readonly server: ServerProcess;
  readonly browser: Browser;
  /** Opens a page of this server. */
  open(path: string, options?: Parameters<typeof openPage>[2]): Promise<OpenPage>;
  submit(taskType: string, parameters: object, options?: object): Promise<string>;
}

export interface SettingOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** The body of a config file: task types of the test, made with `defineTask` and `z`. */
  readonly taskTypes?: string;
}

/** Call once at the top of a file; what it answers holds from the first test on. */
export function createSetting(options: SettingOptions = {}): Setting {
  let server: ServerProcess | undefined;
  let browser: Browser | undefined;
  let cwd: string | undefined;
  beforeAll(async () => {
    if (options.taskTypes) cwd = await folderWith(options.taskTypes);
    [server, browser] = await Promise.all([
      startServerProcess({ ...(cwd && { cwd }), env: { TASKWRIGHT_PACE: PACE, ...options.env } }),
      connectBrowser(),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    if (cwd) await rm(cwd, { recursive: true, force: true });
  });
  const held = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error("the setting exists only while tests run");
    return value;
  };
  return {
    get server() {
      return held(server);
    },
    get browser() {
      return held(browser);
    },
    open: (path, options) => openPage(held(browser), held(server).url + path, options),
    submit: (taskType, parameters, options) => submit(held(server).url, taskType, parameters, options),
  };
}

async function folderWith(taskTypes: string): Promise<string> {
  const cwd = await mkdtemp(path.join(tmpdir(), "taskwright-e2e-"));
  const library = pathToFileURL(path.resolve(import.meta.dirname, "../../dist/index.js"));
  const imports = `import { defineTask } from "${library}";\nimport { z } from "${import.meta.resolve("zod")}";\n`;
  await writeFile(path.join(cwd, "taskwright.config.mjs"), imports + taskTypes);
  return cwd;
}

/** Asks until the answer fits; what a page shows comes a moment after what caused it. */
export const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 15_000 });

/** As many simulated recipients take that many simulated seconds: long enough to be stopped. */
export const LONG_TASK = { recipient_count: 3000 } as const;
