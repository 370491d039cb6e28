import { z } from 'zod';
import { jsonText } from '../../platform/models/parse-json.ts';

/**
 * Splits a JSON text of any length into its items while it arrives: the elements of an array, the members of an object,
 * and the elements of those lists in an object that the caller names. An item is parsed by its reader, alone, so that
 * memory stays flat and an item that is no JSON does not take the others with it. Only strings and brackets are looked
 * at; V8 parses the items.
 */

/** Nested deeper, an item would overflow the stack of what stores it. */
const DEEPEST = 100;

export interface RawItem {
  /** The key of a member, or the name of the list that the item is in. */
  key: string | undefined;
  /** Whether the item is an element of a list in the object. */
  isListed: boolean;
  /** Undefined when the item is too long or nested too deep. */
  text: string | undefined;
  fault: string | undefined;
}

/** The text is no JSON from here on. Items before this place are whole. */
export class BrokenJson extends Error {
  constructor(what: string, at: number) {
    super(`The file is no JSON from character ${at + 1} on: ${what}.`);
    this.name = 'BrokenJson';
  }
}

interface Container {
  closes: ']' | '}';
  list: string | undefined;
  /** Of an object: the key whose value comes, and whether its colon was read. */
  key: string | undefined;
  hasColon: boolean;
}

/** What is being cut out of the text. */
interface Cut {
  isKey: boolean;
  sort: 'string' | 'nested' | 'scalar';
  depth: number;
  inString: boolean;
  isEscaped: boolean;
  pieces: string[];
  length: number;
  fault: string | undefined;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = /[ \t\n\r\ufeff]/;
const ENDS_SCALAR = /[ \t\n\r,\]}]/;

export class JsonSplitter {
  readonly #isList: (key: string) => boolean;
  readonly #longest: number;
  readonly #containers: Container[] = [];
  #cut: Cut | undefined;
  #hasRoot = false;
  #offset = 0;

  constructor(isList: (key: string) => boolean, longestItem: number) {
    this.#isList = isList;
    this.#longest = longestItem;
  }

  /** Takes the next piece of the text and hands over the items that end in it. @throws BrokenJson */
  *push(chunk: string): Generator<RawItem> {
    let at = 0;
    while (at < chunk.length) {
      if (this.#cut === undefined) {
        at = this.#step(chunk, at);
        continue;
      }
      const from = at;
      at = this.#goOn(this.#cut, chunk, at);
      this.#keep(this.#cut, chunk.slice(from, at));
      const item = this.#isOver ? this.#finish(this.#cut) : undefined;
      if (item !== undefined) yield item;
    }
    this.#offset += chunk.length;
  }

  /** @throws BrokenJson when the text has ended too early */
  end(): void {
    if (this.#cut !== undefined || this.#containers.length > 0)
      throw new BrokenJson('it ends in the middle', this.#offset);
    if (!this.#hasRoot) throw new BrokenJson('it is empty', this.#offset);
  }

  #isOver = false;

  /** Reads a character between items. Returns the place after it, or the same place when a cut begins there. */
  #step(chunk: string, at: number): number {
    const sign = chunk.charAt(at);
    if (SPACE.test(sign)) return at + 1;
    const container = this.#containers.at(-1);
    if (container === undefined) return this.#begin(sign, at);
    if (sign === container.closes) {
      this.#containers.pop();
      this.#forget(this.#containers.at(-1));
      return at + 1;
    }
    if (sign === ',') {
      this.#forget(container);
      return at + 1;
    }
    if (sign === ']' || sign === '}' || (sign === ':' && (container.key === undefined || container.hasColon)))
      throw new BrokenJson(`${sign} is out of place`, this.#offset + at);
    if (sign === ':') {
      container.hasColon = true;
      return at + 1;
    }
    const isKey = container.closes === '}' && container.key === undefined;
    if (container.closes === '}' && (isKey ? sign !== '"' : !container.hasColon))
      throw new BrokenJson(isKey ? 'a name in quotes is missing' : 'a colon is missing', this.#offset + at);
    const { key } = container;
    if (sign === '[' && key !== undefined && this.#containers.length === 1 && this.#isList(key)) {
      this.#containers.push({ closes: ']', list: key, key: undefined, hasColon: false });
      return at + 1;
    }
    const sort = sign === '"' ? 'string' : sign === '{' || sign === '[' ? 'nested' : 'scalar';
    this.#isOver = false;
    this.#cut = { isKey, sort, depth: 0, inString: false, isEscaped: false, pieces: [], length: 0, fault: undefined };
    return at;
  }

  #begin(sign: string, at: number): number {
    if (this.#hasRoot || (sign !== '[' && sign !== '{'))
      throw new BrokenJson(
        this.#hasRoot
          ? 'something follows its end, and a file holds one object or array'
          : 'it is neither an object nor an array',
        this.#offset + at,
      );
    this.#hasRoot = true;
    const closes = sign === '[' ? ']' : '}';
    this.#containers.push({ closes, list: undefined, key: undefined, hasColon: false });
    return at + 1;
  }

  #forget(container: Container | undefined): void {
    if (container === undefined) return;
    container.key = undefined;
    container.hasColon = false;
  }

  /** Returns the place where the cut ends, or the end of the chunk. */
  #goOn(cut: Cut, chunk: string, start: number): number {
    for (let at = start; at < chunk.length; at += 1) {
      const code = chunk.charCodeAt(at);
      if (cut.inString) {
        if (cut.isEscaped) cut.isEscaped = false;
        else if (code === BACKSLASH) cut.isEscaped = true;
        else if (code === QUOTE) {
          cut.inString = false;
          if (cut.sort === 'string') return this.#over(at + 1);
        }
        continue;
      }
      if (cut.sort === 'scalar') {
        if (ENDS_SCALAR.test(chunk.charAt(at))) return this.#over(at);
      } else if (code === QUOTE) cut.inString = true;
      else if (code === 0x7b || code === 0x5b) {
        cut.depth += 1;
        if (cut.depth > DEEPEST) cut.fault = `It is nested more than ${DEEPEST} levels deep.`;
      } else if (code === 0x7d || code === 0x5d) {
        cut.depth -= 1;
        if (cut.depth === 0) return this.#over(at + 1);
      }
    }
    return chunk.length;
  }

  #over(at: number): number {
    this.#isOver = true;
    return at;
  }

  #keep(cut: Cut, piece: string): void {
    cut.length += piece.length;
    if (cut.length > this.#longest) cut.fault = `It has more than ${this.#longest} characters.`;
    if (cut.fault === undefined) cut.pieces.push(piece);
    else cut.pieces.length = 0;
  }

  #finish(cut: Cut): RawItem | undefined {
    this.#cut = undefined;
    const text = cut.fault === undefined ? cut.pieces.join('') : undefined;
    const container = this.#containers.at(-1);
    if (cut.isKey && container !== undefined) {
      container.key = keyOf(text ?? '""');
      return undefined;
    }
    const key = container?.list ?? container?.key;
    return { key, isListed: container?.list !== undefined, text, fault: cut.fault };
  }
}

/** Returns a key as it is meant. One that is no JSON string is taken as it is written. */
function keyOf(text: string): string {
  return jsonText(z.string()).safeParse(text).data ?? text.slice(1, -1);
}
