// The dashboard's API client, connected to the server that delivered the page.
import { createClient } from "../../../src/client/index.js";
import { BASE_PATH } from "./base.js";

export type {
  WireArtifact,
  WireAttempt,
  WireEvent,
  WireFile,
  WireLogLine,
  WireQueue,
  WireStats,
  WireTask,
  WireTaskList,
  WireTaskType,
  WireWorker,
} from "../../../src/client/index.js";
export { ApiError, ConnectionError } from "../../../src/client/index.js";

export const client = createClient({ url: BASE_PATH });
