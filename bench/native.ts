// From a submit over HTTP to the result of a small file, in a process that is warm from the task before.
import { readFile } from "node:fs/promises";
import { serve } from "./serve.js";

export interface NativeLatency {
  readonly taskType: string;
  /** Milliseconds of each round. */
  readonly samples: readonly number[];
}

interface Json {
  readonly [name: string]: unknown;
}

/** Uploads the two example files once, and runs `rounds` tasks of each type, one after the other. */
export async function nativeLatency(folder: string, rounds: number): Promise<readonly NativeLatency[]> {
  const server = await serve(`${folder}/native.db`, folder);
  try {
    const table = await upload(server.url, "airquality.csv");
    const image = await upload(server.url, "green-hills.jpg");
    return [
      {
        taskType: "data_processing",
        samples: await measure(server.url, rounds, "data_processing", { file_id: table }),
      },
      {
        taskType: "image_processing",
        samples: await measure(server.url, rounds, "image_processing", {
          file_ids: [image],
          operation: "resize",
          width: 320,
        }),
      },
    ];
  } finally {
    await server.stop();
  }
}

async function measure(url: string, rounds: number, taskType: string, parameters: Json) {
  const samples: number[] = [];
  // The first ones start the process and load its libraries.
  for (let round = -3; round < rounds; round++) {
    const start = performance.now();
    const body = JSON.stringify({ task_type: taskType, parameters });
    const headers = { "content-type": "application/json" };
    const { id } = await ask(`${url}/api/tasks/submit`, { method: "POST", headers, body });
    const { status } = await ask(`${url}/api/tasks/${String(id)}?wait=30`);
    if (status !== "SUCCESS") throw new Error(`a task of ${taskType} ended as ${String(status)}`);
    if (round >= 0) samples.push(performance.now() - start);
  }
  return samples;
}

async function upload(url: string, name: string): Promise<string> {
  const form = new FormData();
  form.append("file", new Blob([await readFile(`examples/${name}`)]), name);
  const response = await fetch(`${url}/api/files`, { method: "POST", body: form });
  const { files }: { readonly files: readonly { readonly id: string }[] } = await response.json();
  return files[0]?.id ?? "";
}

async function ask(url: string, init?: RequestInit): Promise<Json> {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
}
