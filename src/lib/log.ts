// The shape of a log, so that nothing below the composition root depends on a logging library. pino fits it.

export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

function nothing(): void {
  // Says nothing.
}

export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
