// One upload with its progress. The typed client can't tell how far it is: fetch does not say.
import type { WireFile } from "../lib/api.js";

/** Throws (rejects) with a sentence for people. `signal` calls it off. */
export function uploadFile(
  file: File,
  onProgress: (percent: number) => void,
  signal: AbortSignal,
): Promise<WireFile> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/api/files");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress((100 * event.loaded) / event.total);
    });
    request.addEventListener("load", () => {
      const [stored]: readonly WireFile[] = request.response?.files ?? [];
      if (request.status === 201 && stored) resolve(stored);
      else reject(new Error(request.response?.detail ?? `The server answered ${request.status}.`));
    });
    request.addEventListener("error", () => reject(new Error("The server can't be reached.")));
    request.addEventListener("abort", () => reject(signal.reason));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    const form = new FormData();
    form.append("file", file);
    request.send(form);
  });
}
