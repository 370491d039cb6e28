import type { Links, MarkedToken, Token, Tokens } from 'marked';
import { type Address, addressOf, withoutInvisible } from './address.ts';
import { lex } from './markdown-lexer.ts';
import { splitRefs } from './markdown-ref.ts';

/** What is drawn of a text. There is no HTML in it, no id and no address that was not checked. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'break' }
  | { kind: 'strong' | 'em' | 'del'; children: Inline[] }
  | { kind: 'link'; address: Address; children: Inline[] }
  /** Refs to what stands beside the text, such as `[M1]`. */
  | { kind: 'ref'; names: string[]; raw: string }
  /** An image is never loaded: its description and its address are shown. */
  | { kind: 'image'; alt: string; address: string };

export type Align = 'left' | 'right' | 'center' | undefined;

export type Block =
  | { kind: 'paragraph'; children: Inline[] }
  | { kind: 'heading'; depth: number; children: Inline[] }
  | { kind: 'code'; text: string; language: string }
  | { kind: 'quote'; children: Block[] }
  | { kind: 'list'; ordered: boolean; start: number; items: { checked: boolean | undefined; children: Block[] }[] }
  | { kind: 'table'; align: Align[]; header: Inline[][]; rows: Inline[][][] }
  | { kind: 'rule' }
  /** Text as it was written: raw HTML, and what is too large to be drawn. */
  | { kind: 'plain'; text: string };

/** A block at the top of a text with its source. */
export interface TopBlock {
  block: Block;
  raw: string;
  /** The index of its token. */
  at: number;
}

/** A longer text is shown as it was written. */
export const MAX_TEXT = 256 * 1024;
/** A block with more parts is shown as it was written: each part becomes an element. */
const MAX_PARTS = 5_000;
const MAX_COLUMNS = 64;

/** Returns the blocks of a whole text. */
export function blocksOf(text: string): Block[] {
  return topBlocksOf(text).blocks.map(({ block }) => block);
}

/**
 * Returns the blocks of a text with their sources, and the link definitions that the text has.
 * @param links definitions that stand before the text
 */
export function topBlocksOf(text: string, links?: Links): { blocks: TopBlock[]; tokens: Token[]; links: Links } {
  if (text.length > MAX_TEXT) {
    return { blocks: [{ block: { kind: 'plain', text }, raw: text, at: 0 }], tokens: [], links: {} };
  }
  const lexed = lex(text.replace(/\r\n?/g, '\n'), links);
  return { blocks: lexed.tokens.flatMap(topBlock), ...lexed };
}

function topBlock(token: Token, at: number): TopBlock[] {
  const budget = { parts: MAX_PARTS };
  const blocks = toBlocks([token], budget);
  if (budget.parts < 0) return [{ block: { kind: 'plain', text: token.raw }, raw: token.raw, at }];
  return blocks.map((block) => ({ block, raw: token.raw, at }));
}

interface Budget {
  parts: number;
}

function toBlocks(tokens: readonly Token[], budget: Budget): Block[] {
  const blocks: Block[] = [];
  for (const token of tokens) {
    if (budget.parts < 0) break;
    budget.parts -= 1;
    const block = toBlock(token as MarkedToken, budget);
    if (block) blocks.push(block);
  }
  return blocks;
}

function toBlock(token: MarkedToken, budget: Budget): Block | undefined {
  switch (token.type) {
    case 'space':
    case 'def':
    case 'checkbox':
      return undefined;
    case 'heading':
      return { kind: 'heading', depth: token.depth, children: toInlines(token.tokens, budget) };
    case 'code':
      return { kind: 'code', text: token.text, language: languageOf(token.lang) };
    case 'blockquote':
      return { kind: 'quote', children: toBlocks(token.tokens, budget) };
    case 'list':
      return toList(token, budget);
    case 'table':
      return toTable(token, budget);
    case 'hr':
      return { kind: 'rule' };
    case 'html':
      return { kind: 'plain', text: token.raw.replace(/\n+$/, '') };
    default:
      return 'tokens' in token && token.tokens
        ? { kind: 'paragraph', children: toInlines(token.tokens, budget) }
        : { kind: 'paragraph', children: [{ kind: 'text', text: 'text' in token ? token.text : token.raw }] };
  }
}

function toList(token: Tokens.List, budget: Budget): Block {
  return {
    kind: 'list',
    ordered: token.ordered,
    start: typeof token.start === 'number' ? token.start : 1,
    items: token.items.map((item) => ({
      checked: item.task ? item.checked === true : undefined,
      children: toBlocks(item.tokens, budget),
    })),
  };
}

function toTable(token: Tokens.Table, budget: Budget): Block {
  if (token.header.length > MAX_COLUMNS) return { kind: 'plain', text: token.raw };
  const cells = (row: Tokens.TableCell[]) => row.map((cell) => toInlines(cell.tokens, budget));
  return {
    kind: 'table',
    align: token.align.map((align) => align ?? undefined),
    header: cells(token.header),
    rows: token.rows.map(cells),
  };
}

function toInlines(tokens: readonly Token[], budget: Budget): Inline[] {
  const inlines: Inline[] = [];
  for (const token of tokens) {
    if (budget.parts < 0) break;
    budget.parts -= 1;
    const inline = toInline(token as MarkedToken, budget);
    const last = inlines.at(-1);
    if (inline?.kind === 'text' && last?.kind === 'text') {
      inlines[inlines.length - 1] = { kind: 'text', text: last.text + inline.text };
    } else if (inline) inlines.push(inline);
  }
  return inlines.flatMap(withRefs);
}

function withRefs(inline: Inline): Inline[] {
  if (inline.kind !== 'text') return [inline];
  return splitRefs(inline.text).map((piece) =>
    typeof piece === 'string' ? { kind: 'text', text: piece } : { kind: 'ref', ...piece },
  );
}

function toInline(token: MarkedToken, budget: Budget): Inline | undefined {
  switch (token.type) {
    case 'strong':
    case 'em':
    case 'del':
      return { kind: token.type, children: toInlines(token.tokens, budget) };
    case 'codespan':
      return { kind: 'code', text: token.text };
    case 'br':
      return { kind: 'break' };
    case 'checkbox':
      return undefined;
    case 'image':
      return { kind: 'image', alt: withoutInvisible(token.text), address: shownAddress(token.href) };
    case 'link':
      return toLink(token, budget);
    case 'html':
      return { kind: 'text', text: token.raw };
    case 'text':
      return { kind: 'text', text: token.text.replace(NAMED, (all, name: string) => REFERENCES[name] ?? all) };
    default:
      return { kind: 'text', text: 'text' in token ? token.text : token.raw };
  }
}

/** A link that may not be opened stays the text that was written, so that nothing of it is hidden. */
function toLink(token: Tokens.Link, budget: Budget): Inline {
  const address = addressOf(token.href);
  if (!address) return { kind: 'text', text: token.raw };
  return { kind: 'link', address, children: toInlines(token.tokens, budget) };
}

function shownAddress(href: string): string {
  const address = addressOf(href)?.href ?? withoutInvisible(href);
  return address.length > 300 ? `${address.slice(0, 300)}…` : address;
}

// The lexer resolves numeric references only.
const NAMED = /&([a-z]{2,6});/g;
const REFERENCES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  copy: '©',
};

/** The first word after the fence, when it looks like the name of a language. */
function languageOf(info: string | undefined): string {
  const name = info?.trim().split(/\s/)[0]?.toLowerCase() ?? '';
  return /^[a-z0-9+#_.-]{1,24}$/.test(name) ? name : '';
}
