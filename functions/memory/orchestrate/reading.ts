import type { Trust } from '../../entities/search/hit.ts';
import { estimateTokens } from '../../platform/models/estimate-tokens.ts';
import { showAsData, showOnOneLine } from '../../platform/models/show-as-data.ts';

/** A thing of memory that an answer may rest on. Where it does not have a part, the part is null. */
export interface Source {
  kind: 'fact' | 'turn' | 'block' | 'commit';
  id: string;
  path: string | null;
  block: string | null;
  commit_id: string | null;
  session_id: string | null;
  position: number | null;
  trust: Trust;
  /** Where it comes from, in words: a person, a run, who spoke. */
  source: string;
  said_at: string | null;
  valid_from: string | null;
  flags: readonly string[];
}

/** A piece of what a tool reads. Without a source it only points at something and cannot be cited. */
export interface Piece {
  tag: 'fact' | 'turn' | 'block' | 'commit' | 'entity' | 'evidence';
  attributes: Record<string, string>;
  text: string;
  source?: Source;
}

export interface Shown {
  /** What the model reads. */
  text: string;
  /** How many of the pieces it holds. */
  count: number;
  refs: string[];
}

const LETTER = { fact: 'F', turn: 'T', block: 'B', commit: 'C' } as const;
/** Below it there is room for nothing that is worth a call. */
const LEAST_ROOM = 60;

/**
 * What one search has read: every source that was shown, under the name that only this code gives (F1, T2, …), in the words that were shown; and how many
 * tokens of its budget that took (frames and errors are not counted, what memory says is). What is not in here was not read, whatever a model says.
 */
export class Reading {
  readonly #most: number;
  readonly #sources = new Map<string, { source: Source; texts: string[] }>();
  readonly #refs = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  #used = 0;

  constructor(mostTokens: number) {
    this.#most = mostTokens;
  }

  get tokens(): number {
    return this.#used;
  }

  get isUsedUp(): boolean {
    return this.#most - this.#used < LEAST_ROOM;
  }

  /**
   * Shows pieces in their order until the budget, or the share of one call, is used up. A first piece that is too long is cut, and says so. What was shown
   * before is named and not shown again.
   */
  show(pieces: readonly Piece[], mostTokens: number): Shown {
    const room = Math.min(mostTokens, this.#most - this.#used);
    const lines: string[] = [];
    const refs: string[] = [];
    let [count, used] = [0, 0];
    for (const piece of pieces) {
      let fitting = piece;
      let line = this.#render(fitting);
      if (used + estimateTokens(line) > room) {
        if (count > 0 || room < LEAST_ROOM) break;
        fitting = cutTo(piece, (text) => estimateTokens(this.#render({ ...piece, text, source: undefined })), room);
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

  /** The source of a name, with the texts of it that were shown. */
  find(ref: string): { source: Source; texts: readonly string[] } | undefined {
    return this.#sources.get(ref);
  }

  /** Whether the words stand in anything that was shown and could be cited. */
  holds(words: string): boolean {
    return [...this.#sources.values()].some(({ texts }) => texts.some((text) => text.includes(words)));
  }

  get isEmpty(): boolean {
    return this.#sources.size === 0;
  }

  #render({ tag, attributes, text, source }: Piece): string {
    const known = source && this.#refs.get(keyOf(source));
    const ref = source === undefined ? {} : { ref: known ?? this.#nextRef(source) };
    const shown = Object.entries({ ...ref, ...attributes }).map(([name, value]) => `${name}="${showOnOneLine(value)}"`);
    const isKnown = known !== undefined && this.#sources.get(known)?.texts.includes(text);
    // Its pointers may be others than before: which commit, which session.
    if (isKnown) return `<${tag} ${shown.join(' ')} read="before"/>`;
    const inside = text.includes('\n') ? `\n${showAsData(text)}\n` : showAsData(text);
    return `<${tag} ${shown.join(' ')}>${inside}</${tag}>`;
  }

  #nextRef({ kind }: Source): string {
    return `${LETTER[kind]}${(this.#counts.get(kind) ?? 0) + 1}`;
  }

  #register({ source, text }: Piece): string | undefined {
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

/** A block is another thing in every commit: the words that it had then are what is cited. */
function keyOf({ kind, id, commit_id: commitId }: Source): string {
  return `${kind} ${id} ${commitId ?? ''}`;
}

/** The piece with as much of its text as fits; its source was read as far as that. */
function cutTo(piece: Piece, sizeOf: (text: string) => number, room: number): Piece {
  let length = piece.text.length;
  const attributes = { ...piece.attributes, cut: 'the rest is left out' };
  // Escapes make the shown text longer than it is, by an amount that its signs decide.
  while (length > 0 && sizeOf(piece.text.slice(0, length)) + LEAST_ROOM / 2 > room) length = Math.floor(length * 0.9);
  return { ...piece, attributes, text: piece.text.slice(0, length).toWellFormed() };
}
