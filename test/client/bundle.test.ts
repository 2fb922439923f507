// The client, bundled for a browser as a page would do it: nothing of Node may be left in it.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { expect, test } from "vitest";

test("a browser bundle has no import and no global of Node", async () => {
  const outDir = await mkdtemp(path.join(tmpdir(), "taskwright-bundle-"));
  try {
    await build({
      configFile: false,
      root: path.resolve(import.meta.dirname, "../.."),
      logLevel: "silent",
      publicDir: false,
      build: {
        outDir,
        emptyOutDir: true,
        // Without its comments.
        minify: true,
        lib: { entry: "src/client/index.ts", formats: ["es"], fileName: () => "client.js" },
      },
    });
    const bundle = await readFile(path.join(outDir, "client.js"), "utf8");
    expect(bundle).toContain("createClient");
    expect(bundle.match(/\b(import|require)\s*["({*].{0,40}/g) ?? []).toEqual([]);
    // vite replaces a node: import by a stub of this name.
    expect(bundle).not.toMatch(/node:|__vite-browser-external/);
    expect(bundle.match(/\b(process|Buffer|global|setImmediate|__dirname)\b\s*[.(]/g) ?? []).toEqual([]);
    // Types come from the route tables, their schemas do not.
    expect(bundle).not.toMatch(/TypeBox|additionalProperties/);
    expect(gzipSync(bundle).length).toBeLessThan(7_000);
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
});
