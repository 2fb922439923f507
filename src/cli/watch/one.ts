// Follows one task to its end: a bar on a terminal, else a line for each event.
import type { Client, WireEvent, WireTask } from "../../client/index.js";
import { systemClock } from "../../lib/clock.js";
import { follow } from "../follow.js";
import { print, printJson } from "../output.js";
import { reportEnd } from "../submitted.js";
import { eventLine } from "./lines.js";

/** Throws CommandFailure taskFailed unless it ends with SUCCESS, and as `follow` does. */
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
  // The last event as the stream would give it, with the result, also where the stream came too late for it.
  const last: WireEvent = { seq: "", type: "task.finished", task: { ...ended, version: 0 } };
  if (json) printJson({ ...last, task: ended });
  else if (!terminal) print(eventLine(last, systemClock.now()));
  reportEnd(ended, terminal);
}
