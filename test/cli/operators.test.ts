// Commands for files and for operators, against a real server; one process of the compiled program runs all of them.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import { defineTask, fileId } from "../../src/index.js";
import { listen } from "../library/listen.js";
import { afterwards, openApp, wordCount } from "../library/support.js";

const RUN = pathToFileURL(path.join(import.meta.dirname, "../../dist/cli/run.js")).href;

const shout = defineTask({
  name: "shout",
  input: z.strictObject({ file_id: fileId({}) }),
  async run({ file_id }, { files, artifacts }) {
    const file = await files.open(file_id);
    const words = (await text(file.stream())).toUpperCase();
    await artifacts.put("../.shout.txt", words, "text/plain");
    await artifacts.put("second.txt", "2", "text/plain");
    return { words };
  },
});

/** Runs commands one after the other; the output of each, and its exit code. */
async function commands(cwd: string, url: string, all: readonly (readonly string[])[]) {
  const script = `const { run } = await import(${JSON.stringify(RUN)});
    for (const words of ${JSON.stringify(all)}) {
      const code = await run(words);
      await new Promise((resolve) => process.stdout.write("exit " + code + "\\u0000", resolve));
    }
    process.exitCode = 0;`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    cwd,
    env: { PATH: process.env.PATH, NO_COLOR: "1", TASKWRIGHT_URL: url },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { outputs: out.split("\u0000").slice(0, -1), err };
}

test("upload, download, queues, workers, stats, and short ids", async () => {
  const app = await openApp({ tasks: [shout, wordCount] });
  await app.work({ concurrency: 3 });
  const { url } = await listen(app.handler());
  const cwd = await mkdtemp(path.join(os.tmpdir(), "taskwright-operators-"));
  afterwards(() => rm(cwd, { recursive: true }));
  await writeFile(path.join(cwd, "words.txt"), "one two");
  const file = await app.upload("one two", { name: "words.txt" });
  const run = await app.submit(shout, { file_id: file.id });
  await run.result();
  const [first] = await app.artifacts(run.id);
  const later = await app.submit(wordCount, { text: "a" }, { queue: "nightly", delay: "1h" });
  await app.submit(wordCount, { text: "b" }, { queue: "nightly", delay: "1h" });

  const short = run.id.slice(0, 18);
  const { outputs, err } = await commands(cwd, url, [
    ["upload", "words.txt"],
    ["upload", "words.txt", "none.txt", "--json"],
    ["download", run.id],
    ["download", run.id],
    ["download", short, "--force", "--json"],
    ["download", String(first?.id), "-o", "-"],
    ["download", file.id, "-o", "copy.txt"],
    ["download", later.id],
    ["download", "no-id"],
    ["download", run.id.slice(0, 8)],
    ["queues"],
    ["queues", "--json"],
    ["workers"],
    ["stats", "--group-by", "task_type"],
    ["stats", "--json"],
    ["get", run.id.slice(0, -1)],
    ["get", "00000000-0"],
    ["get", run.id.slice(0, 8)],
    ["why", later.id.slice(0, 35).toUpperCase()],
    ["list", "--queue", "nightly", "--limit", "1"],
    ["completion", "fish"],
  ]);
  const id = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}";
  const expected: readonly RegExp[] = [
    new RegExp(`^${id}\nexit 0$`),
    new RegExp(`^{"id":"${id}","name":"words.txt",.*}\nexit 2$`),
    /^_shout\.txt\nsecond\.txt\nexit 0$/,
    /^exit 2$/,
    /^{"name":"_shout.txt","size_bytes":7}\n{"name":"second.txt","size_bytes":1}\nexit 0$/,
    /^ONE TWOexit 0$/,
    /^copy\.txt\nexit 0$/,
    /^exit 3$/,
    /^exit 3$/,
    /^exit 2$/,
    /^QUEUE +PENDING +RUNNING +SUCCESS +FAILED +CANCELLED +LONGEST WAIT\ndefault +0 +0 +1 +0 +0\nnightly +2 +0 +0 +0 +0\nexit 0$/,
    /^{"name":"default",.*}\n{"name":"nightly",.*}\nexit 0$/,
    new RegExp(
      `^ID +HOST +RUNNING +MEMORY +STARTED +SEEN +QUEUES\n\\S+ +\\S+:${process.pid} +0 of 3 .* s ago .* s ago +all\nexit 0$`,
    ),
    /^TYPE +SUBMITTED +SUCCESS +FAILED +CANCELLED +RETRIED +MEAN WAIT +MEAN RUN\nword_count +2 +0 +0 +0 +0\nshout +1 +1 +0 +0 +0 +\S+ \S+.*\nexit 0$/,
    /^{"from":.*"timeline":.*}\nexit 0$/,
    new RegExp(`^SUCCESS: took .*\n\nId +${run.id}\n[^]*exit 0$`),
    /^exit 3$/,
    /^exit 2$/,
    /^.*[a-z].*\nexit 0$/,
    /^ID +STATUS +TYPE +DONE +CREATED .*\n.* \d+ s ago\nexit 0$/,
    /\ncomplete -c taskwright -n '__fish_seen_subcommand_from list' -l status -s s -d '[^\n]*' -x -a 'PENDING RUNNING SUCCESS FAILED CANCELLED'\n[\s\S]*exit 0$/,
  ];
  expect(outputs).toHaveLength(expected.length);
  for (const [at, pattern] of expected.entries()) expect(outputs[at]).toMatch(pattern);
  expect(err).toContain("none.txt");
  expect(err).toContain("_shout.txt exists; add --force to replace it, or choose --output");
  expect(err).toContain(`task ${later.id} has no artifacts`);
  expect(err).toContain("no task has an id that starts with 00000000-0");
  expect(err).toContain("there is no artifact, task or uploaded file no-id");
  expect(err.match(/several tasks have an id that starts with [0-9a-f]{8}: /g)).toHaveLength(2);
  expect(await readFile(path.join(cwd, "_shout.txt"), "utf8")).toBe("ONE TWO");
  expect(await readFile(path.join(cwd, "copy.txt"), "utf8")).toBe("one two");
});
