import { expect, test } from "vitest";
import { checkBinding, isLoopback } from "../../src/config/binding.js";

test.each(["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost", "LOCALHOST."])("%s is loopback", (host) => {
  expect(isLoopback(host)).toBe(true);
});

test.each(["0.0.0.0", "::", "10.0.0.1", "::ffff:10.0.0.1", "example.com", "localhost.example.com", ""])(
  "%s is not",
  (host) => {
    expect(isLoopback(host)).toBe(false);
  },
);

test("a server reachable from the network needs a key or --insecure", () => {
  const open = { host: "0.0.0.0", apiKey: undefined, insecure: false };
  expect(() => checkBinding(open)).toThrow(/0\.0\.0\.0.*TASKWRIGHT_API_KEY.*--insecure/);
  expect(() => checkBinding({ ...open, apiKey: "key" })).not.toThrow();
  expect(() => checkBinding({ ...open, insecure: true })).not.toThrow();
  expect(() => checkBinding({ ...open, host: "127.0.0.1" })).not.toThrow();
});
