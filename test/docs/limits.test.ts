// The limits on the API page are those that the server enforces.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { LIMITS } from "../../src/model/limits.js";
import { formatSize } from "../../src/model/size.js";

const page = readFileSync(new URL("../../docs/api.md", import.meta.url), "utf8");
const section = /## Limits\n(.*?)\n## /s.exec(page)?.[1] ?? "";
const row = (begins: string) => section.split("\n").find((line) => line.startsWith(`| ${begins}`)) ?? "";
const number = (value: number) => value.toLocaleString("en");
const size = (bytes: number) => formatSize(bytes).replace(/(\d)([A-Z])/, "$1 $2");

test.each<[string, readonly string[]]>([
  [
    "JSON body; batch",
    [size(LIMITS.requestBytes), number(LIMITS.batchTasks), size(LIMITS.batchRequestBytes)],
  ],
  ["body of a sign-in", [size(LIMITS.sessionRequestBytes)]],
  ["all JSON bodies", [size(LIMITS.bodyMemoryBytes)]],
  ["upload", [size(LIMITS.uploadBytes), `${LIMITS.uploadFiles} files`]],
  ["`parameters` and result", [size(LIMITS.payloadBytes), `${LIMITS.jsonDepth} levels`]],
  ["queues that hold tasks", [number(LIMITS.queues)]],
  ["page of a list", [`${LIMITS.list.default} tasks`, `at most ${LIMITS.list.max}`, size(LIMITS.listBytes)]],
  [
    "page of `/api/queues`",
    [`${LIMITS.list.max};`, `${LIMITS.logPage.default} lines`, number(LIMITS.logPage.max)],
  ],
  ["lists, logs and statistics", [`${LIMITS.concurrentReads} (`]],
  ["connections", [number(LIMITS.connections)]],
])("%s", (begins, values) => {
  for (const value of values) expect(row(begins)).toContain(value);
});
