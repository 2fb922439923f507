// E-mail to a server that misbehaves: it defers, ends connections, or leaves it unknown whether it took a message.
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { Aborted, AttemptFailed, Discard, type JsonValue } from "../../src/index.js";
import { backoff } from "../../src/model/backoff.js";
import { type Message, TIMEOUTS } from "../../src/tasks/email/connection.js";
import { result } from "../../src/tasks/email/parameters.js";
import { openMailServer } from "../../src/tasks/email/server.js";
import { email } from "../../src/tasks/email.js";
import { createTestQueue } from "../../src/testing/index.js";
import { codeBlocks } from "../support/code-blocks.js";
import { type Reply, type ScriptedSmtp, type Step, startScriptedSmtp } from "../support/scripted-smtp.js";
import { type RecordedContext, sharedBench } from "../support/task-context.js";

const bench = sharedBench();
let server: ScriptedSmtp;

beforeAll(async () => {
  server = await startScriptedSmtp();
});

afterAll(() => server.close());

beforeEach(() => {
  vi.stubEnv("TASKWRIGHT_SMTP_URL", server.url);
  vi.stubEnv("TASKWRIGHT_SMTP_FROM", "shop@example.org");
  vi.stubEnv("TASKWRIGHT_SMTP_FROM_ALLOWED", undefined);
  server.follow(() => undefined);
});

const [ada, bob, cleo, dan] = ["ada@example.org", "bob@example.org", "cleo@example.org", "dan@example.org"];
const letter = { recipients: [ada, bob, cleo], subject: "Hello", text: "How are you?" };

async function run(parameters: object, context: RecordedContext = bench.context()) {
  const checked = await email.input["~standard"].validate(parameters);
  if (checked.issues) throw new Error(JSON.stringify(checked.issues));
  return result.parse(await email.run(checked.value, context));
}

/** Why it ended, with the result that it left. */
async function failure(parameters: object, context: RecordedContext = bench.context()) {
  const error = await run(parameters, context).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AttemptFailed || error instanceof Discard || error instanceof Aborted)) throw error;
  return { error, result: result.parse(error.result) };
}

const recipients = () => server.received.map(({ to }) => to);
const statuses = ({ recipients }: { recipients: readonly { status: string }[] }) =>
  recipients.map(({ status }) => status);
const later = (context: RecordedContext, more: { id?: string; checkpoint?: JsonValue | undefined } = {}) =>
  bench.context({ id: context.task.id, attempt: 2, checkpoint: context.checkpoint.get(), ...more });

/** Does this at one step for one recipient; everything else is friendly. */
const at =
  (verb: string, to: string | undefined, reply: () => Reply) =>
  (step: Step): Reply =>
    step.verb === verb && (to === undefined || step.to === to) ? reply() : undefined;

describe("an answer that is lost after the end of a message", () => {
  const drop = at("END", bob, () => ({ end: true }));

  test("leaves that recipient unknown, and the others are served", async () => {
    server.follow(drop);
    const context = bench.context();
    const { error, result } = await failure(letter, context);
    expect(error).toBeInstanceOf(Discard);
    expect(error.message).toContain(bob);
    expect(error.message).toContain("resend_unknown: true");
    expect(result).toMatchObject({ sent: 2, failed: 0, unknown: 1 });
    expect(statuses(result)).toEqual(["sent", "unknown", "sent"]);
    expect(server.received[1]?.text).toContain(`Message-ID: ${result.recipients[1]?.message_id}`);
    expect(recipients()).toEqual([ada, bob, cleo]);
    expect(context.updates.at(-1)).toMatchObject({ message: "2 of 3 messages sent, 1 unknown" });
    expect(context.logs.map(({ message }) => message).join()).toContain("may or may not have been accepted");
  });

  test("is not repeated by a retry, which logs that, unless it is requested", async () => {
    server.follow(drop);
    const first = bench.context();
    const before = await failure(letter, first);
    server.follow(() => undefined);
    const second = later(first, { id: "another-task" });
    const again = await failure(letter, second);
    expect(recipients()).toEqual([]);
    expect(again.error).toBeInstanceOf(Discard);
    expect(again.result).toEqual(before.result);
    expect(second.logs).toMatchObject([{ level: "warn", message: expect.stringContaining(bob) }]);
    const asked = later(second, { id: "a-third-task" });
    expect(await run({ ...letter, resend_unknown: true }, asked)).toMatchObject({ sent: 3, unknown: 0 });
    expect(recipients()).toEqual([bob]);
    expect(server.received[0]?.text).toContain(`Message-ID: ${before.result.recipients[1]?.message_id}`);
  });

  test("on the first message of a connection ends the attempt: a broken server leaves one in doubt, not all", async () => {
    server.follow(at("END", undefined, () => ({ end: true })));
    const first = bench.context();
    const { error, result } = await failure(letter, first);
    expect(error).toBeInstanceOf(AttemptFailed);
    expect(statuses(result)).toEqual(["unknown", "pending", "pending"]);
    server.follow(() => undefined);
    const next = await failure(letter, later(first));
    expect(next.error).toBeInstanceOf(Discard);
    expect(statuses(next.result)).toEqual(["unknown", "sent", "sent"]);
    expect(recipients()).toEqual([bob, cleo]);
  });

  test("is tried again automatically where the task requests that from the start", async () => {
    server.follow(drop);
    const first = bench.context();
    const asked = { ...letter, resend_unknown: true };
    const { error } = await failure(asked, first);
    expect(error).toBeInstanceOf(AttemptFailed);
    server.follow(() => undefined);
    expect(await run(asked, later(first))).toMatchObject({ sent: 3, unknown: 0 });
    expect(recipients()).toEqual([bob]);
  });
});

describe("the record", () => {
  test("holds unknown before the end of the message goes out, and sent after the answer", async () => {
    const records: unknown[] = [];
    let stored: JsonValue | undefined;
    const context = bench.context({
      onCheckpoint: (value) => {
        stored = value;
      },
    });
    server.follow(({ verb }) => {
      if (verb === "END") records.push(structuredClone(stored));
      return undefined;
    });
    await run({ ...letter, recipients: [ada, bob] }, context);
    expect(records).toMatchObject([
      { sent: [], unknown: [{ position: 0 }] },
      { sent: [0], unknown: [{ position: 1 }] },
    ]);
    expect(stored).toMatchObject({ sent: [0, 1], unknown: [] });
    // A process that is killed before the answer leaves the first of these.
    const after = await failure(
      letter,
      bench.context({ checkpoint: JSON.parse(JSON.stringify(records[0])) }),
    );
    expect(statuses(after.result)).toEqual(["unknown", "sent", "sent"]);
  });

  test("that can't be written, as by an attempt that has lost its task, keeps the message from being sent", async () => {
    let writes = 0;
    const context = bench.context({
      onCheckpoint: () => {
        if (++writes > 1) throw new Error("taken over");
      },
    });
    await expect(run(letter, context)).rejects.toThrow("taken over");
    expect(recipients()).toEqual([]);
  });
});

describe("an attempt that is stopped", () => {
  const stopping = (reason: "cancel" | "shutdown") => {
    const controller = new AbortController();
    const context = bench.context({ signal: controller.signal });
    return { context, stop: () => controller.abort(new Aborted(reason, "stopped")) };
  };

  test("between a message and its answer leaves the recipient unknown", async () => {
    const { context, stop } = stopping("cancel");
    server.follow(
      at("END", bob, () => {
        stop();
        return "silence";
      }),
    );
    const { error, result } = await failure(letter, context);
    expect(error).toBeInstanceOf(Aborted);
    expect(statuses(result)).toEqual(["sent", "unknown", "pending"]);
    expect(context.checkpoint.get()).toMatchObject({ sent: [0], unknown: [{ position: 1 }] });
  });

  test("still takes an answer that comes at once", async () => {
    const { context, stop } = stopping("shutdown");
    server.follow(
      at("END", bob, () => {
        stop();
        return "250 queued";
      }),
    );
    const { result } = await failure(letter, context);
    expect(statuses(result)).toEqual(["sent", "sent", "pending"]);
    expect(context.checkpoint.get()).toMatchObject({ sent: [0, 1], unknown: [] });
  });

  test("before the end of a message leaves the recipient for the next attempt", async () => {
    const { context, stop } = stopping("cancel");
    server.follow(
      at("DATA", bob, () => {
        stop();
        return "354 go on";
      }),
    );
    const { result } = await failure(letter, context);
    expect(statuses(result)).toEqual(["sent", "pending", "pending"]);
    expect(recipients()).toEqual([ada]);
    expect(context.checkpoint.get()).toMatchObject({ sent: [0], unknown: [] });
  });
});

describe("a server that ends a connection which worked", () => {
  const four = { ...letter, recipients: [ada, bob, cleo, dan] };

  test.each([
    ["421 at MAIL", "MAIL", { reply: "421 4.7.0 only two messages", end: true }],
    ["421 at RCPT", "RCPT", { reply: "421 4.7.0 only two messages", end: true }],
    ["452 at MAIL", "MAIL", "452 4.5.3 only two messages"],
    ["450 at MAIL", "MAIL", "450 4.7.1 only two messages"],
    ["451 at MAIL", "MAIL", "451 4.3.0 only two messages"],
    ["no word", "MAIL", { end: true }],
  ] as const)("after two messages with %s: the list goes on over a new one", async (_name, verb, reply) => {
    server.follow((step) => (step.verb === verb && step.message > 2 ? reply : undefined));
    const context = bench.context();
    expect(await run(four, context)).toMatchObject({ sent: 4, failed: 0, unknown: 0 });
    expect(recipients()).toEqual([ada, bob, cleo, dan]);
    expect(server.connections).toBe(2);
    const shown = typeof reply === "string" || "reply" in reply ? "only two messages" : "closed";
    expect(context.logs).toMatchObject([{ level: "info", message: expect.stringContaining(shown) }]);
  });

  test("and refuses the next one fails the attempt, with its reply", async () => {
    server.follow((step) =>
      step.connection > 1 || step.message > 1 ? { reply: "421 4.3.2 too busy", end: true } : undefined,
    );
    const { error, result } = await failure(letter);
    expect(error).toBeInstanceOf(AttemptFailed);
    expect(error.message).toContain("421 4.3.2 too busy");
    expect(statuses(result)).toEqual(["sent", "pending", "pending"]);
    expect(result.recipients[1]?.error).toContain("421 4.3.2 too busy");
    expect(server.connections).toBe(2);
  });
});

describe("a message that is put off", () => {
  test.each([
    ["450 at RCPT", "RCPT", "450 4.2.0 greylisted, come back in five minutes"],
    ["451 at RCPT", "RCPT", "451 4.7.1 greylisted, come back in five minutes"],
    ["452 at RCPT", "RCPT", "452 4.2.2 greylisted, come back in five minutes"],
    ["451 after the message", "END", "451 4.7.1 greylisted, come back in five minutes"],
    ["421 after the message", "END", { reply: "421 4.3.0 greylisted, come back in five minutes", end: true }],
  ] as const)("with %s is sent by the next attempt, to that recipient only", async (_name, verb, reply) => {
    server.follow(at(verb, bob, () => reply));
    const first = bench.context();
    const { error, result } = await failure(letter, first);
    expect(error).toBeInstanceOf(AttemptFailed);
    expect(error.message).toMatch(/^1 recipient could not be served yet: .*come back in five minutes/);
    expect(statuses(result)).toEqual(["sent", "pending", "sent"]);
    expect(first.checkpoint.get()).toMatchObject({ sent: [0, 2], unknown: [] });
    server.follow(() => undefined);
    expect(await run(letter, later(first))).toMatchObject({ sent: 3 });
    expect(recipients()).toEqual([bob]);
  });

  test("by greylisting of 15 minutes ends in success, with one message for each", async () => {
    await using queue = await createTestQueue({ tasks: [email] });
    const opens = queue.now + 15 * 60_000;
    server.follow((step) =>
      step.verb === "RCPT" && step.to !== ada && queue.now < opens ? "450 4.2.0 greylisted" : undefined,
    );
    const submitted = await queue.submit(email, letter);
    await queue.drain();
    for (const minutes of [1, 2, 4]) {
      await queue.advance(`${minutes}m`);
      await queue.drain();
    }
    expect(await queue.task(submitted.id)).toMatchObject({ waitingFor: "retry", attempt: 4, runAt: opens });
    expect(recipients()).toEqual([ada]);
    await queue.advance("8m");
    await queue.drain();
    expect(await submitted.result()).toMatchObject({ sent: 3, failed: 0, unknown: 0 });
    expect(recipients()).toEqual([ada, bob, cleo]);
  });

  test("is tried for long enough: greylisting takes 5 to 15 minutes", () => {
    const { retry } = email;
    const waits = Array.from(
      { length: retry.maxAttempts - 1 },
      (_, at) => backoff(retry, at + 1, 0) / 60_000,
    );
    expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30]);
  });
});

describe("a server that is silent", () => {
  const message: Message = {
    from: { name: "", address: "shop@example.org", key: "shop@example.org", needsUtf8: false },
    to: ada ?? "",
    messageId: "<1@example.org>",
    subject: "Hello",
    text: "How are you?",
    html: undefined,
    attachments: [],
  };

  test("is given the time that RFC 5321 asks for, and a task the time to wait for it", () => {
    expect(TIMEOUTS.greeting).toBeGreaterThanOrEqual(5 * 60_000);
    expect(TIMEOUTS.connection).toBeGreaterThan(TIMEOUTS.greeting);
    expect(TIMEOUTS.silence).toBeGreaterThanOrEqual(10 * 60_000);
    expect(email.timeout).toBeGreaterThan(100 * TIMEOUTS.silence);
  });

  test.each([
    ["CONNECT", "lost"],
    ["EHLO", "lost"],
    ["RCPT", "lost"],
    ["DATA", "lost"],
    ["END", "unknown"],
  ])("after %s leaves the message %s", async (verb, outcome) => {
    server.follow(at(verb, undefined, () => "silence"));
    const opened = await openMailServer({
      url: server.url,
      signal: new AbortController().signal,
      onReconnect: () => undefined,
      timeouts: { connection: 50, greeting: 50, silence: 50 },
    });
    expect(await opened.send(message, async () => undefined)).toMatchObject({ outcome });
    await opened.close();
  });
});

describe("addresses beyond ASCII", () => {
  const utf8 = "250-mail.example.org\r\n250-PIPELINING\r\n250 SMTPUTF8";
  const list = { ...letter, recipients: ["jürgen@bücher.example", "ada@bücher.example", ada] };
  const commands: string[] = [];
  const listen =
    (ehlo?: string) =>
    ({ verb, line }: Step): Reply => {
      if (verb === "MAIL" || verb === "RCPT") commands.push(line);
      return verb === "EHLO" ? ehlo : undefined;
    };

  beforeEach(() => {
    commands.length = 0;
  });

  test("are sent to a server with SMTPUTF8; domains are in ASCII for any", async () => {
    server.follow(listen(utf8));
    expect(await run(list)).toMatchObject({ sent: 3, failed: 0 });
    expect(commands).toEqual([
      "MAIL FROM:<shop@example.org> SMTPUTF8",
      "RCPT TO:<jürgen@xn--bcher-kva.example>",
      "MAIL FROM:<shop@example.org>",
      "RCPT TO:<ada@xn--bcher-kva.example>",
      "MAIL FROM:<shop@example.org>",
      "RCPT TO:<ada@example.org>",
    ]);
  });

  test("fail for a server without it, which is not asked", async () => {
    server.follow(listen());
    const done = await run(list);
    expect(done).toMatchObject({ sent: 2, failed: 1 });
    expect(done.recipients[0]).toMatchObject({ address: "jürgen@bücher.example", status: "refused" });
    expect(done.recipients[0]?.error).toContain("SMTPUTF8");
    expect(commands.join()).not.toContain("jürgen");
  });

  test("as the sender fail the task there", async () => {
    server.follow(listen());
    const { error } = await failure({ ...letter, from: "größe@example.org" });
    expect(error).toBeInstanceOf(Discard);
    expect(error.message).toContain("SMTPUTF8");
    expect(recipients()).toEqual([]);
  });
});

test("domains that differ in case are one recipient; what is before the @ is the server's business", async () => {
  const done = await run({
    ...letter,
    recipients: [ada, "ada@EXAMPLE.org", "Ada@example.org", "ada@Example.Org"],
  });
  expect(done.recipients.map(({ address }) => address)).toEqual([ada, "Ada@example.org"]);
  expect(recipients()).toEqual([ada, "Ada@example.org"]);
});

test("the example in the guide runs as it is written", async () => {
  const [example] = codeBlocks("docs/mail.md").filter(({ language }) => language === "json");
  const { task_type, parameters } = JSON.parse(example?.text ?? "{}");
  expect(task_type).toBe(email.name);
  expect(await run(parameters)).toMatchObject({ sent: 2, failed: 0, unknown: 0 });
});

test("a sender that is not allowed fails the task at once, where the submit could not know", async () => {
  vi.stubEnv("TASKWRIGHT_SMTP_FROM_ALLOWED", "@example.org");
  const submitted = await email.input["~standard"].validate({ ...letter, from: "me@example.com" });
  expect(submitted.issues).toMatchObject([
    { path: ["from"], message: expect.stringContaining("TASKWRIGHT_SMTP_FROM_ALLOWED") },
  ]);
  const context = bench.context();
  const ended = email.run({ ...letter, resend_unknown: false, from: "me@example.com" }, context);
  await expect(Promise.resolve(ended)).rejects.toThrow(Discard);
  expect(server.connections).toBe(0);
  expect(await run({ ...letter, from: "Me <me@example.org>" })).toMatchObject({ sent: 3 });
});
