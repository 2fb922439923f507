// Everything that the first page does not need: the other pages, dialogs and menus. One file, loaded once that page is shown.
import { TaskDrawer } from "./detail/TaskDrawer.js";
import { HourTable } from "./overview/HourTable.js";
import { hourTable } from "./overview/Pulse.js";
import { Toasts } from "./parts/Toasts.js";
import { QueuesPage } from "./queues/QueuesPage.js";
import { WorkersPage } from "./queues/WorkersPage.js";
import { newTaskPage, queuesPage, taskDrawer, workersPage } from "./router.js";
import { HelpSheet } from "./shell/HelpSheet.js";
import { Palette } from "./shell/Palette.js";
import { helpSheet, palette, signIn, toasts } from "./shell/Shell.js";
import { SignIn } from "./shell/SignIn.js";
import { NewTaskPage } from "./submit/NewTaskPage.js";
import { retryDialog } from "./tasks/RetryAll.js";
import { RetryDialog } from "./tasks/RetryDialog.js";
import { taskMenu } from "./tasks/RowMenu.js";
import { TaskMenu } from "./tasks/TaskMenu.js";

taskDrawer.fill(TaskDrawer);
newTaskPage.fill(NewTaskPage);
queuesPage.fill(QueuesPage);
workersPage.fill(WorkersPage);
hourTable.fill(HourTable);
toasts.fill(Toasts);
signIn.fill(SignIn);
helpSheet.fill(HelpSheet);
palette.fill(Palette);
retryDialog.fill(RetryDialog);
taskMenu.fill(TaskMenu);
