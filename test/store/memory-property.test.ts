// The property test checks itself: the reference against another of its kind.
import { createMemoryStore } from "../../src/store/memory/memory-store.js";
import { propertyTest } from "./property.js";

propertyTest("memory", async (clock) => createMemoryStore({ clock }), { runs: 30 });
