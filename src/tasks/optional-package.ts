// Loads the heavy libraries of the built-in types when they are first needed. They are optional dependencies.
import { Discard } from "../index.js";

/** Throws Discard where the package is absent or does not load on this machine, saying what to install. */
export async function loadOptional<Module>(name: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    throw new Discard(`This task type needs the package ${name}. Install it with: npm install ${name}`, {
      cause,
    });
  }
}
