// The built-in task types. A custom type is a file like these and a line in the configuration.
import { dataProcessing } from "./data-processing.js";
import { email } from "./email.js";
import { emailSimulation } from "./email-simulation.js";
import { imageProcessing } from "./image-processing.js";

/** A type that may be what ends the server runs in another process, which looks for it in this module. */
function foundHere<Type extends object>(type: Type): Type & { readonly module: string } {
  return { ...type, module: import.meta.url };
}

export const builtInTasks = [
  foundHere(dataProcessing),
  foundHere(email),
  foundHere(emailSimulation),
  foundHere(imageProcessing),
] as const;
