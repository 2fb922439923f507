// A worker whose wall clock is wrong by minutes: started anew under libfaketime, and once more without it at the end.
import { existsSync } from "node:fs";
import { pause } from "../../src/lib/clock.js";
import type { Member } from "../fleet.js";
import type { Fault } from "./fault.js";

const PLACES = [
  "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
  "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
  "/usr/lib/faketime/libfaketime.so.1",
  "/usr/local/lib/faketime/libfaketime.so.1",
];

/** Where libfaketime lies; undefined where it is not installed. */
export function findFakeTime(): string | undefined {
  return PLACES.find((place) => existsSync(place));
}

/** Kills the process, so that the next one starts with these surroundings. */
async function restartWith(member: Member, env: Readonly<Record<string, string>>): Promise<void> {
  member.surround(env);
  const process = member.current();
  process?.kill();
  await process?.ended;
}

export const clockSkew: Fault = {
  name: "clock-skew",
  on: "a member",
  unfit: ({ role }, { fakeTime }) => {
    if (!fakeTime) return "libfaketime is not installed";
    return role === "worker" ? undefined : "there is no worker of its own";
  },
  async inject(member, { fakeTime = "", clock, over }, random) {
    const minutes = random.between(1, 10) * (random.next() < 0.5 ? -1 : 1);
    await restartWith(member, {
      LD_PRELOAD: fakeTime,
      FAKETIME: `${minutes > 0 ? "+" : ""}${minutes}m`,
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    });
    await member.up();
    await pause(clock, random.between(5_000, 15_000), over);
    await restartWith(member, {});
  },
};
