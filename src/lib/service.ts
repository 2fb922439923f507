// The shape of everything that runs in the background.

export interface Service {
  /** Resolves once it works. */
  start(): Promise<void>;
  /** Resolves once nothing of it runs any more. May be called twice, and before start. */
  stop(): Promise<void>;
}
