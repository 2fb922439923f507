// Looks up a task type on the server by name.
import type { Client, WireTaskType } from "../client/index.js";
import { didYouMean } from "../lib/suggest.js";
import { CommandFailure, EXIT } from "./failure.js";

/** Throws a usage CommandFailure, with a suggestion, if the server does not know the type. */
export async function findType(client: Client, name: string): Promise<WireTaskType> {
  const types = await client.taskTypes();
  const found = types.find((type) => type.name === name);
  if (found) return found;
  const names = types.map((type) => type.name);
  const message = `unknown task type ${name}${didYouMean(name, names)} (available: ${names.join(", ")})`;
  throw new CommandFailure(EXIT.usage, message);
}
