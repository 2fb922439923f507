// The settings of email, which its process finds in the environment: the server, the default sender, the allowed senders.
import { hostname } from "node:os";
import { Discard } from "../../index.js";
import { asciiDomain, parseAddress, readSender, type Sender } from "./address.js";

export interface Settings {
  readonly url: string;
  readonly from: Sender;
}

/**
 * Reads TASKWRIGHT_SMTP_URL, and the sender: `from`, or the default one. Throws Discard naming what is missing or wrong,
 * also for a sender that TASKWRIGHT_SMTP_FROM_ALLOWED does not allow.
 */
export function readSettings(
  from: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): Settings {
  const url = environment.TASKWRIGHT_SMTP_URL;
  if (!url) {
    throw new Discard(
      "No mail server is configured. Set TASKWRIGHT_SMTP_URL, for example smtp://user:password@mail.example.org:587",
    );
  }
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^smtps?:$/.test(parsed.protocol) || parsed.hostname === "") {
    throw new Discard("TASKWRIGHT_SMTP_URL must look like smtp://user:password@host:587 or smtps://…");
  }
  if (from === undefined) return { url, from: defaultSender(parsed, environment) };
  const { sender, fault } = readSender(from);
  if (fault !== undefined) throw new Discard(`The parameter from ${fault}`);
  const refusal = senderRefusal(sender, environment);
  if (refusal !== undefined) throw new Discard(`The parameter from ${refusal}`);
  return { url, from: sender };
}

/** The setting; otherwise as mailers on a machine do: the account, or this machine by its name. */
function defaultSender(url: URL, environment: NodeJS.ProcessEnv): Sender {
  const written = environment.TASKWRIGHT_SMTP_FROM;
  if (written !== undefined && written.trim() !== "") {
    const { sender, fault } = readSender(written);
    if (fault !== undefined) throw new Discard(`TASKWRIGHT_SMTP_FROM ${fault}`);
    return sender;
  }
  const account = parseAddress(decodeURIComponent(url.username));
  const machine = `taskwright@${hostname()}`;
  return { name: "", ...(account ?? { address: machine, key: machine, needsUtf8: false }) };
}

/**
 * Why a task may not send from this address, to complete "from …", or undefined where it may. Without
 * TASKWRIGHT_SMTP_FROM_ALLOWED every address is allowed; the default sender always is.
 */
export function senderRefusal(
  sender: Sender,
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const allowed = environment.TASKWRIGHT_SMTP_FROM_ALLOWED;
  if (allowed === undefined || allowed.trim() === "") return undefined;
  if (readSender(environment.TASKWRIGHT_SMTP_FROM ?? "").sender?.key === sender.key) return undefined;
  if (allowed.split(",").some((entry) => matches(entry.trim(), sender))) return undefined;
  return `must be an address that TASKWRIGHT_SMTP_FROM_ALLOWED allows, which ${sender.address} is not`;
}

/** `entry`: an address, or `@example.org` or `*@example.org` for all addresses of a domain. */
function matches(entry: string, { key }: Sender): boolean {
  const domain = /^\*?@(?<domain>.+)$/.exec(entry)?.groups?.domain;
  if (domain === undefined) return parseAddress(entry)?.key === key;
  return asciiDomain(domain) === key.slice(key.lastIndexOf("@") + 1);
}
