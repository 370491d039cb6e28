/**
 * Text as a browser lays it out: blanks fall together, blocks stand on lines of their own. Every piece is looked at
 * once, so the work grows with the text and not with how it is cut into pieces.
 */
export class TextFlow {
  readonly #pieces: string[] = [];
  /** What stands before the next text: a blank, one line end or an empty line. */
  #gap: '' | ' ' | '\n' | '\n\n' = '';
  #isAfterMark = false;
  length = 0;

  /** @param isVerbatim blanks and line ends stay as they are */
  write(text: string, isVerbatim: boolean): void {
    if (isVerbatim) {
      this.#push(text);
      return;
    }
    const collapsed = text.replaceAll(/\s+/g, ' ');
    const words = collapsed.trim();
    if (collapsed.startsWith(' ')) this.#gap ||= ' ';
    if (words === '') return;
    this.#push(words);
    if (collapsed.endsWith(' ')) this.#gap = ' ';
  }

  /** A sign that the next text stands beside, such as a heading's or a list item's. */
  mark(sign: string): void {
    this.#push(sign);
    this.#isAfterMark = true;
  }

  /** A sign on the line of the text before it, such as between two cells. */
  join(sign: string): void {
    this.#gap = '';
    this.#push(sign);
  }

  break(lines: number): void {
    if (this.#isAfterMark) return;
    if (lines === 2 || this.#gap === '\n\n') this.#gap = '\n\n';
    else this.#gap = '\n';
  }

  toString(): string {
    return this.#pieces.join('').trim();
  }

  #push(text: string): void {
    if (text === '') return;
    const piece = this.length === 0 ? text : this.#gap + text;
    this.#gap = '';
    this.#isAfterMark = false;
    this.#pieces.push(piece);
    this.length += piece.length;
  }
}
