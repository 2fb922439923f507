// Every fault by name.
import { clockSkew } from "./clock-skew.js";
import type { Fault } from "./fault.js";
import { handlerFaults } from "./handlers.js";
import { networkFaults } from "./network.js";
import { postgresFaults } from "./postgres.js";
import { processFaults } from "./processes.js";
import { statementsLate } from "./statements-late.js";

export const FAULTS: readonly Fault[] = [
  ...processFaults,
  ...postgresFaults,
  ...networkFaults,
  ...handlerFaults,
  statementsLate,
  clockSkew,
];
