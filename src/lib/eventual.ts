// Values that are mostly there already and now and then come later. What needs no waiting then costs no promise: for a
// batch of a thousand submits, promises were a third of the work.

/** A value, or the promise of one. */
export type Eventual<T> = T | Promise<T>;

/** What `next` makes of the value: at once where it is there. What `next` throws is thrown, or rejects. */
export function andThen<T, Next>(value: Eventual<T>, next: (value: T) => Eventual<Next>): Eventual<Next> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** All of the values, by position; the answer is what was handed in where none has to come. */
export function allOf<T>(values: readonly Eventual<T>[]): Eventual<readonly T[]> {
  return areThere(values) ? values : Promise.all(values);
}

function areThere<T>(values: readonly Eventual<T>[]): values is readonly T[] {
  return !values.some((value) => value instanceof Promise);
}
