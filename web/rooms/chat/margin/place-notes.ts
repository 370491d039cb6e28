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
