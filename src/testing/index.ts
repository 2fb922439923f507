// What `taskwright/testing` offers.
export type { Task, TaskLogLine } from "../app/task-view.js";
export { createTestQueue, type TestQueue, type TestQueueOptions } from "./test-queue.js";
