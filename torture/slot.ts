// A place for one process after the other, as a service manager keeps it: what ends is started again, until it is closed.
import { type Clock, pause } from "../src/lib/clock.js";
import type { Life } from "./history.js";
import type { Process } from "./process.js";

export interface Slot {
  readonly name: string;
  readonly role: "server" | "worker";
  /** The process that is up now. */
  current(): Process | undefined;
  /** Resolves when a process is up. */
  up(): Promise<Process>;
  /** The processes from the next one on start with this in their environment. */
  surround(env: Readonly<Record<string, string>>): void;
  lives(): readonly Life[];
  /** Stops the process and starts no other. One that does not stop in time is killed. */
  close(): Promise<void>;
}

export interface SlotOptions {
  readonly name: string;
  readonly role: "server" | "worker";
  readonly clock: Clock;
  /** `boot` counts from 1. */
  readonly launch: (name: string, env: Readonly<Record<string, string>>) => Process;
  /** A process is up, or none is. */
  readonly onChange: (up: { readonly url: string | undefined } | undefined) => void;
}

const RESTART_AFTER = 200;
const LONGEST_STOP = 30_000;

export function openSlot({ name, role, clock, launch, onChange }: SlotOptions): Slot {
  const all: Process[] = [];
  let waiting: ((process: Process) => void)[] = [];
  let closed = false;
  let surroundings: Readonly<Record<string, string>> = {};

  async function run(): Promise<void> {
    while (!closed) {
      const process = launch(`${name}.${all.length + 1}`, surroundings);
      all.push(process);
      const up = await process.ready;
      if (up) {
        onChange(up);
        for (const resolve of waiting) resolve(process);
        waiting = [];
      }
      await process.ended;
      onChange(undefined);
      if (!closed) await pause(clock, RESTART_AFTER);
    }
  }
  const running = run();

  return {
    name,
    role,
    surround(env) {
      surroundings = env;
    },
    current: () => all.at(-1),
    up() {
      const last = all.at(-1);
      if (last?.isUp) return Promise.resolve(last);
      return new Promise((resolve) => waiting.push(resolve));
    },
    lives: () => all.map((process) => process.life()),
    async close() {
      closed = true;
      const last = all.at(-1);
      if (!last) return;
      last.thaw();
      last.stop();
      const cancel = clock.after(LONGEST_STOP, () => last.kill());
      await last.ended;
      cancel();
      await running;
    },
  };
}
