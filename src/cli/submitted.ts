// What submit and retry do after creating a task: report it, or wait for it to finish and print its result.
import type { Command } from "commander";
import type { Client, WireTask } from "../client/index.js";
import { systemClock } from "../lib/clock.js";
import type { Millis } from "../model/time.js";
import { CommandFailure, EXIT } from "./failure.js";
import { durationText } from "./flags.js";
import { follow } from "./follow.js";
import { print, printJson, say, talkScreen } from "./output.js";
import { sentence } from "./task-text.js";
import { paintStatus } from "./terminal.js";

export interface WaitFlags {
  readonly wait?: true;
  readonly timeoutWait?: Millis;
  readonly json?: true;
}

export function addWaitFlags(command: Command): Command {
  return command
    .option("-w, --wait", "Wait until the task finishes and print its result")
    .option("--timeout-wait <duration>", "Maximum time to wait", durationText)
    .option("--json", "Print the task as returned by the API");
}

/** Without `wait`, prints the id. With it, prints the result, and throws taskFailed unless the status is SUCCESS. */
export async function reportSubmitted(client: Client, task: WireTask, flags: WaitFlags): Promise<void> {
  if (!flags.wait) {
    if (flags.json) return printJson(task);
    say(`Submitted ${task.task_type}${task.summary === null ? "" : `: ${task.summary}`}`);
    return print(task.id);
  }
  const opening = `Submitted ${task.id}`;
  const ended = await follow(client, task, { timeout: flags.timeoutWait, opening });
  if (flags.json) printJson(ended);
  reportEnd(ended, !flags.json);
}

/** Prints the final status and, if requested, the result; throws taskFailed unless the status is SUCCESS. */
export function reportEnd(ended: WireTask, withResult: boolean): void {
  say(paintStatus(talkScreen(), ended.status, sentence(ended, systemClock.now())));
  if (withResult && ended.result_data !== undefined && ended.result_data !== null) {
    print(JSON.stringify(ended.result_data, undefined, 2));
  }
  if (ended.status !== "SUCCESS") throw new CommandFailure(EXIT.taskFailed);
}
