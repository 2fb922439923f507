// "Did you mean …?" for mistyped names.

/** The candidate that is nearest to `word` (case and separators ignored), or undefined where none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  // A name far longer than any of ours is no slip of one, and would cost its length squared.
  if (word.length > 200) return undefined;
  const plain = simplify(word);
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(plain, simplify(candidate));
    // Two slips, or one in three letters, is as far as a guess still helps.
    if (distance > Math.min(2, Math.ceil(plain.length / 3))) continue;
    if (!best || distance < best.distance) best = { candidate, distance };
  }
  return best?.candidate;
}

/** The end of a message about an unknown name: `; did you mean "port"?`, or nothing. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const found = nearest(word, candidates);
  return found === undefined ? "" : `; did you mean ${found}?`;
}

function simplify(word: string): string {
  return word.toLowerCase().replaceAll(/[-_]/g, "");
}

/**
 * Fewest insertions, deletions, replacements and swaps of neighbours that turn one word into the other
 * (optimal string alignment: Boytsov, "Indexing methods for approximate dictionary searching", 2011).
 */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
        cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? 0;
}
