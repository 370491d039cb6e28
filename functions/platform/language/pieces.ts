const SIZE = 4;

/** The pieces of four characters of each word, its edges marked, so that beginnings match beginnings; a shorter word is one piece. */
export function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    const marked = `_${word}_`;
    if (marked.length <= SIZE) pieces.push(marked);
    for (let start = 0; start + SIZE <= marked.length && marked.length > SIZE; start += 1) {
      pieces.push(marked.slice(start, start + SIZE));
    }
  }
  return pieces;
}
