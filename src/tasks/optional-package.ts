// Loads the optional dependencies of the built-in types on first use.
import { Discard } from "../index.js";

/** Throws Discard with install instructions if the package is missing or fails to load. */
export async function loadOptional<Module>(name: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    throw new Discard(`This task type requires the package ${name}. Install it with: npm install ${name}`, {
      cause,
    });
  }
}
