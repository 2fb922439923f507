// The error that reports all faults of the configuration.

/** The configuration is invalid. The message has one line per fault. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly faults: readonly string[];
  constructor(faults: readonly string[], options?: { readonly cause?: unknown }) {
    super(faults.join("\n"), options);
    this.faults = faults;
  }
}
