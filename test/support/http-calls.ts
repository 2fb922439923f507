// The few calls that process tests make to a server, with fetch alone: what they check must not depend on our client.
import { expect } from "vitest";
import type { WireTask } from "../../src/http/wire.js";

/** Submits and answers the id; fails the test where the server says no. Throws TypeError where the connection breaks. */
export async function submit(
  url: string,
  taskType: string,
  parameters: object,
  options: object = {},
): Promise<string> {
  const response = await fetch(`${url}/api/tasks/submit`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ task_type: taskType, parameters, ...options }),
  });
  const task: WireTask = await response.json();
  expect(response.status).toBe(201);
  return task.id;
}

export async function getTask(url: string, id: string): Promise<WireTask> {
  const response = await fetch(`${url}/api/tasks/${id}`);
  expect(response.status).toBe(200);
  return response.json();
}

/** Waits until the task has finished. */
export async function finished(url: string, id: string): Promise<WireTask> {
  for (;;) {
    const response = await fetch(`${url}/api/tasks/${id}?wait=30`);
    expect(response.status).toBe(200);
    const task: WireTask = await response.json();
    if (task.completed_at) return task;
  }
}

/** Waits, on the stream of events, until the task runs. */
export async function started(url: string, id: string): Promise<void> {
  const stream = await fetch(`${url}/api/events?task_id=${id}`);
  // Subscribed from here on: a start before it shows in the task, one after it in the stream.
  if ((await getTask(url, id)).status !== "PENDING") {
    await stream.body?.cancel();
    return;
  }
  const decoder = new TextDecoder();
  for await (const chunk of stream.body ?? []) {
    const text = decoder.decode(chunk);
    if (text.includes("task.started")) return;
    // Something was missed, maybe this.
    if (text.includes("resync") && (await getTask(url, id)).status !== "PENDING") return;
  }
  throw new Error("the stream ended before the task started");
}
