/** Cuts an answer into text and the markers of its citations. Pure: the answer is plain text and stays plain text. */

interface Piece {
  text: string;
  marker?: string;
}

/** Returns the pieces in order. A marker that no citation has stays text, because it leads nowhere. */
export function answerPieces(answer: string, markers: ReadonlySet<string>): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const found of answer.matchAll(/\[([A-Z]\d{1,4})\]/g)) {
    const [whole, marker = ''] = found;
    if (!markers.has(marker)) continue;
    if (found.index > at) pieces.push({ text: answer.slice(at, found.index) });
    pieces.push({ text: whole, marker });
    at = found.index + whole.length;
  }
  if (at < answer.length) pieces.push({ text: answer.slice(at) });
  return pieces;
}
