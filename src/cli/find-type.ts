// A task type by its name, as the server knows it.
import type { Client, WireTaskType } from "../client/index.js";
import { didYouMean } from "../lib/suggest.js";
import { CommandFailure, EXIT } from "./failure.js";

/** Throws CommandFailure usage, with a suggestion, where the server has no such type. */
export async function findType(client: Client, name: string): Promise<WireTaskType> {
  const types = await client.taskTypes();
  const found = types.find((type) => type.name === name);
  if (found) return found;
  const names = types.map((type) => type.name);
  const message = `no task type ${name}${didYouMean(name, names)} (there are: ${names.join(", ")})`;
  throw new CommandFailure(EXIT.usage, message);
}
