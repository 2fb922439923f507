// Explicit roles of tables: cards change `display`, and browsers then forget what a table is.

/** Rows that only take up room. */
export const UNSPOKEN = { "aria-hidden": true } as const;
export const TABLE = { role: "table" } as const;
export const ROW_GROUP = { role: "rowgroup" } as const;
export const ROW = { role: "row" } as const;
export const CELL = { role: "cell" } as const;
export const COLUMN_HEADER = { role: "columnheader", scope: "col" } as const;
