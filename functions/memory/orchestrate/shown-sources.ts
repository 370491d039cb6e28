import type { Trust } from '../../entities/search/hit.ts';
import { cutText } from '../../platform/cut-text.ts';
import { estimateTokens } from '../../platform/models/estimate-tokens.ts';
import { showAsData, showOnOneLine } from '../../platform/models/show-as-data.ts';

/** A source that an answer may cite. Fields that do not apply to its kind are null. */
export interface Source {
  kind: 'fact' | 'turn' | 'block' | 'commit';
  id: string;
  path: string | null;
  block: string | null;
  commit_id: string | null;
  session_id: string | null;
  position: number | null;
  trust: Trust;
  /** The source in words: a user, a run, a speaker. */
  source: string;
  said_at: string | null;
  valid_from: string | null;
  flags: readonly string[];
}

/** An item of a tool's result. Without a source it only points at something and cannot be cited. */
export interface PageItem {
  tag: 'fact' | 'turn' | 'block' | 'commit' | 'entity' | 'evidence';
  attributes: Record<string, string>;
  text: string;
  source?: Source;
}

interface ShownPage {
  /** The text for the model. */
  text: string;
  /** The number of items in the text. */
  count: number;
  refs: string[];
}

const LETTER = { fact: 'F', turn: 'T', block: 'B', commit: 'C' } as const;
/** With fewer tokens left, another call is not worth its cost. */
const LEAST_TOKENS = 60;

/**
 * Records which sources one search has shown to the model. Each source gets a ref (F1, T2, …) from this class only, so
 * the model cannot cite a source that it was not shown. Counts the tokens of the shown items; frames and error messages
 * do not count.
 */
export class ShownSources {
  readonly #mostTokens: number;
  readonly #sources = new Map<string, { source: Source; texts: string[] }>();
  readonly #refs = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  #used = 0;

  constructor(mostTokens: number) {
    this.#mostTokens = mostTokens;
  }

  get tokens(): number {
    return this.#used;
  }

  get isUsedUp(): boolean {
    return this.#mostTokens - this.#used < LEAST_TOKENS;
  }

  /**
   * Renders items in order until the token budget of the search or of the call is used up. A first item that is too
   * long is cut and says so. A text that was shown before is only referred to.
   */
  show(items: readonly PageItem[], mostTokens: number): ShownPage {
    const room = Math.min(mostTokens, this.#mostTokens - this.#used);
    const lines: string[] = [];
    const refs: string[] = [];
    let [count, used] = [0, 0];
    for (const item of items) {
      let fitting = item;
      let line = this.#render(fitting);
      if (used + estimateTokens(line) > room) {
        if (count > 0 || room < LEAST_TOKENS) break;
        fitting = cutTo(item, (text) => estimateTokens(this.#render({ ...item, text, source: undefined })), room);
        line = this.#render(fitting);
      }
      const ref = this.#register(fitting);
      if (ref !== undefined) refs.push(ref);
      lines.push(line);
      used += estimateTokens(line);
      count += 1;
    }
    this.#used += used;
    return { text: lines.join('\n'), count, refs: [...new Set(refs)] };
  }

  /** Returns the source of a ref with all of its texts that were shown. */
  find(ref: string): { source: Source; texts: readonly string[] } | undefined {
    return this.#sources.get(ref);
  }

  /** Returns whether a shown source contains the words. */
  holds(words: string): boolean {
    return [...this.#sources.values()].some(({ texts }) => texts.some((text) => text.includes(words)));
  }

  get isEmpty(): boolean {
    return this.#sources.size === 0;
  }

  #render({ tag, attributes, text, source }: PageItem): string {
    const known = source && this.#refs.get(keyOf(source));
    const ref = source === undefined ? {} : { ref: known ?? this.#nextRef(source) };
    const shown = Object.entries({ ...ref, ...attributes }).map(([name, value]) => `${name}="${showOnOneLine(value)}"`);
    const isKnown = known !== undefined && this.#sources.get(known)?.texts.includes(text);
    // The attributes may differ from the first time, such as the commit or the session.
    if (isKnown) return `<${tag} ${shown.join(' ')} read="before"/>`;
    const inside = text.includes('\n') ? `\n${showAsData(text)}\n` : showAsData(text);
    return `<${tag} ${shown.join(' ')}>${inside}</${tag}>`;
  }

  #nextRef({ kind }: Source): string {
    return `${LETTER[kind]}${(this.#counts.get(kind) ?? 0) + 1}`;
  }

  #register({ source, text }: PageItem): string | undefined {
    if (source === undefined) return undefined;
    const key = keyOf(source);
    const ref = this.#refs.get(key) ?? this.#nextRef(source);
    const known = this.#sources.get(ref);
    if (known === undefined) {
      this.#refs.set(key, ref);
      this.#counts.set(source.kind, (this.#counts.get(source.kind) ?? 0) + 1);
      this.#sources.set(ref, { source, texts: [text] });
    } else if (!known.texts.includes(text)) known.texts.push(text);
    return ref;
  }
}

/** Identifies a source. A block has one identity for each commit, because its text differs. */
function keyOf({ kind, id, commit_id: commitId }: Source): string {
  return `${kind} ${id} ${commitId ?? ''}`;
}

/** Returns the item with as much of its text as fits. Only this part can be quoted. */
function cutTo(item: PageItem, sizeOf: (text: string) => number, room: number): PageItem {
  let length = item.text.length;
  const attributes = { ...item.attributes, cut: 'the rest is left out' };
  // Escapes make the shown text longer by an amount that depends on its characters, so the length is found by trial.
  while (length > 0 && sizeOf(item.text.slice(0, length)) + LEAST_TOKENS / 2 > room) length = Math.floor(length * 0.9);
  return { ...item, attributes, text: cutText(item.text, length).toWellFormed() };
}
