// The settings of email, which its process finds in the environment.
import { hostname } from "node:os";
import { Discard } from "../../index.js";

export interface Settings {
  readonly url: string;
  readonly from: string;
}

/** Reads TASKWRIGHT_SMTP_URL and TASKWRIGHT_SMTP_FROM. Throws Discard naming the setting that is missing or wrong. */
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
  const user = decodeURIComponent(parsed.username);
  // As mailers on a machine do: the account, or this machine by its name.
  const account = user.includes("@") ? user : `taskwright@${hostname()}`;
  return { url, from: from ?? environment.TASKWRIGHT_SMTP_FROM ?? account };
}
