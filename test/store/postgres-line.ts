// A line to the server that can be cut: all of it, or only LISTEN while everything else works, as a pooler or a firewall
// does it.
import { connect, createServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { serverUrl } from "./postgres-support.js";

export interface Line {
  readonly url: string;
  /** Ends connections that listen, and those that begin to. */
  cutListening(): void;
  mendListening(): void;
  /** Ends every connection, and those that are made until it is mended. */
  cut(): void;
  mend(): void;
  /** From now on nothing arrives on either side, and nobody is told. */
  swallow(): void;
  /** What was swallowed arrives. */
  deliver(): void;
}

/** Closed with the test. */
export async function startLine(): Promise<Line> {
  const url = new URL(serverUrl());
  const server = { port: Number(url.port), host: url.hostname };
  const listening = new Set<Socket>();
  const all = new Set<Socket>();
  let isDown = false;
  let isCut = false;
  let isSwallowing = false;
  const sockets = new Set<Socket>();
  const line: Server = createServer((near) => {
    if (isDown) {
      near.destroy();
      return;
    }
    const far = connect(server);
    all.add(near);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      if (isSwallowing) socket.pause();
    }
    near.on("data", (bytes) => {
      if (bytes.includes("LISTEN ")) listening.add(near);
      if (isCut && listening.has(near)) near.destroy();
      else far.write(bytes);
    });
    far.on("data", (bytes) => near.write(bytes));
    for (const [side, other] of [
      [near, far],
      [far, near],
    ] as const) {
      side.on("close", () => other.destroy());
      side.on("error", () => other.destroy());
    }
    near.on("close", () => {
      listening.delete(near);
      all.delete(near);
    });
  });
  await new Promise<void>((resolve) => line.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    line.close();
  });
  const address = line.address();
  if (typeof address !== "object" || address === null) throw new Error("the line has no port");
  url.port = String(address.port);
  return {
    url: url.href,
    cutListening() {
      isCut = true;
      for (const socket of listening) socket.destroy();
    },
    swallow() {
      isSwallowing = true;
      for (const socket of sockets) socket.pause();
    },
    deliver() {
      isSwallowing = false;
      for (const socket of sockets) socket.resume();
    },
    mendListening() {
      isCut = false;
    },
    cut() {
      isDown = true;
      for (const socket of all) socket.destroy();
    },
    mend() {
      isDown = false;
    },
  };
}
