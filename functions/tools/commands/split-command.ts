/**
 * Splits a shell line into its simple commands, as far as the command policy needs it: quotes, pipes, lists, groups and
 * redirections. It is not a shell, and refuses syntax that it does not support.
 */
type SplitCommand =
  | { status: 'split'; commands: string[][] }
  /** `reason` tells a model what is not supported and what to do instead. */
  | { status: 'refused'; reason: string };

/** Returns the words of each simple command, without quotes and redirections. */
export function splitCommand(line: string): SplitCommand {
  const reader = new CommandReader(line.replaceAll('\r\n', '\n'));
  const reason = reader.readAll();
  return reason === undefined ? { status: 'split', commands: reader.commands } : { status: 'refused', reason };
}

const SUBSTITUTION =
  'Command substitution ($(…), `…`, <(…)) is not allowed: run the inner command first and use its output.';
const HERE_DOCUMENT = 'Here-documents (<<) are not allowed: write the file with write_file.';
const OPEN_QUOTE = 'A quote is not closed.';

const SEPARATORS = '|&;\n()';

class CommandReader {
  readonly commands: string[][] = [];
  readonly #line: string;
  #at = 0;
  #words: string[] = [];
  #word: string | undefined;
  /** Whether the next word is the target of a redirection. */
  #isTarget = false;

  constructor(line: string) {
    this.#line = line;
  }

  /** Returns why the line is refused, or undefined. */
  readAll(): string | undefined {
    while (this.#at < this.#line.length) {
      const reason = this.#readNext();
      if (reason !== undefined) return reason;
    }
    this.#endCommand();
    return undefined;
  }

  #readNext(): string | undefined {
    const character = this.#line.charAt(this.#at);
    if (this.#isSubstitution()) return SUBSTITUTION;
    if (this.#line.startsWith('<<', this.#at)) return HERE_DOCUMENT;
    if (character === "'") return this.#readSingleQuoted();
    if (character === '"') return this.#readDoubleQuoted();
    this.#at += 1;
    if (character === '\\') this.#readEscaped();
    else if (character === '<' || character === '>') this.#readRedirection();
    else if (character === '&' && this.#line.charAt(this.#at) === '>') this.#endWord();
    else if (SEPARATORS.includes(character)) this.#endCommand();
    else if (character === ' ' || character === '\t') this.#endWord();
    else if (character === '#' && this.#word === undefined) this.#skipComment();
    else this.#append(character);
    return undefined;
  }

  #isSubstitution(): boolean {
    return this.#line.charAt(this.#at) === '`' || ['$(', '<(', '>('].includes(this.#line.slice(this.#at, this.#at + 2));
  }

  #readSingleQuoted(): string | undefined {
    const end = this.#line.indexOf("'", this.#at + 1);
    if (end < 0) return OPEN_QUOTE;
    this.#append(this.#line.slice(this.#at + 1, end));
    this.#at = end + 1;
    return undefined;
  }

  #readDoubleQuoted(): string | undefined {
    this.#append('');
    this.#at += 1;
    while (this.#at < this.#line.length) {
      const character = this.#line.charAt(this.#at);
      if (character === '`' || this.#line.startsWith('$(', this.#at)) return SUBSTITUTION;
      this.#at += 1;
      if (character === '"') return undefined;
      if (character === '\\') this.#readEscaped();
      else this.#append(character);
    }
    return OPEN_QUOTE;
  }

  /** Reads the character after a backslash literally. A backslash at the end of a line continues the line. */
  #readEscaped(): void {
    const escaped = this.#line.charAt(this.#at);
    if (escaped !== '\n') this.#append(escaped);
    this.#at += 1;
  }

  /**
   * Reads `2>&1`, `>> file` or `< file`. The number before and the word after the operator are not words of the
   * command.
   */
  #readRedirection(): void {
    if (this.#word !== undefined && /^\d+$/.test(this.#word)) this.#word = undefined;
    this.#endWord();
    while ('>&|'.includes(this.#line.charAt(this.#at) || ' ')) this.#at += 1;
    this.#isTarget = true;
  }

  #skipComment(): void {
    const end = this.#line.indexOf('\n', this.#at);
    this.#at = end < 0 ? this.#line.length : end;
  }

  #append(text: string): void {
    this.#word = (this.#word ?? '') + text;
  }

  #endWord(): void {
    if (this.#word === undefined) return;
    if (!this.#isTarget) this.#words.push(this.#word);
    this.#isTarget = false;
    this.#word = undefined;
  }

  #endCommand(): void {
    this.#endWord();
    this.#isTarget = false;
    if (this.#words.length > 0) this.commands.push(this.#words);
    this.#words = [];
  }
}
