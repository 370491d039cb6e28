/**
 * Returns makers of texts of a given length that a regular expression may read slowly. Backtracking is slow where a
 * repetition begins at many places or can be split in many ways, and the rest of the pattern then fails. So each text
 * has a prefix that leads to a repetition, a piece that is repeated, and a suffix that makes the rest fail.
 */
export function worstInputs(pattern: RegExp): ((length: number) => string)[] {
  const plan = new Plan(pattern);
  const suffixes = ['', '\0', '\n!', ...plan.suffixes];
  const prefixes = new Set(['', ...[...plan.prefixes].slice(0, MOST_PREFIXES)]);
  const pieces = [...plan.pieces].slice(0, MOST_PIECES);
  return pieces.flatMap((piece) =>
    [...prefixes].flatMap((prefix) =>
      suffixes.map((suffix) => (length: number) => {
        return prefix + piece.repeat(Math.ceil(length / piece.length)).slice(0, length) + suffix;
      }),
    ),
  );
}

/** A list of words has hundreds; they are alike. */
const MOST_PREFIXES = 10;
const MOST_PIECES = 60;

/** Characters of every kind that patterns distinguish. */
const ALPHABET = [...'aZzAxfs059_ \t\n\r.,;:!?-–+*/\\|@#%$&=~^`\'"“”()[]{}<>\0é٣中🙂。：'];

/** Reads a pattern once and collects prefixes, pieces and suffixes. It does not need to understand every syntax. */
class Plan {
  readonly prefixes = new Set<string>();
  readonly suffixes = new Set<string>();
  readonly pieces: ReadonlySet<string>;
  private readonly windows = new Set<string>();
  private position = 0;
  private readonly atoms = new Set<string>();
  private readonly source: string;
  private readonly flags: string;

  constructor(pattern: RegExp) {
    this.source = pattern.source;
    this.flags = pattern.flags.replace(/[gy]/g, '');
    const sample = this.readAlternatives('');
    if (sample.length > 1) this.suffixes.add(sample.slice(1));
    this.pieces = new Set([...this.distinctCharacters(), sample || 'a', ...this.windows]);
  }

  /** Returns a text that the alternatives up to `)` match. Alternatives after the first add pieces only. */
  private readAlternatives(before: string): string {
    const samples: string[] = [];
    do {
      samples.push(this.readSequence(before));
    } while (this.take('|'));
    for (const sample of samples.slice(0, 4)) if (sample !== '') this.windows.add(sample);
    return samples[0] ?? '';
  }

  private readSequence(before: string): string {
    let sample = '';
    const recent: string[] = [];
    while (this.position < this.source.length && !'|)'.includes(this.source[this.position] ?? '')) {
      const one = this.readTerm(before + sample);
      const quantifier = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(this.source.slice(this.position));
      this.position += quantifier?.[0].length ?? 0;
      if (quantifier && !quantifier[0].startsWith('?')) {
        this.prefixes.add(before + sample);
        if (one !== '') this.windows.add(one);
      }
      const count = Math.min(Number(quantifier?.[1] ?? 1), 50);
      sample += one.repeat(count);
      recent.push(one);
      // Pieces such as `[[a.md#` are the beginnings of a match that never ends.
      if (sample.length <= 40) this.windows.add(sample || 'a');
      const window = recent.slice(-3).join('');
      if (quantifier && window !== '') this.windows.add(window);
    }
    return sample;
  }

  /** Reads one atom, group or assertion, and returns a text that it matches. */
  private readTerm(before: string): string {
    const rest = this.source.slice(this.position);
    const open = /^\((?:\?(?:<[=!]|<\w+>|[:=!]|[ims-]+:))?/.exec(rest)?.[0];
    if (open !== undefined) {
      this.position += open.length;
      const inner = this.readAlternatives(before);
      this.take(')');
      return /^\(\?<?[=!]/.test(open) ? '' : inner;
    }
    const atom =
      /^(?:\[(?:\\.|[^\]\\])*\]|\\[pP]\{[^}]*\}|\\u\{[^}]*\}|\\u[\dA-Fa-f]{4}|\\x[\dA-Fa-f]{2}|\\k<\w+>|\\[^pPuxk]|.)/su.exec(
        rest,
      )?.[0] ?? '';
    this.position += atom.length || 1;
    if (/^(?:[\^$]|\\[bB]|\\k<\w+>|\\[1-9])$/.test(atom)) return '';
    this.atoms.add(atom);
    return this.matcherOf(atom)?.sample ?? '';
  }

  private take(character: string): boolean {
    if (this.source[this.position] !== character) return false;
    this.position += 1;
    return true;
  }

  private matcherOf(atom: string): { test: RegExp; sample: string } | undefined {
    try {
      const test = new RegExp(`^(?:${atom})$`, this.flags.replace('m', ''));
      const literal = atom.replace(/^\\(?=\W)/, '');
      const sample = [literal, ...ALPHABET, ...rangesOf(atom)].find((character) => test.test(character));
      return sample === undefined ? undefined : { test, sample };
    } catch {
      return undefined;
    }
  }

  /** Returns one character of each set that the atoms of the pattern distinguish. */
  private distinctCharacters(): string[] {
    const matchers = [...this.atoms].map((atom) => this.matcherOf(atom)).filter((matcher) => matcher !== undefined);
    const candidates = [...new Set([...ALPHABET, ...matchers.map(({ sample }) => sample)])];
    const found = new Map<string, string>();
    for (const character of candidates) {
      const matched = matchers.map(({ test }) => (test.test(character) ? '1' : '0')).join('');
      if (!found.has(matched)) found.set(matched, character);
    }
    return [...found.values()];
  }
}

/** Returns the characters that a class or an escape names, for scripts outside of {@link ALPHABET}. */
function rangesOf(atom: string): string[] {
  const escapes = [...atom.matchAll(/\\u\{?([\dA-Fa-f]{4,6})\}?|\\x([\dA-Fa-f]{2})/g)];
  return [
    ...escapes.map(([, long, short]) => String.fromCodePoint(Number.parseInt(long ?? short ?? '0', 16))),
    ...atom,
  ];
}
