// Follows one task until it finishes: a progress bar on a terminal, otherwise one line per event.
import type { Client, WireEvent, WireTask } from "../../client/index.js";
import { systemClock } from "../../lib/clock.js";
import { follow } from "../follow.js";
import { print, printJson } from "../output.js";
import { reportEnd } from "../submitted.js";
import { eventLine } from "./lines.js";

/** Throws CommandFailure taskFailed unless the task succeeds, and the errors of `follow`. */
export async function watchOne(
  client: Client,
  task: WireTask,
  { json, terminal }: { readonly json: boolean; readonly terminal: boolean },
): Promise<void> {
  const onEvent = (event: WireEvent) => {
    if (json) printJson(event);
    else if (!terminal) print(eventLine(event, systemClock.now()));
  };
  const ended = await follow(client, task, { onEvent });
  // The last event as the stream would send it, with the result, even if the stream connected too late for it.
  const last: WireEvent = { seq: "", type: "task.finished", task: { ...ended, version: 0 } };
  if (json) printJson({ ...last, task: ended });
  else if (!terminal) print(eventLine(last, systemClock.now()));
  reportEnd(ended, terminal);
}
