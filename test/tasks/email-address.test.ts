// Which addresses, senders and allowed senders email accepts.
import { expect, test } from "vitest";
import { readSender } from "../../src/tasks/email/address.js";
import { readSettings, senderRefusal } from "../../src/tasks/email/settings.js";
import { email } from "../../src/tasks/email.js";

const letter = { recipients: ["ada@example.org"], subject: "Hello", text: "How are you?" };

async function faults(parameters: object) {
  const { issues = [] } = await email.input["~standard"].validate({ ...letter, ...parameters });
  return issues.map(({ path }) => path?.join("/"));
}

test.each([
  "ada@example.org",
  "ada+news=2026@example.org",
  "o'brien@example.org",
  "department/team=x@example.org",
  "!#$%&'*+-/=?^_`{|}~@example.org",
  "first.last@sub.example.co.uk",
  "ada@bücher.example",
  "ada@例え.jp",
  "jürgen@example.org",
  "用户@例え.jp",
  "ADA@EXAMPLE.ORG",
  "1@2.example",
  `${"x".repeat(64)}@example.org`,
])("accepts the recipient %s", async (address) => {
  expect(await faults({ recipients: [address] })).toEqual([]);
});

test.each([
  "",
  "ada",
  "@example.org",
  "ada@",
  "ada@example",
  "ada@@example.org",
  "ada@bob@example.org",
  ".ada@example.org",
  "ada..b@example.org",
  "ada@-example.org",
  "ada@example..org",
  "ada@127.0.0.1",
  "ada@[127.0.0.1]",
  "ada@exa%6dple.org",
  "ada@example.org/x",
  "ada@bücher.example:25",
  "ada b@example.org",
  "Ada <ada@example.org>",
  "<ada@example.org>",
  "ada@example.org,bob@example.org",
  "ada@example.org\r\nBcc: bob@example.org",
  "ada\0@example.org",
  `${"x".repeat(65)}@example.org`,
  `ada@${"x".repeat(64)}.org`,
])("refuses the recipient %j", async (address) => {
  expect(await faults({ recipients: [address] })).toEqual(["recipients/0"]);
});

test.each([
  ["shop@example.org", { name: "", address: "shop@example.org" }],
  [" <shop@example.org> ", { name: "", address: "shop@example.org" }],
  ["Shop <shop@example.org>", { name: "Shop", address: "shop@example.org" }],
  ["Grüße & Co. <shop@Bücher.example>", { name: "Grüße & Co.", address: "shop@xn--bcher-kva.example" }],
  ['"Shop, Inc." <shop@example.org>', { name: "Shop, Inc.", address: "shop@example.org" }],
  [
    '"a \\"b\\" <c@d.example>" <shop@example.org>',
    { name: 'a "b" <c@d.example>', address: "shop@example.org" },
  ],
  ["root@localhost", { name: "", address: "root@localhost" }],
])("reads the sender %j", async (text, expected) => {
  expect(readSender(text).sender).toMatchObject(expected);
  expect(await faults({ from: text })).toEqual([]);
});

test.each([
  ["Shop", "must be an address"],
  ["Shop <>", "must be an address"],
  ["Shop <shop>", "must be an address"],
  [" ", "must be an address"],
  ["shop@example.org, other@example.org", "must be one address"],
  ["Shop <shop@example.org>, other@example.org", "must be one address"],
  ["Boss <boss@bank.example> <me@example.org>", "must be one address"],
  ["boss@bank.example <me@example.org>", "must be one address"],
  ["Shop, Inc. <shop@example.org>", "in quotes"],
  ['"Shop" shop@example.org', "in quotes"],
  ["Shop <shop@example.org> and more", "must be an address"],
  ["shop@example.org\r\nBcc: bob@example.org", "must be one line"],
  ["Shop\u2028 <shop@example.org>", "must be one line"],
])("refuses the sender %j: it %s", async (text, fault) => {
  expect(readSender(text).fault).toContain(fault);
  expect(new Set(await faults({ from: text }))).toEqual(new Set(["from"]));
});

test("an empty sender is refused, not replaced", async () => {
  expect(new Set(await faults({ from: "" }))).toEqual(new Set(["from"]));
});

test.each([
  ["shop@example.org", undefined, true],
  ["shop@example.org", "shop@example.org", true],
  ["shop@EXAMPLE.org", " other@x.example , shop@example.ORG", true],
  ["shop@example.org", "@example.org", true],
  ["shop@bücher.example", "*@BÜCHER.example", true],
  ["Shop@example.org", "shop@example.org", false],
  ["shop@sub.example.org", "@example.org", false],
  ["shop@badexample.org", "@example.org", false],
  ["shop@example.org", "other@example.org", false],
  ["default@example.net", "@example.org", true],
])("of the senders, %s with %s allowed: %s", (from, allowed, isAllowed) => {
  const { sender } = readSender(from);
  if (!sender) throw new Error(from);
  const environment = {
    TASKWRIGHT_SMTP_FROM: "Default <default@example.net>",
    ...(allowed !== undefined && { TASKWRIGHT_SMTP_FROM_ALLOWED: allowed }),
  };
  expect(senderRefusal(sender, environment) === undefined).toBe(isAllowed);
});

test("a default sender that is no address is named as the setting", () => {
  const environment = { TASKWRIGHT_SMTP_URL: "smtp://localhost", TASKWRIGHT_SMTP_FROM: "Shop" };
  expect(() => readSettings(undefined, environment)).toThrow(/^TASKWRIGHT_SMTP_FROM must be an address/);
  expect(() => readSettings("Me", environment)).toThrow(/^The parameter from must be an address/);
});
