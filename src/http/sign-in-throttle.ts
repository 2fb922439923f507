// Slows down who guesses the API key: so many wrong ones from one address, then none for a while.
import { isIPv6 } from "node:net";
import type { Clock } from "../lib/clock.js";
import { TaskwrightError } from "../model/errors.js";
import type { Millis } from "../model/time.js";

/** Wrong keys that one address may send within a window. */
const MOST_FAILURES = 10;
const WINDOW: Millis = 60_000;
/** Addresses remembered; beyond them the oldest is forgotten. */
const MOST_ADDRESSES = 10_000;

export interface SignInThrottle {
  /** Throws TaskwrightError too_many_requests, with `retry_after_s`. */
  check(address: string): void;
  /** A wrong key came from there. */
  failed(address: string): void;
}

export function createSignInThrottle(clock: Clock): SignInThrottle {
  /** In the order in which their windows end. */
  const windows = new Map<string, { failures: number; readonly endsAt: Millis }>();

  function current(key: string) {
    const window = windows.get(key);
    if (window && window.endsAt > clock.monotonic()) return window;
    windows.delete(key);
    return undefined;
  }

  return {
    check(address) {
      const window = current(keyOf(address));
      if (!window || window.failures < MOST_FAILURES) return;
      const seconds = Math.max(1, Math.ceil((window.endsAt - clock.monotonic()) / 1000));
      throw new TaskwrightError("too_many_requests", `Too many wrong keys; try again in ${seconds} s.`, {
        extra: { retry_after_s: seconds },
      });
    },
    failed(address) {
      const key = keyOf(address);
      const window = current(key);
      if (window) {
        window.failures++;
        return;
      }
      const [oldest] = windows.keys();
      if (windows.size >= MOST_ADDRESSES && oldest !== undefined) windows.delete(oldest);
      windows.set(key, { failures: 1, endsAt: clock.monotonic() + WINDOW });
    },
  };
}

/** One host may have all addresses of an IPv6 network of 64 bits. */
function keyOf(address: string): string {
  return isIPv6(address) && !address.includes(".") ? networkOf(address) : address;
}

/** The first four groups of an IPv6 address, zeros that "::" stands for written out. */
function networkOf(address: string): string {
  const [head = "", tail] = address.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail ? tail.split(":") : [];
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array.from({ length: zeros }, () => "0"), ...after];
  return groups.slice(0, 4).join(":");
}
