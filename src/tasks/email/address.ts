// Addresses as RFC 5321 has them, and in the letters of any language as RFC 6531 has them. Pure.
import { domainToASCII } from "node:url";

export interface Address {
  /** As it is to be sent: the domain in ASCII. */
  readonly address: string;
  /** Two addresses with the same key are one mailbox: domains have no case; what is before the @ is the server's business. */
  readonly key: string;
  /** It has letters beyond ASCII before the @, which only servers with SMTPUTF8 accept. */
  readonly needsUtf8: boolean;
}

export interface Sender extends Address {
  /** Display name; empty if there is none. */
  readonly name: string;
}

const ATOM = "[\\p{L}\\p{M}\\p{N}!#$%&'*+/=?^_`{|}~-]+";
const LOCAL_PART = new RegExp(`^${ATOM}(?:\\.${ATOM})*$`, "u");
/** Only what a name may contain: other characters mean something to the converter. */
const DOMAIN = /^(?:[\p{L}\p{M}\p{N}.\u3002-]|\u200c|\u200d)+$/u;
const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;
const MAX_LOCAL_PART = 64;
const MAX_ADDRESS = 254;

/** Undefined where the text is no address. Quoted local parts and addresses in brackets are not accepted. */
export function parseAddress(text: string): Address | undefined {
  const at = text.lastIndexOf("@");
  const local = text.slice(0, Math.max(at, 0));
  if (!LOCAL_PART.test(local) || Buffer.byteLength(local) > MAX_LOCAL_PART) return undefined;
  const domain = asciiDomain(text.slice(at + 1));
  if (domain === undefined) return undefined;
  const address = `${local}@${domain}`;
  if (Buffer.byteLength(address) > MAX_ADDRESS) return undefined;
  return { address, key: address, needsUtf8: /[^\0-\x7f]/.test(local) };
}

/** The domain in lower-case ASCII (punycode), or undefined where it is none. */
export function asciiDomain(text: string): string | undefined {
  if (!DOMAIN.test(text)) return undefined;
  const domain = /[^\0-\x7f]/.test(text) ? domainToASCII(text) : text.toLowerCase();
  const labels = domain.split(".");
  // A name of figures only would be an IP address.
  const isName = labels.every((label) => LABEL.test(label)) && /[a-z]/.test(labels.at(-1) ?? "");
  return isName ? domain : undefined;
}

/** An address with a domain of at least two parts, as mail between organisations has. */
export function isRecipient(text: string): boolean {
  return parseAddress(text)?.address.split("@").at(-1)?.includes(".") ?? false;
}

export type SenderRead =
  | { readonly sender: Sender; readonly fault?: never }
  /** To complete "from …". */
  | { readonly sender?: never; readonly fault: string };

/** Reads `shop@example.org`, `Shop <shop@example.org>` or `"Shop, Inc." <shop@example.org>`. */
export function readSender(text: string): SenderRead {
  const fault = (what: string): SenderRead => ({ fault: what });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused.
  if (/[\0-\x1f\x7f\u2028\u2029]/.test(text)) return fault("must be one line without control characters");
  const { quoted = "", rest = "" } =
    /^\s*(?<quoted>"(?:[^"\\]|\\.)*")?(?<rest>.*)$/u.exec(text)?.groups ?? {};
  if ((rest.match(/@/g) ?? []).length > 1) return fault("must be one address, not several");
  const { phrase = "", inner = rest.trim() } =
    /^(?<phrase>[^<>]*)<(?<inner>[^<>]*)>\s*$/u.exec(rest)?.groups ?? {};
  const isPhrase =
    quoted === "" ? !/[",;:()[\]\\]/.test(phrase) : phrase.trim() === "" && inner !== rest.trim();
  if (!isPhrase) {
    return fault(
      'must have a display name with special characters in quotes: "Shop, Inc." <shop@example.org>',
    );
  }
  const parsed = parseAddress(inner);
  if (!parsed) return fault("must be an address such as shop@example.org or Shop <shop@example.org>");
  const name = quoted === "" ? phrase.trim() : quoted.slice(1, -1).replace(/\\(.)/gu, "$1");
  return { sender: { ...parsed, name } };
}
