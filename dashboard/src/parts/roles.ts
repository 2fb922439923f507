// Explicit table roles: the card layout changes `display`, which makes browsers drop the implicit roles.

/** Rows that only take up space. */
export const HIDDEN_FROM_READERS = { "aria-hidden": true } as const;
export const TABLE = { role: "table" } as const;
export const ROW_GROUP = { role: "rowgroup" } as const;
export const ROW = { role: "row" } as const;
export const CELL = { role: "cell" } as const;
export const COLUMN_HEADER = { role: "columnheader", scope: "col" } as const;
