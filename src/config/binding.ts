// Who may reach the server: the rule that keeps one without an API key off the network.
import { BlockList, isIP } from "node:net";
import { ConfigError } from "./error.js";
import type { Config } from "./load.js";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addAddress("::1", "ipv6");

/** Is this address, or name of one, reachable from this machine only? */
export function isLoopback(host: string): boolean {
  const address = host.replace(/^\[(.*)\]$/, "$1");
  const version = isIP(address);
  if (version === 0) return /^localhost\.?$/i.test(address);
  return loopback.check(address, version === 6 ? "ipv6" : "ipv4");
}

/** Throws ConfigError where others on the network could reach a server that asks for no key. */
export function checkBinding(config: Pick<Config, "host" | "apiKey" | "insecure">): void {
  if (config.apiKey !== undefined || config.insecure || isLoopback(config.host)) return;
  throw new ConfigError([
    `host ${config.host} can be reached from other machines, and no API key is set: anyone could run tasks here. ` +
      "Set TASKWRIGHT_API_KEY, or listen on 127.0.0.1, or pass --insecure if something in front of it asks who calls",
  ]);
}
