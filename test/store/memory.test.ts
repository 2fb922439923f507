// The in-memory reference store keeps the contract.
import { createMemoryStore } from "../../src/store/memory/memory-store.js";
import { storeSuite } from "./suite.js";

storeSuite("memory", { open: async (clock) => createMemoryStore({ clock }) });
