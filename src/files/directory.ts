// Blobs as files of a folder: written aside, flushed, then renamed into place. Knows no tasks and no names but ids.
import { randomUUID } from "node:crypto";
import { access, mkdir, open, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { addAbortSignal } from "node:stream";
import { idTime } from "../model/id.js";
import { type Blobs, checkId, noSuchBlob } from "./files.js";
import { hasCode, writeFileWhole } from "./write-file.js";

const FOLDER_MODE = 0o700;
const ID_LENGTH = 36;
/** Half written files removed in one step of sweeping. */
const STEP = 100;

/**
 * Opens the folder `root` and makes it where it is absent. Other processes, on other machines too, may use it as well.
 * Bytes arrive in `incoming/<id>.<random>` and stay in `<last two digits of id>/<id>`: the first digits of a UUIDv7 are
 * its time, so they would put all of an hour into one folder.
 */
export async function createDirectoryBlobs(options: { readonly root: string }): Promise<Blobs> {
  const root = path.resolve(options.root);
  const incoming = path.join(root, "incoming");
  await mkdir(incoming, { recursive: true, mode: FOLDER_MODE });
  // All 256 at once, so that no write has to make one and wait until that is on disk as well.
  for (let digits = 0; digits < 256; digits++) {
    const folder = path.join(root, digits.toString(16).padStart(2, "0"));
    await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  }
  await flush(root);

  return {
    async write(id, data, { maxBytes, signal } = {}) {
      const target = locate(root, id);
      if (signal) addAbortSignal(signal, data);
      const temporary = path.join(incoming, `${id}.${randomUUID()}`);
      const written = await writeFileWhole(data, { temporary, target, maxBytes, isDurable: true });
      // A rename is on disk once its folder is.
      await flush(path.dirname(target));
      return written;
    },

    async read(id, range) {
      try {
        const handle = await open(locate(root, id), "r");
        return handle.createReadStream(range);
      } catch (error) {
        if (hasCode(error, "ENOENT")) return undefined;
        throw error;
      }
    },

    async path({ id }) {
      const file = locate(root, id);
      try {
        await access(file);
      } catch (error) {
        throw hasCode(error, "ENOENT") ? noSuchBlob(id) : error;
      }
      return { path: file, release: () => undefined };
    },

    async remove(ids) {
      for (const id of ids) await rm(locate(root, id), { force: true });
    },

    async sweep(before) {
      const old = (await readdir(incoming)).filter((name) => isOlder(name, before));
      for (const name of old.slice(0, STEP)) {
        await rm(path.join(incoming, name), { recursive: true, force: true });
      }
      return old.length > STEP;
    },

    close: async () => undefined,
  };
}

function locate(root: string, id: string): string {
  checkId(id);
  return path.join(root, id.slice(-2), id);
}

/** A file without a time in its name is not ours. */
function isOlder(name: string, before: number): boolean {
  return (idTime(name.slice(0, ID_LENGTH)) ?? 0) < before;
}

async function flush(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
