// The module that a process for data_processing loads: opens DuckDB before the first task.
import { warmUp } from "./instance.js";

export { dataProcessing } from "../data-processing.js";

warmUp();
