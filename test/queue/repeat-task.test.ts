// Which retries go on from the checkpoint of the task that they repeat.
import { expect, test } from "vitest";
import { keepsCheckpoint } from "../../src/queue/repeat-task.js";

const type = { retryParameters: ["again"] };
const old = { parameters: '{"to":["ada","bob"],"text":"Hello"}' };

test.each([
  ["the same parameters", undefined, type, true],
  ["only a parameter for retries", { text: "Hello", to: ["ada", "bob"], again: true }, type, true],
  ["another text", { to: ["ada", "bob"], text: "Hi" }, type, false],
  ["another order of a list", { to: ["bob", "ada"], text: "Hello", again: true }, type, false],
  ["a type without such parameters", { to: ["ada", "bob"], text: "Hello" }, { retryParameters: [] }, false],
  ["a type that is not known here", { to: ["ada", "bob"], text: "Hello" }, undefined, false],
  ["no object", "Hello", type, false],
])("with %s", (_name, parameters, known, keeps) => {
  expect(keepsCheckpoint(old, parameters === undefined ? {} : { parameters }, known)).toBe(keeps);
});
