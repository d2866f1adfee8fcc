/** Longer texts are nobody's slip of the finger, and cost the square of their length. */
const LENGTH_MAX = 64;

/** Of the known words, the one that takes the fewest changes of a letter. */
export function nearest(text: string, known: readonly string[]): string | undefined {
  const word = text.slice(0, LENGTH_MAX).toLowerCase();
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const each of known) {
    const distance = changes(word, each.toLowerCase());
    if (distance < least) {
      least = distance;
      best = each;
    }
  }
  return best;
}

/** How many letters are put in, left out or changed on the way from one word to the other. */
function changes(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const change = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
