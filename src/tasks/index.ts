// The built-in task types. A custom type is a file like these and a line in the configuration.
import { dataProcessing } from "./data-processing.js";
import { email } from "./email.js";
import { emailSimulation } from "./email-simulation.js";
import { imageProcessing } from "./image-processing.js";

export const builtInTasks = [dataProcessing, email, emailSimulation, imageProcessing] as const;
