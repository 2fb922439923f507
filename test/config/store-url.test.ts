import { expect, test } from "vitest";
import { isPostgresUrl, isReadableUrl, storeName } from "../../src/config/store-url.js";

test.each([
  ["data/taskwright.db", "data/taskwright.db"],
  ["/srv/a@b:c.db", "/srv/a@b:c.db"],
  ["postgres://ana:secret@db.example:5433/tasks", "postgres://ana@db.example:5433/tasks"],
  ["postgres://ana:s%23cret%40@[::1]/tasks?sslmode=require&password=secret", "postgres://ana@[::1]/tasks"],
  ["postgresql://db/tasks", "postgresql://db/tasks"],
  ["postgres:///tasks?host=/run/postgresql", "postgres:///tasks"],
  ["postgres://ana:secret@/tasks", "postgres://ana@/tasks"],
  ["postgres://ana:sec#ret@db/tasks", "postgres://…"],
  ["mysql://ana:secret@db/tasks", "mysql://ana@db/tasks"],
])("%s is shown as %s", (store, shown) => {
  expect(storeName(store)).toBe(shown);
});

test.each([
  ["postgres://ana:secret@db/tasks", true],
  ["postgres:///tasks", true],
  ["postgres://ana:secret@/tasks", true],
  ["postgres://ana:sec#ret@db/tasks", false],
  ["postgres://ana:sec%ret@db/tasks", false],
  ["postgres://ana@db:port/tasks", false],
])("%s can be read: %s", (store, readable) => {
  expect(isPostgresUrl(store)).toBe(true);
  expect(isReadableUrl(store)).toBe(readable);
});
