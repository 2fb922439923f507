// Remembers what callers asked and heard, in memory for the checks and as JSON lines for people. Outside the system: it
// knows nothing but what went over the wire.
import { appendFileSync } from "node:fs";
import type { Call } from "./history.js";
import { machineTime } from "./machine-time.js";

export interface Recorder {
  readonly calls: readonly Call[];
  /** Tasks that were acknowledged so far. */
  readonly acknowledged: number;
  /** Notes that a request goes out; the answer notes how it ended. */
  invoke(request: object): (call: Call) => void;
}

/** Lines are held back until there are so many, or `file` would be written all the time. */
const STEP = 100;

export function createRecorder(file: string): Recorder {
  const calls: Call[] = [];
  let lines: string[] = [];
  let acknowledged = 0;
  let operations = 0;

  function write(line: object): void {
    lines.push(JSON.stringify(line));
    if (lines.length < STEP) return;
    appendFileSync(file, `${lines.join("\n")}\n`);
    lines = [];
  }
  return {
    calls,
    get acknowledged() {
      return acknowledged;
    },
    invoke(request) {
      const operation = ++operations;
      write({ operation, phase: "invoke", at: machineTime(), ...request });
      return (call) => {
        calls.push(call);
        if ((call.kind === "submit" || call.kind === "retry") && call.phase === "ok") acknowledged++;
        write({ operation, ...call });
      };
    },
  };
}
