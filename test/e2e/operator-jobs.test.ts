// What an operator does most, done by mouse, by keyboard alone and by touch on a phone, each within its number of
// clicks, keys and taps. Words that are typed count as none.
import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { PHONE } from "../support/browser.js";
import { finished, getTask, submit } from "../support/http-calls.js";
import { createSetting, eventually, type Setting } from "./setting.js";

const setting = createSetting({
  taskTypes: `
    let broken = true;
    export default { tasks: [
      defineTask({
        name: "charge_card",
        input: z.strictObject({ customer: z.int(), amount: z.int().default(100) }),
        summary: ({ customer, amount }) => \`Charge customer \${customer}: \${amount}\`,
        retry: { maxAttempts: 1 },
        run: ({ customer, amount }) => {
          if (broken && amount === 100) throw new Error(\`gateway refused customer \${customer}\`);
          return { charged: amount };
        },
      }),
      defineTask({ name: "repair", input: z.strictObject({}), run: () => { broken = false; } }),
      defineTask({ name: "break", input: z.strictObject({}), run: () => { broken = true; } }),
    ] };`,
});

/** Does what a person does, and counts it. */
interface Hand {
  readonly page: Page;
  count(): number;
  /** Clicks or taps. */
  press(target: Locator): Promise<void>;
  key(name: string): Promise<void>;
  /** Words, which cost nothing. */
  type(text: string): Promise<void>;
}

function handOf(page: Page, touch: boolean): Hand {
  let count = 0;
  return {
    page,
    count: () => count,
    async press(target) {
      count += 1;
      await (touch ? target.tap() : target.click());
    },
    async key(name) {
      count += 1;
      await page.keyboard.press(name);
    },
    type: (text) => page.keyboard.type(text),
  };
}

/** Three charges that failed and one that succeeded, of customers that no other test has. */
async function failures({ server }: Setting, first: number): Promise<void> {
  const { url } = server;
  await finished(url, await submit(url, "break", {}));
  const charges = [
    { customer: first },
    { customer: first + 1 },
    { customer: first + 2 },
    { customer: first + 3, amount: 200 },
  ];
  for (const charge of charges) await finished(url, await submit(url, "charge_card", charge));
}

const title = (page: Page, text: string) => page.locator("tr[data-id] .title", { hasText: text });
const ready = (page: Page) => page.locator("tr[data-id]").first().waitFor();
const focused = (target: Locator) =>
  eventually(() => target.evaluate((element) => element === document.activeElement)).toBe(true);

interface Way {
  readonly name: "mouse" | "keyboard" | "touch";
  /** Steps that each job may take. */
  readonly budget: {
    readonly broken: number;
    readonly retryOne: number;
    readonly retryAll: number;
    readonly why: number;
    readonly id: number;
    readonly queue: number;
    readonly again: number;
  };
  /** Customers of this way begin here. */
  readonly first: number;
}

const WAYS: readonly Way[] = [
  {
    name: "mouse",
    budget: { broken: 1, retryOne: 2, retryAll: 3, why: 1, id: 0, queue: 1, again: 2 },
    first: 1000,
  },
  {
    name: "keyboard",
    budget: { broken: 1, retryOne: 3, retryAll: 3, why: 4, id: 1, queue: 1, again: 3 },
    first: 2000,
  },
  {
    name: "touch",
    budget: { broken: 1, retryOne: 2, retryAll: 3, why: 2, id: 1, queue: 1, again: 3 },
    first: 3000,
  },
];

describe.each(WAYS)("by $name", ({ name, budget, first }) => {
  const touch = name === "touch";
  const keys = name === "keyboard";

  /** Opens the list, does the job, and holds it to its budget. */
  async function within(steps: number, job: string, work: (hand: Hand) => Promise<void>): Promise<void> {
    await using opened = await setting.open(
      "/tasks",
      touch ? { viewport: PHONE, hasTouch: true, isMobile: true } : {},
    );
    const { page, faults } = opened;
    await ready(page);
    const hand = handOf(page, touch);
    await work(hand);
    console.info(`operator: ${job} by ${name}: ${hand.count()}`);
    expect(hand.count()).toBeLessThanOrEqual(steps);
    expect(faults).toEqual([]);
  }

  /** To the failed tasks. */
  async function showFailed(hand: Hand): Promise<void> {
    const { page } = hand;
    if (keys) await hand.key("f");
    else if (touch) await hand.press(page.getByRole("navigation", { name: "Main" }).getByText("Failed"));
    else await hand.press(page.getByRole("navigation", { name: "Status" }).getByText("Failed"));
    await page.waitForURL(/status=FAILED/);
    await page.locator('tr[data-status="FAILED"]').first().waitFor();
  }

  test("what is broken now", async () => {
    await failures(setting, first);
    await within(budget.broken, "what is broken", async (hand) => {
      // Before any step: how many of how many.
      expect(await hand.page.locator(".stat", { hasText: "Failed" }).textContent()).toMatch(/\d %/);
      await showFailed(hand);
      const row = hand.page.locator("tr[data-id]", { hasText: `customer ${first + 2}` });
      expect(await row.textContent()).toContain(`gateway refused customer ${first + 2}`);
    });
  });

  test("retry one that failed, then all that did", async () => {
    await failures(setting, first);
    const { url } = setting.server;
    await finished(url, await submit(url, "repair", {}));
    await within(budget.retryOne, "retry one", async (hand) => {
      await showFailed(hand);
      if (keys) {
        await hand.key("j");
        await hand.key("r");
      } else {
        const row = hand.page.locator("tr[data-id]").first();
        await hand.press(row.getByRole("button", { name: /^Retry / }));
      }
      await hand.page.getByText(/^Retried “Charge customer/).waitFor();
    });
    await within(budget.retryAll, "retry all", async (hand) => {
      await showFailed(hand);
      if (keys) {
        await hand.key("a");
        const confirm = hand.page.getByRole("button", { name: /^Retry \d+ tasks?$/ });
        await focused(confirm);
        await hand.key("Enter");
      } else {
        await hand.press(hand.page.getByRole("button", { name: /^Retry \d+…$/ }));
        await hand.press(hand.page.getByRole("button", { name: /^Retry \d+ tasks?$/ }));
      }
      await hand.page.getByText(/^Retried \d+ tasks?$/).waitFor();
      await eventually(() => hand.page.getByRole("button", { name: "Retry all" }).isDisabled()).toBe(true);
    });
    const reply = await fetch(`${url}/api/tasks/?status=FAILED&limit=500`);
    const { tasks }: { tasks: { retried_by: string | null }[] } = await reply.json();
    expect(tasks.filter((task) => task.retried_by === null)).toEqual([]);
  });

  test("why did the task of one customer fail", async () => {
    await failures(setting, first + 100);
    const customer = `customer ${first + 101}`;
    await within(budget.why, "why did it fail", async (hand) => {
      const { page } = hand;
      const filter = page.getByLabel("Filter", { exact: true });
      if (touch) await hand.press(filter);
      else if (keys) await hand.key("/");
      // Who has both hands free types it with the words.
      else await hand.type("/");
      await hand.type(customer);
      if (keys) await hand.key("Enter");
      await page.waitForURL(/q=customer/);
      await eventually(() => page.locator("tr[data-id]").count()).toBe(1);
      if (keys) {
        await hand.key("j");
        await hand.key("Enter");
      } else await hand.press(title(page, customer));
      const error = page.locator(".drawer").getByRole("tabpanel", { name: "Error" });
      await error.getByText(`gateway refused ${customer}`).first().waitFor();
    });
  });

  test("is a queue behind", async () => {
    await submit(setting.server.url, "charge_card", { customer: first }, { delay: "1h", queue: "slow" });
    await within(budget.queue, "is a queue behind", async (hand) => {
      const { page } = hand;
      if (keys) await hand.key("q");
      else {
        const bar = page.getByRole("navigation", { name: touch ? "Main" : "Pages" });
        await hand.press(bar.getByRole("link", { name: "Queues" }));
      }
      const worst = page.locator("table.queues tbody tr").first();
      await worst.waitFor();
      expect(await worst.textContent()).toContain("slow");
    });
  });

  test("run something again with a change", async () => {
    const customer = first + 203;
    const { url } = setting.server;
    await finished(
      url,
      await submit(url, "charge_card", { customer, amount: 300 }, { queue: "billing", tags: ["vip"] }),
    );
    await within(budget.again, "run again with a change", async (hand) => {
      const { page } = hand;
      const row = page.locator("tr[data-id]").first();
      await row.getByText(`Charge customer ${customer}: 300`).waitFor();
      if (keys) {
        await hand.key("j");
        await hand.key("e");
      } else if (touch) {
        await hand.press(row.locator(".title"));
        await hand.press(page.locator(".sheet-actions").getByText("Edit and run…"));
      } else await hand.press(row.getByRole("button", { name: /^Edit and run/ }));
      // The first field waits for the change.
      const field = page.getByLabel(/^Customer/);
      await focused(field);
      expect(await page.getByLabel(/^Amount/).inputValue()).toBe("300");
      await field.selectText();
      await hand.type(String(customer + 1));
      if (keys) await hand.key("Control+Enter");
      else await hand.press(page.getByRole("button", { name: "Submit task" }));
      await page
        .locator(".drawer")
        .getByText(`Charge customer ${customer + 1}: 300`)
        .first()
        .waitFor();
      const id = /tasks\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? "";
      expect(await getTask(url, id)).toMatchObject({
        parameters: { customer: customer + 1, amount: 300 },
        queue: "billing",
        tags: ["vip"],
      });
    });
  });

  test("a pasted id opens its task", async () => {
    const { url } = setting.server;
    const id = await submit(url, "charge_card", { customer: first + 300, amount: 200 });
    await finished(url, id);
    await within(budget.id, "open a pasted id", async (hand) => {
      const { page } = hand;
      const filter = page.getByLabel("Filter", { exact: true });
      if (touch) await hand.press(filter);
      else if (keys) await hand.key("/");
      else await hand.type("/");
      await focused(filter);
      await filter.evaluate((field, text) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text", `task ${text} `);
        field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
      }, id);
      await page.waitForURL(new RegExp(id));
      await page.locator(".drawer .title-text").waitFor();
    });
  });
});
