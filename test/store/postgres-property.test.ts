// Whatever verbs come in whatever order, the PostgreSQL store answers what the in-memory reference answers.
import { beforeAll } from "vitest";
import { openTestStore, startTestServer } from "./postgres-support.js";
import { propertyTest } from "./property.js";

beforeAll(startTestServer, 60_000);

// Each step asks the store some twenty questions over a socket: fewer sequences than for the others. PROPERTY_SEED says
// once more what a failure printed.
const seed = process.env.PROPERTY_SEED === undefined ? undefined : Number(process.env.PROPERTY_SEED);
const runs = Number(process.env.PROPERTY_RUNS ?? 12);
propertyTest("postgres", (clock) => openTestStore({ clock }), { runs, seed, limit: 120_000 });
