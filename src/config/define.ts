// The configuration file as a typed value.
import type { TaskType } from "../task/define.js";
import type { OptionKey, Settings } from "./options.js";

/** What taskwright.config.ts exports: task types and options; a text is read as in an environment variable. */
export type ConfigInput = { readonly tasks?: readonly TaskType[] } & {
  readonly [Key in OptionKey]?: Settings[Key] | string;
};

/**
 * Returns its argument, checked by the compiler.
 * @example export default defineConfig({ tasks: [resize], port: 8080, keepFinished: "7d" });
 */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}
