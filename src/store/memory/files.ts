// Records of uploads: begun, complete, ended, forgotten. The bytes lie elsewhere.
import type { FileId, StoredFile } from "../../model/task.js";
import type { Millis } from "../../model/time.js";
import { StoreError } from "../store.js";
import { byId, type State } from "./state.js";

export function beginFile(state: State, id: FileId, name: string, mediaType: string): void {
  if (state.files.has(id)) return;
  const file = { id, name, mediaType, sizeBytes: 0, sha256: "", createdAt: state.clock.now() };
  state.files.set(id, { state: "begun", file });
}

/** Throws StoreError 'rejected' where the upload was never begun, or was given up in the meantime. */
export function completeFile(state: State, id: FileId, sizeBytes: number, sha256: string): StoredFile {
  const record = state.files.get(id);
  if (!record || record.state === "ended") {
    throw new StoreError("rejected", `Upload ${id} was not started or has expired; send the file again.`);
  }
  const file = { ...record.file, sizeBytes, sha256 };
  state.files.set(id, { state: "complete", file });
  return file;
}

export function files(state: State, ids: readonly FileId[]): readonly (StoredFile | undefined)[] {
  return ids.map((id) => {
    const record = state.files.get(id);
    return record?.state === "complete" ? record.file : undefined;
  });
}

export function expireFiles(state: State, unusedFor: Millis, limit: number): readonly FileId[] {
  const used = new Set([...state.tasks.values()].flatMap((task) => task.files ?? []));
  const before = state.clock.now() - unusedFor;
  for (const [id, { file }] of state.files) {
    if (file.createdAt < before && !used.has(id)) state.files.set(id, { state: "ended", file });
  }
  return [...state.files]
    .filter(([, record]) => record.state === "ended")
    .map(([id]) => id)
    .sort(byId)
    .slice(0, limit);
}

export function removeFiles(state: State, ids: readonly FileId[]): void {
  for (const id of ids) {
    if (state.files.get(id)?.state === "ended") state.files.delete(id);
  }
}
