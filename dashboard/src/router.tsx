// The pages and their URLs. All pages except the task list are loaded on first use.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { readTaskSearch } from "./data/search.js";
import { BASE_PATH } from "./lib/base.js";
import { NotFound, PageError } from "./shell/PageError.js";
import { Shell } from "./shell/Shell.js";
import { readNewTaskSearch } from "./submit/search.js";
import { TasksPage } from "./tasks/TasksPage.js";

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
  component: lazyRouteComponent(() => import("./detail/TaskDrawer.js"), "TaskDrawer"),
});

const newTask = createRoute({
  getParentRoute: () => root,
  path: "/new",
  validateSearch: readNewTaskSearch,
  component: lazyRouteComponent(() => import("./submit/NewTaskPage.js"), "NewTaskPage"),
});

const queues = createRoute({
  getParentRoute: () => root,
  path: "/queues",
  component: lazyRouteComponent(() => import("./queues/QueuesPage.js"), "QueuesPage"),
});

const workers = createRoute({
  getParentRoute: () => root,
  path: "/workers",
  component: lazyRouteComponent(() => import("./queues/WorkersPage.js"), "WorkersPage"),
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
  defaultPreload: "intent",
  scrollRestoration: false,
  parseSearch,
  stringifySearch,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
