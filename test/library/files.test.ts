// Uploads and downloads of the library, and what a handler submits by its type.
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { expect, test } from "vitest";
import { z } from "zod";
import { defineTask, fileId } from "../../src/index.js";
import { openApp, wordCount } from "./support.js";

const shout = defineTask({
  name: "shout",
  input: z.strictObject({ file_id: fileId({}) }),
  async run({ file_id }, { files, artifacts, submit }) {
    const file = await files.open(file_id);
    const text = (await buffer(file.stream())).toString();
    const { id } = await artifacts.put("shout.txt", text.toUpperCase(), "text/plain");
    const child = await submit(wordCount, { text }, { tags: ["child"] });
    return { id, child, name: file.name };
  },
});

test("uploads bytes, texts, streams and files, and reads them and artifacts back", async () => {
  const app = await openApp({ tasks: [shout, wordCount] });
  await app.work();
  const file = await app.upload(new File(["one two"], "note.txt", { type: "text/plain" }));
  expect(file).toMatchObject({ name: "note.txt", mediaType: "text/plain", sizeBytes: 7 });
  const { id, child, name } = await (await app.submit(shout, { file_id: file.id })).result();
  expect(name).toBe("note.txt");
  const artifact = await app.download(id);
  expect(artifact).toMatchObject({ name: "shout.txt", mediaType: "text/plain", sizeBytes: 7 });
  expect(await artifact.text()).toBe("ONE TWO");
  expect(await buffer(await artifact.stream())).toEqual(Buffer.from("ONE TWO"));
  expect(await app.run(wordCount, child).result()).toEqual({ words: 2 });
  expect(await app.get(child)).toMatchObject({ taskType: "word_count", tags: ["child"] });

  for (const data of ["é", Buffer.from("é"), Readable.from([Buffer.from("é")]), new Blob(["é"])]) {
    const stored = await app.upload(data, { name: "e.txt", mediaType: "text/plain" });
    expect(await (await app.downloadFile(stored.id)).bytes()).toEqual(Buffer.from("é"));
  }
});

test("says what is missing: a name, a file, an artifact, the rest of a stream", async () => {
  const app = await openApp();
  await expect(app.upload("text")).rejects.toMatchObject({ code: "validation_failed" });
  await expect(app.downloadFile("no-id")).rejects.toMatchObject({ code: "file_not_found" });
  await expect(app.download("0198f3b2-0000-7000-8000-000000000000")).rejects.toMatchObject({
    code: "artifact_not_found",
  });
  const broken = new Readable({ read: () => broken.destroy(new Error("the source broke off")) });
  await expect(app.upload(broken, { name: "a" })).rejects.toThrow("the source broke off");
});
