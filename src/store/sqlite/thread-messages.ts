// What crosses between the store and its threads, copied by structured clone: what is many goes as rows of plain values,
// which takes half the time of JSON, and a long text is copied as it is, which takes a tenth.
import type { Instant } from "../../model/time.js";
import type { Change, StoreErrorCode } from "../store.js";

/** Functions by name, as a thread offers them. What they take and answer can be cloned. */
export type Verbs = Readonly<Record<string, (...args: never[]) => unknown>>;

/** The same functions, as other threads see them. */
export type Remote<Offered extends Verbs> = {
  readonly [Verb in keyof Offered]: (
    ...args: Parameters<Offered[Verb]>
  ) => Promise<Awaited<ReturnType<Offered[Verb]>>>;
};

/** What a caller says of the world outside the thread. */
export interface Caller {
  /** By the store's clock, which the thread does not have. */
  readonly now: Instant;
  /** Whether anybody wants to hear of changes. */
  readonly listening: boolean;
}

export interface Call extends Caller {
  readonly seq: number;
  readonly verb: string;
  readonly args: readonly unknown[];
}

/** What a verb has to tell to those who listen; nothing where there is nothing. */
export interface Told {
  readonly changes?: readonly Change[];
  /** Something became ready, or a running task was flagged. */
  readonly work?: true;
}

/** `Answer` is never where only the caller knows its type. */
export type Reply<Answer> = { readonly seq: number } & (
  | ({ readonly ok: true; readonly answer: Answer } & Told)
  | { readonly ok: false; readonly code: StoreErrorCode; readonly message: string }
);

/** What ends a thread, once it has answered every call before. */
export const CLOSE = "close";
