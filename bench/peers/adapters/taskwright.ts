// Taskwright through its public library, as a user would write it. Settings: the defaults (durability full, history kept
// 30 days, checked parameters), 200 handlers at a time.
import { z } from "zod";
import { addFinished } from "../../fill.js";
import type { OpenPeer, Payload, Place, Served } from "../peer.js";
import { loadEngine, loadHttp, loadLibrary } from "../product.js";

const input = z.strictObject({
  rows: z.int(),
  at: z.number().optional(),
  text: z.string().optional(),
});

function storeOf(place: Place): { readonly store: string; readonly dataDir: string } {
  if (place.kind === "redis") throw new Error("Taskwright has no Redis store");
  const store = place.kind === "postgres" ? place.url : `${place.folder}/tasks.db`;
  return { store, dataDir: place.folder };
}

export const open: OpenPeer = async (place) => {
  const { createTaskwright, defineTask } = await loadLibrary();
  let handle: (payload: Payload) => void | Promise<void> = () => undefined;
  const noop = defineTask({ name: "noop", input, run: (payload: Payload) => handle(payload) });
  const app = await createTaskwright({ ...storeOf(place), tasks: [noop] });
  return {
    submit: (payload) => app.submit(noop, payload),
    submitMany: (payloads) =>
      app.submitMany(
        noop,
        payloads.map((parameters) => ({ parameters })),
      ),
    async work(options) {
      handle = options.handle;
      await app.work({ concurrency: options.atOnce ?? 200, drain: 0 });
    },
    close: () => app.close(),
  };
};

/** Fills the store with finished tasks, a quarter of them failed or cancelled. Opens and closes it. */
export async function addHistory(place: Place, count: number): Promise<void> {
  const { openEngine } = await loadEngine();
  const engine = await openEngine({ ...storeOf(place), tasks: [] }, "bench");
  await addFinished(engine.store, engine.newId, count);
  await engine.close();
}

/** The HTTP server of the product, without a worker. */
export async function serve(place: Place): Promise<Served> {
  const { openEngine } = await loadEngine();
  const { createHttpServer } = await loadHttp();
  const { defineTask } = await loadLibrary();
  const noop = defineTask({ name: "noop", input, run: () => undefined });
  const engine = await openEngine({ ...storeOf(place), tasks: [noop] }, "bench");
  const http = await createHttpServer({
    ...engine,
    version: "bench",
    startedAt: Date.now(),
    uploadLimit: 1 << 20,
    allowedHosts: [],
  });
  const address = await http.listen({ host: "127.0.0.1", port: 0 });
  const body = JSON.stringify({ task_type: "noop", parameters: { rows: 1000 } });
  return { url: `${address}/api/tasks/submit`, body };
}
