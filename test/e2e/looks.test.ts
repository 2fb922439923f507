// The pages and their states in both themes and three widths: no fault in the console, nothing that axe finds wrong, and,
// with PAGE_SHOTS=FOLDER, a picture of each for people to look at.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { WireWorker } from "../../src/http/wire.js";
import { violationsOf } from "../support/axe.js";
import type { OpenPage } from "../support/browser.js";
import { finished, started, submit } from "../support/http-calls.js";
import { takeShot, takesShots } from "../support/shots.js";
import { createSetting } from "./setting.js";

const setting = createSetting();
const ids = { data: "", failed: "", pictures: "", running: "", cancelled: "", pending: "" };

const THEMES = ["light", "dark"] as const;
const WIDTHS = [375, 1024, 1600] as const;
const HEIGHT = 900;
const WHOLE_HEIGHT = 2400;

type Theme = (typeof THEMES)[number];

/** At each width and in each theme: a picture, where they are wanted, and what axe finds. */
async function look({ page, faults }: OpenPage, name: string, themes: readonly Theme[]): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  for (const width of WIDTHS) {
    if (takesShots) {
      await page.setViewportSize({ width, height: HEIGHT });
      for (const theme of themes) {
        await page.emulateMedia({ colorScheme: theme });
        await takeShot(page, `${name}-${theme}-${width}`);
      }
    }
    // So high that no bar at the foot covers half a button: axe would measure the other half.
    await page.setViewportSize({ width, height: WHOLE_HEIGHT });
    // Begins with the theme of the last picture: each change draws the whole page.
    for (const theme of themes.toReversed()) {
      await page.emulateMedia({ colorScheme: theme });
      const found = await violationsOf(page);
      expect({ theme, width, found }).toEqual({ theme, width, found: [] });
    }
  }
  await page.setViewportSize({ width: 1600, height: HEIGHT });
  // The browser itself reports the reply that asks for the key.
  expect(faults.filter((fault) => !/status of 401/.test(fault))).toEqual([]);
}

const openThemed = (theme: Theme) => setting.open("/tasks", { colorScheme: theme, reducedMotion: "reduce" });

test.each(THEMES)("%s: a server without tasks", async (theme) => {
  await using opened = await openThemed(theme);
  await opened.page.getByRole("heading", { name: "Ready for your first task" }).waitFor();
  await opened.page.locator(".tries li").first().waitFor();
  await look(opened, "empty", [theme]);
});

/** A worker as the API shows it, its heartbeat so many milliseconds ago. */
function worker(host: string, silentFor: number, more: Partial<WireWorker>): WireWorker {
  return {
    id: `${host}-4127`,
    host,
    pid: 4127,
    version: "0.1.0",
    started_at: new Date(Date.now() - 7_200_000).toISOString(),
    heartbeat_at: new Date(Date.now() - silentFor).toISOString(),
    slots: 8,
    running: 0,
    task_types: ["data_processing", "email", "email_simulation", "image_processing"],
    queues: null,
    event_loop_lag_ms: 3,
    memory_bytes: 214_000_000,
    ...more,
  };
}

/** One machine can't be several: the page is shown what ten of them would answer. */
async function severalHosts(page: Page): Promise<void> {
  const workers = [
    worker("anvil-1", 1_000, { running: 7 }),
    worker("anvil-2", 2_000, { running: 5, event_loop_lag_ms: 64, queues: ["media"] }),
    worker("kiln-1", 12_500, { running: 2, slots: 4 }),
    worker("kiln-2", 700, { running: 8, memory_bytes: 1_340_000_000 }),
  ];
  await page.route("**/api/workers", (route) => route.fulfill({ json: { workers } }));
  await page.reload();
  await page.getByText("kiln-1").first().waitFor();
}

async function refuse(page: Page): Promise<void> {
  const json = {
    type: "about:blank",
    title: "x",
    status: 401,
    code: "unauthenticated",
    detail: "x",
    errors: [],
  };
  await page.route("**/api/stats**", (route) => route.fulfill({ status: 401, json }));
  await page.reload();
  await page.getByRole("textbox", { name: "API key" }).waitFor();
}

interface Look {
  readonly name: string;
  readonly address: () => string;
  readonly ready: string;
  readonly prepare?: (page: Page) => Promise<unknown>;
}

const detail = (name: keyof typeof ids, ready: string): Look => ({
  name,
  address: () => `/tasks/${ids[name]}`,
  ready,
});
const form = (type: string): Look => ({
  name: `new-${type}`,
  address: () => `/new?type=${type}`,
  ready: "form.form",
});

const LOOKS: readonly Look[] = [
  { name: "tasks", address: () => "/tasks", ready: "tr[data-id]" },
  {
    name: "retry-all",
    address: () => "/tasks?status=FAILED",
    ready: ".retry-all:enabled",
    prepare: (page) => page.locator(".retry-all").click(),
  },
  {
    name: "nothing",
    address: () => "/tasks?q=zebra&notTag=test&since=1h",
    ready: ".nothing",
    prepare: async (page) => {
      await page.getByRole("button", { name: "More", exact: true }).click();
      await page.getByLabel("Submitted", { exact: true }).waitFor();
    },
  },
  detail("data", "table.result"),
  detail("failed", ".error"),
  detail("pictures", ".picture img"),
  detail("running", ".running-wide"),
  detail("cancelled", ".drawer .sentence"),
  detail("pending", ".drawer .sentence"),
  form("data_processing"),
  form("email"),
  form("email_simulation"),
  form("image_processing"),
  { name: "queues", address: () => "/queues", ready: "table.queues" },
  { name: "workers", address: () => "/workers", ready: "table.workers", prepare: severalHosts },
  {
    name: "palette",
    address: () => "/tasks",
    ready: "tr[data-id]",
    prepare: async (page) => {
      await page.keyboard.press("Control+k");
      await page.getByRole("option").first().waitFor();
    },
  },
  {
    name: "keys",
    address: () => "/tasks",
    ready: "tr[data-id]",
    prepare: async (page) => {
      await page.keyboard.press("?");
      await page.getByRole("heading", { name: "Keyboard shortcuts" }).waitFor();
    },
  },
  { name: "sign-in", address: () => "/tasks", ready: "tr[data-id]", prepare: refuse },
];

describe("with tasks", () => {
  // One page for all: it changes its theme without being loaded again.
  let opened: OpenPage;
  beforeAll(async () => {
    const { url } = setting.server;
    ids.data = await submit(url, "data_processing", { rows: 5000 }, { tags: ["demo"] });
    ids.failed = await submit(url, "email", {
      recipients: ["ada@example.org"],
      subject: "Invoice",
      text: "x",
    });
    ids.pictures = await submit(url, "image_processing", { image_count: 4, operation: "thumbnail" });
    ids.pending = await submit(url, "email_simulation", { recipient_count: 5 }, { delay: "2h" });
    for (const id of [ids.data, ids.failed, ids.pictures]) await finished(url, id);
    ids.cancelled = await submit(url, "email_simulation", { recipient_count: 9000 });
    await started(url, ids.cancelled);
    await fetch(`${url}/api/tasks/${ids.cancelled}`, { method: "DELETE" });
    await finished(url, ids.cancelled);
    ids.running = await submit(url, "email_simulation", { recipient_count: 10_000 });
    opened = await openThemed("light");
  });

  afterAll(() => opened[Symbol.asyncDispose]());

  test.each(LOOKS)("$name", async ({ name, address, ready, prepare }) => {
    const { page } = opened;
    await page.goto(setting.server.url + address());
    await page.locator(ready).first().waitFor();
    await prepare?.(page);
    await look(opened, name, THEMES);
    await page.unrouteAll();
  });
});
