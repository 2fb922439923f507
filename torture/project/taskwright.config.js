// Task types for the fault harness. Each attempt leaves a line at its start and at its end in a file that only grows,
// so that what ran is known also where the process was killed. Times are of the machine's monotonic clock, which all
// processes share and no clock skew touches.
import { appendFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { defineTask } from "taskwright";
import { z } from "zod";

const file = process.env.TORTURE_RUNS;
const machineTime = () => Number(process.hrtime.bigint()) / 1e6;
const note = (line) => appendFileSync(file, `${JSON.stringify({ ...line, at: machineTime() })}\n`);

const retry = { maxAttempts: 5, base: "100ms", factor: 2, max: "1s" };
const parameters = (more = {}) => z.strictObject({ token: z.string(), edit: z.int().optional(), ...more });
const ms = z.int().min(0).max(120_000);

/** Notes where an attempt begins and ends; what it returns says which claim it belongs to. */
function recorded(run) {
  return async (given, context) => {
    const { task, fence, signal } = context;
    const about = { task: task.id, attempt: task.attempt, fence };
    note({
      what: "start",
      type: task.taskType,
      checkpoint: context.checkpoint.get(),
      edit: given.edit,
      ...about,
    });
    try {
      const more = await run(given, context, about);
      note({ what: "end", how: "returned", ...about });
      return { token: given.token, fence, ...more };
    } catch (error) {
      note({ what: "end", how: signal.aborted ? "aborted" : "threw", ...about });
      throw error;
    }
  };
}

/** Tries again what the store could not take just now, until it could or the attempt is over. */
async function insist(signal, attempt) {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt(tries);
    } catch (error) {
      if (signal.aborted) throw error;
      await wait(200, undefined, { signal });
    }
  }
}

const define = (name, input, run, more = {}) =>
  defineTask({ name, input, retry, grace: "1s", run: recorded(run), ...more });

const short = define("short", parameters({ ms }), async (given) => {
  await wait(given.ms);
});

const long = define("long", parameters({ ms }), async (given, context) => {
  for (let done = 0; done < 10; done++) {
    context.progress({ done, total: 10 });
    await wait(given.ms / 10, undefined, { signal: context.signal });
  }
});

const failing = define(
  "failing",
  parameters(),
  () => {
    throw new Error("fails each time");
  },
  { retry: { ...retry, maxAttempts: 2 } },
);

const retrying = define("retrying", parameters({ failures: z.int().min(0).max(4) }), (given, context) => {
  if (context.task.attempt <= given.failures) throw new Error(`fails ${given.failures} times`);
});

const poison = define("poison", parameters({ ms }), async (given) => {
  await wait(given.ms);
  process.kill(process.pid, "SIGKILL");
  await new Promise(() => undefined);
});

const blocking = define("blocking", parameters({ ms }), (given) => {
  const end = machineTime() + given.ms;
  while (machineTime() < end) Math.sqrt(end);
});

const deaf = define("deaf", parameters({ ms }), async (given) => {
  await wait(given.ms);
});

const ODD = [undefined, null, 42, "a string", { message: 7 }, Object.create(null)];

const odd = define(
  "odd",
  parameters({ kind: z.int().min(0) }),
  (given) => {
    throw ODD[given.kind % ODD.length];
  },
  { retry: { maxAttempts: 1 } },
);

// Never settles. In a thread of its own, because a handler in the worker's own thread can't be ended from outside.
export const stuck = define("stuck", parameters(), () => new Promise(() => undefined), {
  isolation: { thread: import.meta.url },
  timeout: "1s",
  grace: "100ms",
  retry: { maxAttempts: 1 },
});

const parent = define(
  "parent",
  parameters({ children: z.int().min(1).max(10) }),
  async (given, { submit, signal, fence }, about) => {
    for (let child = 0; child < given.children; child++) {
      const id = await insist(signal, (tries) =>
        submit("short", { token: `${given.token}/${fence}-${child}-${tries}`, ms: 5 }),
      );
      note({ what: "child", child: id, ...about });
    }
  },
);

const steps = define(
  "steps",
  parameters({ steps: z.int().min(1).max(20), ms }),
  async (given, { checkpoint, signal }, about) => {
    for (let step = (checkpoint.get() ?? 0) + 1; step <= given.steps; step++) {
      await wait(given.ms, undefined, { signal });
      await insist(signal, () => checkpoint.set(step));
      note({ what: "checkpoint", step, ...about });
    }
  },
);

// Says all that a handler can say. What it is told is stored, its result names.
const chatty = define(
  "chatty",
  parameters({ lines: z.int().min(1).max(100), artifacts: z.int().min(0).max(5), ms }),
  async (given, { log, progress, artifacts, signal, fence }) => {
    const names = [];
    for (let line = 0; line < given.lines; line++) {
      log.info(`${fence}:${line}`);
      progress({ done: line + 1, total: given.lines, message: `${fence}:${line}` });
      await wait(given.ms / given.lines, undefined, { signal });
      if (line >= given.artifacts) continue;
      const name = `${fence}-${line}.txt`;
      await artifacts.put(name, name);
      names.push(name);
    }
    return { artifacts: names };
  },
);

export default {
  tasks: [short, long, failing, retrying, poison, blocking, deaf, odd, stuck, parent, steps, chatty],
};
