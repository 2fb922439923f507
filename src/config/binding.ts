// Access rule: a server without an API key must not be reachable from the network.
import { BlockList, isIP } from "node:net";
import { ConfigError } from "./error.js";
import type { Config } from "./load.js";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addAddress("::1", "ipv6");

/** True if this address or host name is reachable from this machine only. */
export function isLoopback(host: string): boolean {
  const address = host.replace(/^\[(.*)\]$/, "$1");
  const version = isIP(address);
  if (version === 0) return /^localhost\.?$/i.test(address);
  return loopback.check(address, version === 6 ? "ipv6" : "ipv4");
}

/** Throws ConfigError if a server without an API key would be reachable from the network. */
export function checkBinding(config: Pick<Config, "host" | "apiKey" | "insecure">): void {
  if (config.apiKey !== undefined || config.insecure || isLoopback(config.host)) return;
  throw new ConfigError([
    `host ${config.host} is reachable from other machines, but no API key is set: anyone on the network could run tasks. ` +
      "Set TASKWRIGHT_API_KEY, listen on 127.0.0.1, or pass --insecure if a proxy in front authenticates callers",
  ]);
}
