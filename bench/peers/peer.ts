// What every system is asked to do, and the words of parent and child. An adapter turns it into the system's own calls.

/** What a task carries. Its JSON is what each system stores. */
export interface Payload {
  readonly rows: number;
  /** When it was submitted, on the clock of the process that also runs it. */
  readonly at?: number;
  /** Makes it as long as the scenario wants it. */
  readonly text?: string;
}

export interface WorkOptions {
  readonly handle: (payload: Payload) => void | Promise<void>;
  /** Handlers that may run at the same time. Absent: what the system's documentation says is fastest for a no-op. */
  readonly atOnce?: number;
}

export interface Peer {
  /** Resolves when the system acknowledges the task. */
  submit(payload: Payload): Promise<unknown>;
  /** At most 1,000 at a time. */
  submitMany(payloads: readonly Payload[]): Promise<unknown>;
  work(options: WorkOptions): Promise<unknown>;
  /** Ends the worker where it never gives way to anything else while there is work. */
  rest?(): void;
  close(): Promise<void>;
}

/** Where a system keeps its tasks in this round: nothing was there before. */
export type Place =
  | { readonly kind: "folder"; readonly folder: string }
  | { readonly kind: "postgres"; readonly url: string; readonly folder: string }
  | { readonly kind: "redis"; readonly port: number };

export type OpenPeer = (place: Place) => Promise<Peer>;

/** What the parent asks of a child, one at a time; the child answers with one line. */
export type Command =
  | { readonly do: "history"; readonly count: number }
  | { readonly do: "fill"; readonly count: number; readonly bytes: number }
  | { readonly do: "drain"; readonly count: number; readonly handlerMillis: number; readonly atOnce?: number }
  | { readonly do: "share"; readonly handlerMillis: number }
  | { readonly do: "submit"; readonly seconds: number; readonly inFlight: number }
  | { readonly do: "idleLatency"; readonly samples: number; readonly seconds: number }
  | { readonly do: "steadyLatency"; readonly rate: number; readonly seconds: number }
  | { readonly do: "idle" }
  | { readonly do: "serve" }
  | { readonly do: "close" };

export interface Answer {
  readonly millis?: number;
  readonly count?: number;
  readonly samples?: readonly number[];
  readonly served?: Served;
}

/** Where a system takes a submit over HTTP, and the body that it takes. */
export interface Served {
  readonly url: string;
  readonly body: string;
}

/** Said by a child without being asked, while it shares a drain: how many it ran so far, and when the last one began. */
export interface Progress {
  readonly handled: number;
  readonly at: number;
}

export type Line =
  | { readonly line: "answer"; readonly answer: Answer }
  | { readonly line: "failed"; readonly message: string }
  | { readonly line: "progress"; readonly progress: Progress };

/** Before each line of the protocol: what else a child prints is not ours. */
export const MARK = "@bench ";

/** What a peer can't do here. */
export class NotPossible extends Error {
  override readonly name = "NotPossible";
}
