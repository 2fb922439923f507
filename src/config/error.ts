// The error of everything that is wrong with the configuration.

/** Something in the configuration is wrong. The message has one line for each fault. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly faults: readonly string[];
  constructor(faults: readonly string[], options?: { readonly cause?: unknown }) {
    super(faults.join("\n"), options);
    this.faults = faults;
  }
}
