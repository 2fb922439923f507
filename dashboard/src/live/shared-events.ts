// One event stream for all tabs of a browser, because browsers open only six connections to a server. The tab that holds a
// lock reads the stream and passes it on to the others; when it is closed, another one takes over.
import { client, type WireEvent } from "../lib/api.js";
import { BASE_PATH } from "../lib/base.js";
import { after } from "../lib/clock.js";

export interface EventReader {
  onState(state: "live" | "connecting"): void;
  onEvent(event: WireEvent): void;
  /** The server refuses the stream, for example without a key. */
  onEnd(error: unknown): void;
}

type Message =
  | { readonly is: "state"; readonly state: "live" | "connecting" }
  | { readonly is: "event"; readonly event: WireEvent }
  | { readonly is: "end"; readonly reason: string }
  /** A tab that has just opened, or has heard nothing for a while, asks for the state. */
  | { readonly is: "question" };

const NAME = `taskwright.events ${BASE_PATH}`;
/** Without a message for this long, a tab asks whether the one with the stream still responds. */
const ASK_MS = 20_000;
/** Without an answer for this long, it takes the stream over. */
const ANSWER_MS = 5_000;

/** Reads the stream until the server refuses it; call again after `onEnd`. Where tabs cannot be told apart, each reads its own. */
export function readEvents(reader: EventReader): void {
  // Both exist only in secure contexts: https, and http on this machine.
  if (!("locks" in navigator) || !("BroadcastChannel" in window)) {
    void readOwn(reader, new AbortController().signal);
    return;
  }
  share(reader, navigator.locks);
}

async function readOwn(reader: EventReader, signal: AbortSignal): Promise<void> {
  try {
    for await (const event of client.events({ signal, onState: reader.onState })) reader.onEvent(event);
  } catch (error) {
    reader.onEnd(error);
  }
}

function share(reader: EventReader, locks: LockManager): void {
  const channel = new BroadcastChannel(NAME);
  const stop = new AbortController();
  let state: "live" | "connecting" = "connecting";
  let isLeader = false;
  let stopAsking: () => void = () => undefined;

  const say = (message: Message) => channel.postMessage(message);
  /** Tells this tab and, if it has the stream, the others. */
  const leader: EventReader = {
    onState(next) {
      state = next;
      say({ is: "state", state });
      reader.onState(next);
    },
    onEvent(event) {
      say({ is: "event", event });
      reader.onEvent(event);
    },
    onEnd(error) {
      say({ is: "end", reason: error instanceof Error ? error.message : String(error) });
      leave();
      reader.onEnd(error);
    },
  };

  function leave(): void {
    stopAsking();
    stop.abort();
    channel.close();
  }

  async function lead(): Promise<void> {
    if (stop.signal.aborted) return;
    isLeader = true;
    stopAsking();
    await readOwn(leader, stop.signal);
  }

  async function stand(options: LockOptions): Promise<void> {
    try {
      await locks.request(NAME, options, lead);
    } catch (error) {
      // Another tab has taken the stream over, because this one did not respond in time; or this one has left.
      if (stop.signal.aborted) return;
      console.info("Another tab reads the events now:", error);
      leave();
      share(reader, locks);
    }
  }

  function watch(): void {
    stopAsking();
    if (isLeader || stop.signal.aborted) return;
    stopAsking = after(ASK_MS, () => {
      say({ is: "question" });
      stopAsking = after(ANSWER_MS, () => void stand({ steal: true }));
    });
  }

  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.is === "question") {
      if (isLeader) say({ is: "state", state });
      return;
    }
    if (isLeader) return;
    watch();
    switch (data.is) {
      case "state":
        if (data.state !== state) reader.onState(data.state);
        state = data.state;
        return;
      case "event":
        return reader.onEvent(data.event);
      case "end":
        leave();
        return reader.onEnd(new Error(data.reason));
    }
  };
  say({ is: "question" });
  watch();
  void stand({ signal: stop.signal });
}
