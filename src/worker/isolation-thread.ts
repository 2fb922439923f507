// The entry of a thread that runs handlers. Compiled code only.
import { parentPort, workerData } from "node:worker_threads";
import { createHost } from "./isolation-host.js";
import { preload } from "./isolation-load.js";
import type { HostSettings, ToHost } from "./isolation-protocol.js";

const settings: HostSettings = workerData;

preload(settings.module);
const hear = createHost({
  send: (message) => parentPort?.postMessage(message),
  tidy: async () => true,
});
parentPort?.on("message", (message: ToHost) => hear(message));
