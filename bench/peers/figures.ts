// What a scenario is given, and what it answers.

/** Figures of one round by column. */
export type Figures = Readonly<Record<string, number>>;

export interface Size {
  readonly isQuick: boolean;
  readonly isLarge: boolean;
}
