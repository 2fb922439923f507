// The dialog that changes a task, loaded after the first page.
import type { WireTask } from "../lib/api.js";
import { lazily } from "../parts/lazily.js";

export const editDialog = lazily<{ readonly task: WireTask; readonly onClose: () => void }>();
