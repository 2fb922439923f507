// What `taskwright/client` offers.
export type * from "../http/wire.js";
export {
  type CallOptions,
  type Client,
  type ClientOptions,
  createClient,
  type ListOptions,
  type StatsOptions,
  type SubmitOptions,
} from "./client.js";
export { ApiError, ConnectionError } from "./errors.js";
export type { EventsOptions } from "./events.js";
