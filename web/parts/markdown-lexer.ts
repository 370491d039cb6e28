import { Lexer, type Links, type Token, Tokenizer } from 'marked';

/**
 * marked's lexer with bounds. Its parser is never used, so no HTML exists. Without bounds 10,000 nested quotes overflow
 * the stack, 55 kB of nested emphasis take 22 s and a line of 20 kB that ends with `@` takes 1 s (measured). The bounds
 * count work and not time, so the same text always gives the same tokens.
 */

/** Deeper quotes and lists are text. */
const MAX_BLOCK_DEPTH = 12;
/** Deeper emphasis and brackets are text. */
const MAX_INLINE_DEPTH = 8;
/** The cost of one paragraph, and of one text. One unit takes about 70 ns at worst. */
const MAX_SEGMENT_COST = 500_000;
const MAX_TEXT_COST = 4_000_000;

class BoundedTokenizer extends Tokenizer {
  private depth = 0;

  override blockquote(src: string) {
    return this.nested(() => super.blockquote(src));
  }

  override list(src: string) {
    return this.nested(() => super.list(src));
  }

  private nested<T>(read: () => T): T | undefined {
    if (this.depth >= MAX_BLOCK_DEPTH) return undefined;
    this.depth += 1;
    try {
      return read();
    } finally {
      this.depth -= 1;
    }
  }
}

class BoundedLexer extends Lexer {
  private depth = 0;
  private spent = 0;

  override inlineTokens(src: string, tokens: Token[] = []): Token[] {
    const cost = costOf(src);
    this.spent += Math.min(cost, MAX_SEGMENT_COST);
    if (this.depth >= MAX_INLINE_DEPTH || cost > MAX_SEGMENT_COST || this.spent > MAX_TEXT_COST) {
      tokens.push({ type: 'text', raw: src, text: src });
      return tokens;
    }
    this.depth += 1;
    try {
      return super.inlineTokens(src, tokens);
    } finally {
      this.depth -= 1;
    }
  }
}

/** Returns how long the lexer may take: quadratic in delimiters and in the length of unbroken words. */
function costOf(src: string): number {
  let delimiters = 0;
  let word = 0;
  let cost = src.length;
  for (let index = 0; index < src.length; index += 1) {
    const code = src.charCodeAt(index);
    if (code <= 32) {
      if (word > 100) cost += word * word;
      word = 0;
      continue;
    }
    word += 1;
    // ! & < @ [ ] \ _ ` * ~ (
    if (DELIMITERS.has(code)) delimiters += 1;
  }
  if (word > 100) cost += word * word;
  return cost + delimiters * delimiters;
}

const DELIMITERS = new Set([...'!&<[]\\_`*~('].map((character) => character.charCodeAt(0)));

/**
 * Returns the tokens of a text, and the link definitions in it.
 * @param links definitions that stand before the text
 */
export function lex(text: string, links: Links = {}): { tokens: Token[]; links: Links } {
  const lexer = new BoundedLexer({ gfm: true, tokenizer: new BoundedTokenizer() });
  lexer.tokens.links = Object.assign(Object.create(null), links);
  try {
    const tokens = lexer.lex(text);
    return { tokens: [...tokens], links: tokens.links };
  } catch {
    return { tokens: [{ type: 'paragraph', raw: text, text, tokens: [{ type: 'text', raw: text, text }] }], links };
  }
}
