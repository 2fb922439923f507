// A page's project as its reader has it: the TypeScript blocks as files, a server started there, one shell for all blocks.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type CodeBlock, codeBlocks } from "../support/code-blocks.js";
import { type ServerProcess, startServerProcess } from "../support/server-process.js";

export const root = path.resolve(import.meta.dirname, "../..");

/** What the pages write, and what it is in the test. */
const SHOWN_URL = "http://127.0.0.1:8000";
const SHOWN_ADDRESS = "127.0.0.1:8000";
const LINKED = ["zod", "jiti", "@types/node"];
/** Node 20 has WebSocket behind this flag, later ones without. */
const NODE_OPTIONS = "WebSocket" in globalThis ? "" : "--experimental-websocket";

export interface ShellEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Project {
  readonly folder: string;
  readonly server: ServerProcess;
  /** Runs one block; what it sets is there for the next ones, as in a reader's terminal. */
  shell(text: string): Promise<ShellEnd>;
  /** Runs a block that goes on for ever until it has printed something; answers that. */
  firstWords(text: string): Promise<string>;
  close(): Promise<void>;
}

/** Writes the files of a page into a folder, with this server's address in place of the shown one. */
export function writeFiles(blocks: readonly CodeBlock[], folder: string, url: string = SHOWN_URL): void {
  for (const { file, text } of blocks) {
    if (file === undefined) continue;
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text.replaceAll(SHOWN_ADDRESS, new URL(url).host));
  }
}

/** An empty folder in which "taskwright" and "zod" can be imported. */
export function createFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "taskwright-docs-"));
  mkdirSync(path.join(folder, "node_modules/@types"), { recursive: true });
  symlinkSync(root, path.join(folder, "node_modules/taskwright"));
  for (const name of LINKED) {
    symlinkSync(path.join(root, "node_modules", name), path.join(folder, "node_modules", name));
  }
  symlinkSync(path.join(root, "examples"), path.join(folder, "examples"));
  writeFileSync(path.join(folder, "package.json"), '{ "type": "module" }\n');
  return folder;
}

/** The project of a page, with its server running. Simulated work doesn't wait. */
export async function openProject(page: string): Promise<Project> {
  const blocks = codeBlocks(page);
  const folder = createFolder();
  writeFiles(blocks, folder);
  const server = await startServerProcess({ cwd: folder, env: { TASKWRIGHT_PACE: "0" } });
  writeFiles(blocks, folder, server.url);
  const variables = path.join(folder, ".variables");
  writeFileSync(variables, "");

  function start(text: string) {
    const script = `. "${variables}"\nset -aeuo pipefail\n${command(text, server.url)}\nexport -p > "${variables}"`;
    return spawn("bash", ["-c", script], {
      cwd: folder,
      // Its own group, so that a block that goes on for ever ends with all that it started.
      detached: true,
      env: { ...process.env, TASKWRIGHT_URL: server.url, NO_COLOR: "1", NODE_OPTIONS },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  return {
    folder,
    server,
    async shell(text) {
      const child = start(text);
      let stdout = "";
      let stderr = "";
      child.stdout.setEncoding("utf8").on("data", (part: string) => {
        stdout += part;
      });
      child.stderr.setEncoding("utf8").on("data", (part: string) => {
        stderr += part;
      });
      await once(child, "close");
      return { code: child.exitCode, stdout, stderr };
    },
    async firstWords(text) {
      const child = start(text);
      const [words]: unknown[] = await once(child.stdout, "data");
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      await once(child, "close");
      return String(words);
    },
    async close() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The text as it runs here: this server, this build of the command, this Node. */
function command(text: string, url: string): string {
  const main = path.join(root, "dist/cli/main.js");
  const jiti = path.join(root, "node_modules/jiti/lib/jiti-cli.mjs");
  return text
    .replaceAll(SHOWN_ADDRESS, new URL(url).host)
    .replaceAll("npx taskwright", `"${process.execPath}" "${main}"`)
    .replaceAll("npx jiti", `"${process.execPath}" "${jiti}"`)
    .replaceAll(/\bnode (?=[-\w./]+)/g, `"${process.execPath}" `);
}

/** Every page that the index of docs/ names, and the index. The README has a test of its own. */
export function handbook(): readonly string[] {
  const index = readFileSync(path.join(root, "docs/README.md"), "utf8");
  return ["docs/README.md", ...[...index.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, page]) => `docs/${page}`)];
}
