// The pages and their URLs. All pages except the task list are in rest.ts.
import { createRootRoute, createRoute, createRouter, redirect } from "@tanstack/react-router";
import { readTaskSearch } from "./data/search.js";
import { BASE_PATH } from "./lib/base.js";
import { lazily } from "./parts/lazily.js";
import { NotFound, PageError } from "./shell/PageError.js";
import { Shell } from "./shell/Shell.js";
import { readNewTaskSearch } from "./submit/search.js";
import { TasksPage } from "./tasks/TasksPage.js";

export const taskDrawer = lazily<object>();
export const newTaskPage = lazily<object>();
export const queuesPage = lazily<object>();
export const workersPage = lazily<object>();

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound, errorComponent: PageError });

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/tasks", replace: true });
  },
});

const tasks = createRoute({
  getParentRoute: () => root,
  path: "/tasks",
  validateSearch: readTaskSearch,
  component: TasksPage,
});

const task = createRoute({
  getParentRoute: () => tasks,
  path: "$taskId",
  component: taskDrawer.Component,
});

const newTask = createRoute({
  getParentRoute: () => root,
  path: "/new",
  validateSearch: readNewTaskSearch,
  component: newTaskPage.Component,
});

const queues = createRoute({
  getParentRoute: () => root,
  path: "/queues",
  component: queuesPage.Component,
});

const workers = createRoute({
  getParentRoute: () => root,
  path: "/workers",
  component: workersPage.Component,
});

/** Plain `?status=FAILED&q=12`: every value is a string, so that URLs can be written by hand. */
function parseSearch(search: string): Record<string, unknown> {
  return Object.fromEntries(new URLSearchParams(search));
}

function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value !== undefined && value !== null) params.set(name, String(value));
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

export const router = createRouter({
  basepath: BASE_PATH || "/",
  routeTree: root.addChildren([home, tasks.addChildren([task]), newTask, queues, workers]),
  // The shell decides when to scroll to the top: opening and closing a task keeps the place in the list.
  scrollRestoration: () => false,
  parseSearch,
  stringifySearch,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
