/** Widths of characters in pixels at 12 px of the interface's typeface, each a little too wide. */
const WIDTHS: readonly (readonly [RegExp, number])[] = [
  [/[ijl.,:;'’|!I ]/, 4],
  [/[frt()[\]"“”·-]/, 5.2],
  [/[mwMW@%…]/, 11.5],
  [/[A-Z0-9]/, 8.6],
  [/[\p{Ll}_]/u, 7.2],
  [/[\p{Lu}]/u, 9.5],
];
/** Scripts with wide characters, and pictures. */
const WIDEST = 13;

/** Returns about how wide a text of 12 px is, without measuring it: more than it is. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += WIDTHS.find(([some]) => some.test(character))?.[1] ?? WIDEST;
  return Math.ceil(width);
}
