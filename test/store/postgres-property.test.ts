// Whatever verbs come in whatever order, the PostgreSQL store answers what the in-memory reference answers.
import { beforeAll } from "vitest";
import { openTestStore, startTestServer } from "./postgres-support.js";
import { propertyTest } from "./property.js";

beforeAll(startTestServer, 60_000);

// Each step asks the store some twenty questions over a socket: fewer sequences than for the others.
propertyTest("postgres", (clock) => openTestStore({ clock }), { runs: 12, limit: 120_000 });
