// Builds the program before the tests: threads and processes under test run the compiled files.
import { build } from "../../scripts/build.js";

export default function setup(): void {
  build();
}
