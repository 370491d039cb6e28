/**
 * Lays out text as a browser does: white space collapses, and blocks get their own lines. Each piece is read once, so
 * the work is linear in the length of the text, however it is split into pieces.
 */
export class TextFlow {
  readonly #pieces: string[] = [];
  /** The white space before the next text: none, a blank, a line break or an empty line. */
  #gap: '' | ' ' | '\n' | '\n\n' = '';
  #isAfterMark = false;
  length = 0;

  /** @param isVerbatim keeps blanks and line breaks */
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

  /** Writes a sign in front of the next text, such as the `#` of a heading or the `-` of a list item. */
  mark(sign: string): void {
    this.#push(sign);
    this.#isAfterMark = true;
  }

  /** Writes a sign on the same line as the text before it, such as the `|` between two cells. */
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
