/** The least distance between two notes. */
const GAP = 10;

/**
 * Places notes at the heights of their refs. A note that would lie on the one before it moves down. Pure.
 * @param wanted the notes in the order of the text
 */
export function placeNotes(wanted: readonly { top: number; height: number }[]): { tops: number[]; end: number } {
  const tops: number[] = [];
  let free = 0;
  for (const { top, height } of wanted) {
    const at = Math.max(top, free);
    tops.push(at);
    free = at + height + GAP;
  }
  return { tops, end: free };
}

/** Returns the cited notes in the order in which a text cites them. */
export function inOrderOf<T extends { ref: string; cited: boolean }>(notes: readonly T[], text: string): T[] {
  const cited = text.toUpperCase().match(/\bM[1-9]\d{0,2}\b/g) ?? [];
  const places = new Map(cited.map((name, index) => [name, index] as const).reverse());
  const placeOf = ({ ref }: T) => places.get(ref) ?? cited.length;
  return notes.filter((note) => note.cited).sort((one, other) => placeOf(one) - placeOf(other));
}
