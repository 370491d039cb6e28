/**
 * Finds where the first JSON value of a text ends, while the text arrives in pieces. Reads each character once. It
 * looks only at quotes and brackets, so a value with an end may still be invalid.
 */
export class JsonEnd {
  /** The position after the value. Undefined while the value is open, and for numbers and literals. */
  end: number | undefined;
  #length = 0;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  add(piece: string): void {
    for (let index = 0; index < piece.length && this.end === undefined; index += 1) {
      if (this.#closes(piece.charAt(index))) this.end = this.#length + index + 1;
    }
    this.#length += piece.length;
  }

  #closes(character: string): boolean {
    if (this.#isInString) {
      const isEscaped = this.#isEscaped;
      this.#isEscaped = !isEscaped && character === '\\';
      if (isEscaped || character !== '"') return false;
      this.#isInString = false;
      return this.#depth === 0;
    }
    if (character === '"') this.#isInString = true;
    if (character === '{' || character === '[') this.#depth += 1;
    if (character !== '}' && character !== ']') return false;
    this.#depth -= 1;
    return this.#depth === 0;
  }
}
