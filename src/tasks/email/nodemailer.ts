// The parts of nodemailer that email uses. Its own transports decide themselves when to reconnect and to send again.
import { loadOptional } from "../optional-package.js";

export type Nodemailer = Awaited<ReturnType<typeof load>>;

/** Throws Discard where nodemailer is not installed. */
export function loadNodemailer(): Promise<Nodemailer> {
  return loadOptional("nodemailer", load);
}

async function load() {
  const [connection, composer, shared] = await Promise.all([
    import("nodemailer/lib/smtp-connection"),
    import("nodemailer/lib/mail-composer"),
    import("nodemailer/lib/shared"),
  ]);
  return {
    Connection: connection.default,
    Composer: composer.default,
    parseUrl: shared.parseConnectionUrl,
  };
}
