// docs/errors.md and the catalogue of errors say the same, both ways.
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { ERRORS } from "../../src/model/errors.js";

it("explains every error, and none that there is not", async () => {
  const page = await readFile(new URL("../../docs/errors.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| `(\w+)` \| (\d{3}) \| (.+?) \| (.+?) \|$/gm)];
  const explained = rows.map(([, code, status, title]) => ({ code, status: Number(status), title }));
  const catalogue = Object.entries(ERRORS).map(([code, { status, title }]) => ({ code, status, title }));
  expect(explained).toEqual(catalogue);
});
