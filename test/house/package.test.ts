// The package as npm publishes it, offline: what is in it, and that every export and the command work from it. The packages
// that it depends on are those of the repository; `npm run test:nodes` installs them, under every supported Node and Bun.
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";

const run = promisify(execFile);
const root = path.join(import.meta.dirname, "../..");
const packed = z
  .array(z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }))
  .length(1);

test("the packed package has what it needs and nothing else, and works", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "taskwright-packed-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const words = ["pack", "--json", "--ignore-scripts", "--offline", "--pack-destination", folder];
  const { stdout } = await run("npm", words, { cwd: root, maxBuffer: 1e8 });
  const [found] = packed.parse(JSON.parse(stdout));
  const paths = found?.files.map((file) => file.path) ?? [];
  expect(paths).toEqual(expect.arrayContaining(["package.json", "LICENSE", "README.md", "CHANGELOG.md"]));
  const kinds = new Set(
    paths.map((one) =>
      one
        .split("/")
        .slice(0, one.startsWith("dist/") ? 2 : 1)
        .join("/"),
    ),
  );
  const unwanted = /^(src|test|scripts|node_modules)$|tsbuildinfo|^dist\/(bench|test|torture)$/;
  expect([...kinds].filter((kind) => unwanted.test(kind))).toEqual([]);

  const modules = path.join(folder, "node_modules");
  await mkdir(modules);
  await run("tar", ["xzf", path.join(folder, found?.filename ?? ""), "-C", modules]);
  const own = path.join(modules, "taskwright");
  await run("mv", [path.join(modules, "package"), own]);
  for (const name of await readdir(path.join(root, "node_modules"))) {
    if (!name.startsWith(".")) await symlink(path.join(root, "node_modules", name), path.join(modules, name));
  }
  // A debugger finds the sources in the maps themselves: the package does not have them.
  const map: unknown = JSON.parse(await readFile(path.join(own, "dist/index.js.map"), "utf8"));
  expect(map).toMatchObject({ sourcesContent: [expect.stringContaining("The library's public surface")] });
  const { exports: all } = z
    .object({ exports: z.record(z.string(), z.union([z.string(), z.record(z.string(), z.string())])) })
    .parse(JSON.parse(await readFile(path.join(own, "package.json"), "utf8")));
  for (const target of Object.values(all).flatMap((one) =>
    typeof one === "string" ? [one] : Object.values(one),
  )) {
    expect((await stat(path.join(own, target))).isFile()).toBe(true);
  }
  await copyFile(path.join(root, "scripts/package-check.js"), path.join(folder, "check.mjs"));
  const checked = await run(process.execPath, ["check.mjs"], { cwd: folder });
  expect(checked.stdout).toContain("all exports, the library, the client and the command work");
});
