// A task type that only other processes know: its parameters are taken as they are, and checked where it runs.
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { defineTask, type TaskType } from "./define.js";

const ANYTHING: StandardSchemaV1 = {
  "~standard": { version: 1, vendor: "taskwright", validate: (value) => ({ value }) },
};

/** With the defaults of every type; its own, where it has some, are not known here. Throws TypeError for a name that is none. */
export function foreignType(name: string): TaskType {
  return defineTask({
    name,
    description: "Runs in other processes, which validate its parameters.",
    input: ANYTHING,
    run() {
      throw new Error(`${name} can only run in other processes`);
    },
  });
}
