// A progress bar on stderr; draws nothing if stderr is not a terminal.
import { SingleBar } from "cli-progress";
import { cut, oneLine } from "./terminal.js";

export interface Bar {
  /** `done` is measured against the bar's total. */
  update(done: number, message: string): void;
  /** Removes the bar, so that the next output starts on a clean line. */
  clear(): void;
}

/** A bar from 0 to `total`. */
export function createBar(total: number): Bar {
  const bar = new SingleBar({
    stream: process.stderr,
    format: "{bar} {percentage}%  {message}",
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
    linewrap: false,
    gracefulExit: false,
  });
  bar.start(total, 0, { message: "" });
  return {
    update(done, message) {
      const room = (process.stderr.columns || 80) - 40;
      bar.update(Math.min(done, total), { message: cut(oneLine(message), room) });
    },
    clear: () => bar.stop(),
  };
}
