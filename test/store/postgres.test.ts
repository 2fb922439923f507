// The PostgreSQL store keeps the contract.
import { beforeAll } from "vitest";
import { openTestStore, startTestServer } from "./postgres-support.js";
import { storeSuite } from "./suite.js";

beforeAll(startTestServer, 60_000);

storeSuite("postgres", { open: (clock) => openTestStore({ clock }) });
