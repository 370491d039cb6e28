import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { cutText } from '../../platform/cut-text.ts';
import { TextFlow } from './text-flow.ts';
import { checkUrl } from './web-url.ts';

/** The visible content of a page as text. */
export interface ReadPage {
  title: string;
  text: string;
  /** Absolute URLs without duplicates. The links of the main text come first. */
  links: { text: string; url: string }[];
  /** Whether the page has more content than was read. */
  isCut: boolean;
}

/**
 * Limits of the work. The parser searches all open elements at each tag, so a page that only opens elements takes for
 * ever.
 */
const MAX_DEPTH = 500;
const MAX_TEXT = 500_000;
const MAX_LINKS = 100;
/** The characters that are parsed at once. They take some milliseconds at most. */
const PIECE = 64 * 1024;
const MAX_TITLE_LENGTH = 300;
const MAX_LINK_TEXT_LENGTH = 200;

/** Elements that browsers do not show, or that contain no text. */
const UNSEEN = new Set(
  'script style noscript template iframe object embed svg math canvas audio video map datalist select option textarea button dialog'.split(
    ' ',
  ),
);
/** Elements that are equal on all pages of a site. Their text is left out. */
const FRAME = new Set(['nav', 'footer', 'aside']);
const MAIN = new Set(['main', 'article']);
const BLOCKS = new Set(
  'address article aside blockquote dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tr ul'.split(
    ' ',
  ),
);
/** The main element is used as the page's text when it contains at least this share of it. */
const MAIN_SHARE = 0.25;

/**
 * Reads the title, text and links of HTML in one pass, without building a tree. Scripts, styles, hidden elements and
 * form controls are left out. Nothing is fetched, and only http and https URLs become links.
 */
export async function readHtml(html: string, url: URL, isAllowedPort?: (port: number) => boolean): Promise<ReadPage> {
  const { Parser } = await import('htmlparser2');
  const reading = new Reading(url, isAllowedPort);
  const parser = new Parser(reading, { decodeEntities: true });
  try {
    for (let at = 0; at < html.length; at += PIECE) {
      parser.write(html.slice(at, at + PIECE));
      // Other work of this process continues meanwhile, such as renewing leases.
      await yieldToOthers();
    }
    parser.end();
  } catch (error) {
    if (error !== TOO_MUCH) throw error;
    reading.isCut = true;
  }
  return reading.result();
}

const TOO_MUCH = new Error('The page is larger than the limits');

interface Link {
  text: string;
  url: string;
  isMain: boolean;
}

/** The callbacks of the parser. The parser closes every element that it opened, in order. */
class Reading {
  isCut = false;
  readonly #all = new TextFlow();
  readonly #main = new TextFlow();
  readonly #links = new Map<string, Link>();
  readonly #isAllowedPort: ((port: number) => boolean) | undefined;
  #base: URL;
  #title = '';
  /** The number of open elements, and the depth at which the outermost element of each kind began (0: none is open). */
  #depth = 0;
  #hiddenAt = 0;
  #frameAt = 0;
  #mainAt = 0;
  #preAt = 0;
  #titleAt = 0;
  #link: { url: string; text: string } | undefined;

  constructor(url: URL, isAllowedPort: ((port: number) => boolean) | undefined) {
    this.#base = url;
    this.#isAllowedPort = isAllowedPort;
  }

  onopentag(name: string, attributes: Record<string, string>): void {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw TOO_MUCH;
    if (name === 'base' && attributes.href) this.#base = URL.parse(attributes.href, this.#base.href) ?? this.#base;
    if (this.#hiddenAt > 0) return;
    if (UNSEEN.has(name) || isHidden(attributes)) this.#hiddenAt = this.#depth;
    else if (name === 'title') this.#titleAt ||= this.#depth;
    else this.#enter(name, attributes);
  }

  #enter(name: string, attributes: Record<string, string>): void {
    if (FRAME.has(name)) this.#frameAt ||= this.#depth;
    if (MAIN.has(name)) this.#mainAt ||= this.#depth;
    if (BLOCKS.has(name)) this.#break(/^(h\d|p|pre|table|blockquote)$/.test(name) ? 2 : 1);
    const level = /^h([1-6])$/.exec(name)?.[1];
    if (level !== undefined) this.#mark(`${'#'.repeat(Number(level))} `);
    if (name === 'li') this.#mark('- ');
    if (name === 'br') this.#break(1);
    if (name === 'pre') this.#preAt ||= this.#depth;
    if (name === 'a' && attributes.href) this.#openLink(attributes.href);
  }

  ontext(text: string): void {
    if (this.#hiddenAt > 0) return;
    if (this.#titleAt > 0) this.#title = cutText(this.#title + text, MAX_TITLE_LENGTH);
    else this.#write(text, this.#preAt > 0);
    if (this.#link !== undefined) this.#link.text = cutText(this.#link.text + text, MAX_LINK_TEXT_LENGTH);
    if (this.#all.length > MAX_TEXT) throw TOO_MUCH;
  }

  onclosetag(name: string): void {
    const closed = this.#depth;
    this.#depth -= 1;
    if (this.#hiddenAt > 0) {
      if (this.#hiddenAt === closed) this.#hiddenAt = 0;
      return;
    }
    if (name === 'a') this.#closeLink();
    if (name === 'td' || name === 'th') this.#join(' | ');
    if (BLOCKS.has(name)) this.#break(/^(h\d|p|pre|table|blockquote)$/.test(name) ? 2 : 1);
    if (this.#frameAt === closed) this.#frameAt = 0;
    if (this.#mainAt === closed) this.#mainAt = 0;
    if (this.#preAt === closed) this.#preAt = 0;
    if (this.#titleAt === closed) this.#titleAt = 0;
  }

  result(): ReadPage {
    const main = this.#main.toString();
    const all = this.#all.toString();
    const links = [...this.#links.values()].toSorted((one, other) => Number(other.isMain) - Number(one.isMain));
    return {
      title: this.#title.replaceAll(/\s+/g, ' ').trim(),
      text: main.length >= all.length * MAIN_SHARE ? main : all,
      links: links.slice(0, MAX_LINKS).map(({ text, url }) => ({ text, url })),
      isCut: this.isCut,
    };
  }

  #write(text: string, isVerbatim: boolean): void {
    for (const flow of this.#flows()) flow.write(text, isVerbatim);
  }

  #break(lines: number): void {
    for (const flow of this.#flows()) flow.break(lines);
  }

  #mark(sign: string): void {
    for (const flow of this.#flows()) flow.mark(sign);
  }

  #join(sign: string): void {
    for (const flow of this.#flows()) flow.join(sign);
  }

  /** Returns the texts that the current element belongs to. */
  #flows(): TextFlow[] {
    if (this.#frameAt > 0) return [];
    return this.#mainAt > 0 ? [this.#all, this.#main] : [this.#all];
  }

  #openLink(href: string): void {
    const checked = checkUrl(href.trim(), this.#base, this.#isAllowedPort);
    this.#link = checked.status === 'allowed' ? { url: checked.url.href, text: '' } : undefined;
  }

  #closeLink(): void {
    const link = this.#link;
    this.#link = undefined;
    const text = link?.text.replaceAll(/\s+/g, ' ').trim() ?? '';
    if (link === undefined || text === '' || this.#links.has(link.url) || this.#links.size >= MAX_LINKS * 10) return;
    const isMain = this.#mainAt > 0 && this.#frameAt === 0;
    this.#links.set(link.url, { text, url: link.url, isMain });
  }
}

function isHidden({ hidden, style = '', 'aria-hidden': ariaHidden }: Record<string, string>): boolean {
  if (hidden !== undefined || ariaHidden === 'true') return true;
  return /(display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?![.\d]*[1-9]))/i.test(style);
}
