// Configuration checks: does it load, is it safe, and is the mail server reachable?
import { checkBinding, isLoopback } from "../../config/binding.js";
import { ConfigError } from "../../config/error.js";
import type { Config } from "../../config/load.js";
import { type Finding, ok, problem, warning } from "./finding.js";

/** The findings, and the configuration if it loads. */
export async function checkConfiguration(
  load: () => Promise<Config>,
): Promise<{ readonly findings: readonly Finding[]; readonly config?: Config }> {
  try {
    const config = await load();
    const { length } = config.tasks;
    const types = `${length === 0 ? "no" : length} custom task ${length === 1 ? "type" : "types"}`;
    return { config, findings: [ok("configuration", `valid, with ${types}`), checkKey(config)] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const findings = error.faults.map((fault) =>
      problem("configuration", fault, "correct the setting; docs/configuration.md lists all of them"),
    );
    return { findings };
  }
}

function checkKey(config: Config): Finding {
  const { host, apiKey } = config;
  if (apiKey !== undefined) return ok("API key", "set");
  if (isLoopback(host)) return ok("API key", `not required: ${host} is reachable from this machine only`);
  try {
    checkBinding(config);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return problem(
      "API key",
      `not set, and host is ${host}: the server will not start`,
      "set TASKWRIGHT_API_KEY",
    );
  }
  const message = `not set, and ${host} is reachable from other machines (--insecure)`;
  return warning("API key", message, "set TASKWRIGHT_API_KEY, unless a proxy in front authenticates callers");
}

/** Connects, sends EHLO and, if the URL has a password, logs in. Sends no mail. */
export async function checkMail(url: string | undefined): Promise<Finding> {
  if (url === undefined)
    return ok("mail server", "not set; tasks of type email require one (TASKWRIGHT_SMTP_URL)");
  const { host } = new URL(url);
  try {
    const { createTransport } = await import("nodemailer");
    const transport = createTransport({
      url,
      connectionTimeout: 5_000,
      greetingTimeout: 5_000,
      socketTimeout: 5_000,
    });
    try {
      await transport.verify();
      return ok("mail server", `${host} responds`);
    } finally {
      transport.close();
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return problem("mail server", `${host}: ${why}`, "correct TASKWRIGHT_SMTP_URL, or start the mail server");
  }
}
