// E-mail against a real SMTP server on loopback: who is served, who never again, and what a lost connection leaves.
import { once } from "node:events";
import { hostname } from "node:os";
import { buffer } from "node:stream/consumers";
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Aborted, AttemptFailed, Discard, type JsonValue } from "../../src/index.js";
import { result } from "../../src/tasks/email/parameters.js";
import { email } from "../../src/tasks/email.js";
import { type Bench, createBench, type RecordedContext } from "../support/task-context.js";

interface Mail {
  readonly to: string;
  readonly message: Email;
}

let bench: Bench;
let server: SMTPServer | undefined;
let inbox: Mail[];
let connections: number;

beforeEach(async () => {
  bench = await createBench();
  inbox = [];
  connections = 0;
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await stopServer();
  await bench.close();
});

async function stopServer() {
  const stopping = server;
  server = undefined;
  if (stopping) await new Promise<void>((resolve) => stopping.close(resolve));
}

/** Starts a server that takes everything, except where `options` say otherwise, and sets it as the one to use. */
async function serve(options: SMTPServerOptions = {}): Promise<void> {
  const started = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    logger: false,
    onConnect(_session, done) {
      connections++;
      done();
    },
    onData(stream, session, done) {
      buffer(stream)
        .then((bytes) => PostalMime.parse(bytes))
        .then((message) => {
          inbox.push({ to: session.envelope.rcptTo[0]?.address ?? "", message });
          done();
        }, done);
    },
    ...options,
  });
  started.on("error", () => undefined);
  started.listen(0, "127.0.0.1");
  await once(started.server, "listening");
  const address = started.server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  vi.stubEnv("TASKWRIGHT_SMTP_URL", `smtp://127.0.0.1:${port}`);
  vi.stubEnv("TASKWRIGHT_SMTP_FROM", "Shop <shop@example.org>");
  server = started;
}

/** A server's answer as smtp-server wants it. */
function reply(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/** Refuses these recipients, with these codes, at RCPT TO. */
function refusing(codes: Readonly<Record<string, number>>): SMTPServerOptions {
  return {
    onRcptTo({ address }, _session, done) {
      const code = codes[address];
      done(code === undefined ? null : reply(code, `${code < 500 ? "later" : "no such user"}: ${address}`));
    },
  };
}

const [ada, bob, cleo] = ["ada@example.org", "bob@example.org", "cleo@example.org"] as const;
const letter = { recipients: [ada, bob, cleo], subject: "Grüße", text: "Hello,\nhow are you?" };

async function run(parameters: object, context: RecordedContext = bench.context()) {
  return result.parse(await email.run(parameters, context));
}

async function failure(parameters: object, context: RecordedContext = bench.context()): Promise<unknown> {
  return run(parameters, context).then(
    () => undefined,
    (error: unknown) => error,
  );
}

const recipients = () => inbox.map(({ to }) => to);

test("serves each recipient with a message of their own, over one connection", async () => {
  await serve();
  const context = bench.context();
  const done = await run({ ...letter, recipients: [ada, bob, ada, cleo], html: "<p>Hello</p>" }, context);
  expect(done).toMatchObject({ sent: 3, failed: 0 });
  expect(recipients()).toEqual([ada, bob, cleo]);
  expect(connections).toBe(1);
  const [first] = inbox;
  expect(first?.message).toMatchObject({
    from: { name: "Shop", address: "shop@example.org" },
    to: [{ address: ada }],
    subject: "Grüße",
    text: "Hello,\nhow are you?\n",
    html: "<p>Hello</p>\n",
  });
  expect(inbox.map(({ message }) => message.messageId)).toEqual(
    done.recipients.map(({ message_id }) => message_id),
  );
  expect(new Set(inbox.map(({ message }) => message.messageId)).size).toBe(3);
  expect(context.updates.at(-1)).toMatchObject({ done: 3, total: 3, message: "3 of 3 messages sent" });
});

test("sends attachments", async () => {
  await serve();
  const bytes = Buffer.alloc(100_000, "attached ");
  const attachments = [await bench.upload("rapport n° 1.bin", bytes)];
  await run({ ...letter, recipients: [ada, bob], attachments });
  for (const { message } of inbox) {
    expect(message.attachments).toHaveLength(1);
    expect(message.attachments[0]?.filename).toBe("rapport n° 1.bin");
    const content = message.attachments[0]?.content;
    expect(content instanceof ArrayBuffer && Buffer.from(content).equals(bytes)).toBe(true);
  }
});

test("counts who is refused for good, serves the others, and succeeds", async () => {
  await serve(refusing({ [bob]: 550 }));
  const done = await run(letter);
  expect(recipients()).toEqual([ada, cleo]);
  expect(done).toMatchObject({
    sent: 2,
    failed: 1,
    recipients: [{ status: "sent" }, { address: bob, status: "refused" }, { status: "sent" }],
  });
  expect(done.recipients[1]?.error).toContain("no such user");
  expect(done.recipients[1]?.message_id).toBeUndefined();
});

test("fails at once where everybody is refused for good; a manual retry asks them again", async () => {
  await serve(refusing({ [ada]: 550, [bob]: 553, [cleo]: 550 }));
  const context = bench.context();
  const error = await failure(letter, context);
  expect(error).toBeInstanceOf(Discard);
  expect(error).toMatchObject({ result: { sent: 0, failed: 3 } });
  await stopServer();
  await serve();
  expect(await run(letter, bench.context({ checkpoint: context.checkpoint.get() }))).toMatchObject({
    sent: 3,
  });
});

test("after a refusal for now, the next attempt serves only the rest", async () => {
  await serve(refusing({ [bob]: 451 }));
  const first = bench.context();
  const error = await failure(letter, first);
  expect(error).toBeInstanceOf(AttemptFailed);
  expect(error).toMatchObject({
    result: { sent: 2, failed: 0, recipients: [{}, { address: bob, status: "pending" }, {}] },
  });
  expect(recipients()).toEqual([ada, cleo]);
  await stopServer();
  await serve();
  inbox = [];
  const second = bench.context({ id: first.task.id, attempt: 2, checkpoint: first.checkpoint.get() });
  expect(await run(letter, second)).toMatchObject({ sent: 3, failed: 0 });
  expect(recipients()).toEqual([bob]);
});

test("a connection lost in the middle fails the attempt at once, and nobody is served twice", async () => {
  await serve({
    onRcptTo({ address }, session, done) {
      if (address !== bob) return done();
      for (const connection of server?.connections ?? []) {
        if (connection.session.id === session.id) connection._socket.destroy();
      }
    },
  });
  const first = bench.context();
  const error = await failure(letter, first);
  expect(error).toBeInstanceOf(AttemptFailed);
  expect(error).toMatchObject({ result: { sent: 1 } });
  expect(recipients()).toEqual([ada]);
  await stopServer();
  await serve();
  await run(letter, bench.context({ id: first.task.id, attempt: 2, checkpoint: first.checkpoint.get() }));
  expect(recipients()).toEqual([ada, bob, cleo]);
});

test("a server that is away fails the attempt, and keeps the retry's chance", async () => {
  await serve();
  await stopServer();
  const error = await failure(letter);
  expect(error).toBeInstanceOf(AttemptFailed);
  expect(error).toMatchObject({ result: { sent: 0, failed: 0 } });
});

test("a message repeated after a crash bears the same Message-ID, in a retry of the task as well", async () => {
  await serve();
  let stored: JsonValue | undefined;
  const crashing = bench.context({
    onCheckpoint(value) {
      // The process dies after the server's answer and before the checkpoint is on disk.
      if (inbox.length === 2) throw new Error("killed");
      stored = value;
    },
  });
  await expect(run(letter, crashing)).rejects.toThrow("killed");
  expect(recipients()).toEqual([ada, bob]);
  await run({ ...letter, resend_unknown: true }, bench.context({ attempt: 2, checkpoint: stored }));
  expect(recipients()).toEqual([ada, bob, bob, cleo]);
  expect(inbox[1]?.message.messageId).toBe(inbox[2]?.message.messageId);
});

test("a cancel in the middle closes the connection at once", async () => {
  const controller = new AbortController();
  let closed: () => void = () => undefined;
  const connectionClosed = new Promise<void>((resolve) => {
    closed = resolve;
  });
  await serve({
    onRcptTo({ address }, _session, done) {
      if (address !== bob) return done();
      // The server never answers.
      controller.abort(new Aborted("cancel", "cancelled"));
    },
    onClose: () => closed(),
  });
  const context = bench.context({ signal: controller.signal });
  await expect(run(letter, context)).rejects.toThrow(Aborted);
  await connectionClosed;
  expect(recipients()).toEqual([ada]);
});

test("the sender is the task's, the setting's, or this machine", async () => {
  await serve();
  const senders = () => new Set(inbox.map(({ message }) => message.from?.address));
  await run({ ...letter, from: "me@example.org" });
  expect(senders()).toEqual(new Set(["me@example.org"]));
  inbox = [];
  vi.stubEnv("TASKWRIGHT_SMTP_FROM", undefined);
  await run(letter);
  expect(senders()).toEqual(new Set([`taskwright@${hostname()}`]));
});

test("upgrades to TLS, logs in, and knows what the server offers after that", async () => {
  const logins: unknown[] = [];
  await serve({
    authOptional: false,
    disabledCommands: [],
    onAuth(auth, session, done) {
      logins.push([auth.username, auth.password, session.secure]);
      done(null, { user: auth.username });
    },
  });
  const url = new URL(process.env.TASKWRIGHT_SMTP_URL ?? "");
  url.username = "shop";
  url.password = "p@ss:w/rd";
  // The server of the test has a certificate of its own making.
  url.searchParams.set("tls.rejectUnauthorized", "false");
  vi.stubEnv("TASKWRIGHT_SMTP_URL", url.href);
  expect(await run({ ...letter, recipients: [ada, "jürgen@example.org"] })).toMatchObject({
    sent: 2,
    failed: 0,
  });
  expect(logins).toEqual([["shop", "p@ss:w/rd", true]]);
});

describe("fails at once, saying what to do", () => {
  test("without a server", async () => {
    vi.stubEnv("TASKWRIGHT_SMTP_URL", "");
    const error = await failure(letter);
    expect(error).toBeInstanceOf(Discard);
    expect(String(error)).toContain("TASKWRIGHT_SMTP_URL");
  });

  test("with a setting that is no address of a server, without repeating it", async () => {
    vi.stubEnv("TASKWRIGHT_SMTP_URL", "https://user:secret@example.org");
    const error = await failure(letter);
    expect(error).toBeInstanceOf(Discard);
    expect(String(error)).not.toContain("secret");
  });

  test("with a login that the server refuses", async () => {
    await serve({
      authOptional: false,
      onAuth: (_auth, _session, done) => done(reply(535, "wrong password")),
    });
    const url = new URL(process.env.TASKWRIGHT_SMTP_URL ?? "");
    url.username = "shop";
    url.password = "secret";
    vi.stubEnv("TASKWRIGHT_SMTP_URL", url.href);
    const error = await failure(letter);
    expect(error).toBeInstanceOf(Discard);
    expect(String(error)).not.toContain("secret");
  });
});

describe("headers can't be injected", () => {
  const evil = "Hi\r\nBcc: mallory@example.org\r\n\r\nbody";

  test("the schema refuses a line break", async () => {
    for (const parameters of [
      { ...letter, subject: evil },
      { ...letter, from: evil },
      { ...letter, recipients: [`ada@example.org\r\nBcc: mallory@example.org`] },
    ]) {
      expect((await email.input["~standard"].validate(parameters)).issues).toHaveLength(1);
    }
  });

  test("and past the schema a line break stays inside its header", async () => {
    await serve();
    await run({ ...letter, recipients: [ada], subject: evil });
    const [mail] = inbox;
    expect(mail?.message.bcc ?? []).toEqual([]);
    expect(mail?.message.headers.map(({ key }) => key)).not.toContain("bcc");
    expect(mail?.message.text).toBe("Hello,\nhow are you?\n");
  });
});

test("the largest mailing fits result and checkpoint", async () => {
  await serve(refusing({}));
  const many = Array.from({ length: 1000 }, (_, at) => `${"x".repeat(45)}${at}@example.org`);
  const checked = await email.input["~standard"].validate({ ...letter, recipients: many });
  expect(checked.issues).toBeUndefined();
  const context = bench.context();
  const done = await run({ ...letter, recipients: many.slice(0, 100) }, context);
  const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
  expect(bytes(done) * 10).toBeLessThan(256 * 1024);
  expect(bytes(context.checkpoint.get()) * 10).toBeLessThan(256 * 1024);
});
