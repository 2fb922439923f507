// The task types that come with the product. A type of your own is one file like those, and one line of configuration.
import { dataProcessing } from "./data-processing.js";
import { email } from "./email.js";
import { emailSimulation } from "./email-simulation.js";
import { imageProcessing } from "./image-processing.js";

export const builtInTasks = [dataProcessing, email, emailSimulation, imageProcessing] as const;
