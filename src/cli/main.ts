#!/usr/bin/env node
// The program `taskwright`. What it can do is in program.ts.
import { run } from "./run.js";

process.exitCode = await run(process.argv.slice(2));
