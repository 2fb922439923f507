// Checks of the configuration: does it load, and is what it asks for safe and there?
import { checkBinding, isLoopback } from "../../config/binding.js";
import { ConfigError } from "../../config/error.js";
import type { Config } from "../../config/load.js";
import { type Finding, ok, problem, warning } from "./finding.js";

/** The configuration, where it loads. */
export async function checkConfiguration(
  load: () => Promise<Config>,
): Promise<{ readonly findings: readonly Finding[]; readonly config?: Config }> {
  try {
    const config = await load();
    const { length } = config.tasks;
    const types = length === 0 ? "no task types of your own" : `${length} task types of your own`;
    return { config, findings: [ok("configuration", `loads, with ${types}`), checkKey(config)] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const findings = error.faults.map((fault) =>
      problem("configuration", fault, "correct it; docs/configuration.md has every setting"),
    );
    return { findings };
  }
}

function checkKey(config: Config): Finding {
  const { host, apiKey } = config;
  if (apiKey !== undefined) return ok("API key", "is set");
  if (isLoopback(host)) return ok("API key", `none is needed: ${host} can be reached from this machine only`);
  try {
    checkBinding(config);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return problem(
      "API key",
      `none is set, and host is ${host}: the server will not start`,
      "set TASKWRIGHT_API_KEY",
    );
  }
  const message = `none is set, and ${host} can be reached from other machines (--insecure)`;
  return warning("API key", message, "set TASKWRIGHT_API_KEY, unless something in front asks who calls");
}

/** Connects, greets (EHLO) and, where the URL has a password, logs in; sends nothing. */
export async function checkMail(url: string | undefined): Promise<Finding> {
  if (url === undefined)
    return ok("mail server", "none is set; tasks of type email need one (TASKWRIGHT_SMTP_URL)");
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
      return ok("mail server", `${host} answers`);
    } finally {
      transport.close();
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return problem("mail server", `${host}: ${why}`, "correct TASKWRIGHT_SMTP_URL, or start the mail server");
  }
}
