// A TCP proxy that can be told to misbehave: it stands between a process and PostgreSQL, and before a server's HTTP port.
// Knows nothing of what passes through.
import { connect, createServer, type Socket } from "node:net";
import type { Clock } from "../src/lib/clock.js";
import type { Millis } from "../src/model/time.js";

/**
 * - pass: does its job.
 * - refuse: cuts every connection, and new ones at once.
 * - hold: nothing arrives, in either direction, only from the target ("replies") or only at the target ("statements"), and
 *   neither side notices; it arrives at the end.
 * - delay: everything arrives later.
 * - drop-replies: cuts a connection as soon as the target answers.
 */
export type Mode =
  | { readonly how: "pass" | "refuse" | "drop-replies" }
  | { readonly how: "hold"; readonly direction: "both" | "replies" | "statements" }
  | { readonly how: "delay"; readonly by: Millis };

export interface Target {
  readonly host: string;
  readonly port: number;
}

export interface TcpProxy {
  readonly port: number;
  /** Undefined: there is no server to connect to. Open connections stay. */
  aim(target: Target | undefined): void;
  set(mode: Mode): void;
  close(): Promise<void>;
}

interface Pair {
  /** Looks at the mode again. */
  obey(): void;
  cut(): void;
}

export async function startProxy(clock: Clock, first?: Target): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  let target = first;
  let mode: Mode = { how: "pass" };

  const server = createServer((near) => {
    // A connection that breaks is what this is for.
    near.on("error", () => near.destroy());
    if (mode.how === "refuse" || !target) {
      near.destroy();
      return;
    }
    const far = connect(target);
    far.on("error", () => far.destroy());
    const pair = join(near, far, clock, () => mode);
    pairs.add(pair);
    // One side may be gone while the network holds the news back from the other.
    const forget = () => {
      if (near.destroyed && far.destroyed) pairs.delete(pair);
    };
    near.once("close", forget);
    far.once("close", forget);
    pair.obey();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the proxy has no port");

  return {
    port: address.port,
    aim(next) {
      target = next;
    },
    set(next) {
      mode = next;
      for (const pair of pairs) pair.obey();
    },
    async close() {
      for (const pair of pairs) pair.cut();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function join(near: Socket, far: Socket, clock: Clock, mode: () => Mode): Pair {
  const sockets = [near, far] as const;
  function cut(): void {
    near.destroy();
    far.destroy();
  }

  function pass(from: Socket, to: Socket, isReply: boolean): void {
    /** When what was taken last is due at the other side. */
    let due = 0;
    from.on("data", (bytes) => {
      const now = mode();
      if (now.how === "drop-replies" && isReply) return cut();
      const at = Math.max(due, clock.monotonic() + (now.how === "delay" ? now.by : 0));
      due = at;
      const wait = at - clock.monotonic();
      // What is taken later must not overtake: timers of one due time run in the order they were set.
      if (wait > 0) clock.after(wait, () => to.write(bytes), { background: true });
      else if (!to.write(bytes)) pauseUntilDrained(from, to);
    });
    from.on("close", () => {
      // Across a network that holds everything, neither side notices an end.
      if (mode().how !== "hold") to.destroy();
    });
  }

  function pauseUntilDrained(from: Socket, to: Socket): void {
    from.pause();
    to.once("drain", () => obey());
  }

  function obey(): void {
    const now = mode();
    if (now.how === "refuse") {
      cut();
      return;
    }
    if (now.how === "hold") {
      if (now.direction === "statements") far.resume();
      else far.pause();
      if (now.direction === "replies") near.resume();
      else near.pause();
      return;
    }
    for (const socket of sockets) socket.resume();
    if (sockets.some((socket) => socket.destroyed)) cut();
  }

  pass(near, far, false);
  pass(far, near, true);
  return { obey, cut };
}
