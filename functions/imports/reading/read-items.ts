import type { ItemKind } from '../import.ts';
import { decodeFile } from './decode-file.ts';
import { parseItem } from './parse-item.ts';
import { isList, kindInList, kindOf, kindOfMember, OF_THE_EXPORT } from './recognise.ts';
import { BrokenJson, JsonSplitter, type RawItem } from './split-json.ts';

/**
 * The longest item, in characters. A conversation with four images of the largest size has fewer. An item is in memory
 * three times: as text, as values, and as what is written.
 */
const LONGEST_ITEM = 32 * 1024 * 1024;

/** An item of a file. With a fault it could not be read, and the value is undefined. */
export interface ReadItem {
  /** Its place in the file, from 0. */
  item: number;
  kind: ItemKind;
  /** The key that it has in an object. */
  key: string | undefined;
  value: unknown;
  fault: string | undefined;
  /** What of the value is not as the file has it. */
  notes: readonly string[];
  /** Characters of its text. */
  size: number;
  /** Bytes of the file that are read with it. */
  bytes: number;
}

type Found = Omit<ReadItem, 'item' | 'bytes'>;

/**
 * Reads the items of a stored file, one at a time. What an item is follows from its content, never from the name of the
 * file. After the place where a file stops being JSON comes one item with the fault; those before it are whole.
 */
export async function* readItems(key: string): AsyncGenerator<ReadItem> {
  const splitter = new JsonSplitter(isList, LONGEST_ITEM);
  const whole = new WholeFile();
  let [item, bytes] = [0, 0];
  const numbered = (found: Found): ReadItem => ({ ...found, item: item++, bytes });
  try {
    for await (const chunk of decodeFile(key)) {
      bytes = chunk.bytes;
      for (const raw of splitter.push(chunk.text)) {
        const found = whole.take(raw);
        if (found !== undefined) yield numbered(found);
      }
    }
    splitter.end();
    const rest = whole.end();
    if (rest !== undefined) yield numbered(rest);
  } catch (error) {
    if (!(error instanceof BrokenJson)) throw error;
    const read = item === 0 ? 'Nothing of it is read.' : 'The items before this place are read.';
    yield numbered({ ...UNREADABLE, fault: `${error.message} ${read} Export the file again.` });
  }
}

const NO_JSON = 'It is no JSON: a bracket, comma or quote is wrong, or a value is none of JSON, such as NaN.';
const isUnknown = ([name, value]: [string, unknown]) =>
  typeof value === 'object' && value !== null && !OF_THE_EXPORT.includes(name);
const UNREADABLE = { kind: 'unknown', key: undefined, value: undefined, notes: [], size: 0 } as const;

/** Tells items from fields of a file that is one item itself, such as the export of one conversation. */
class WholeFile {
  readonly #fields: [string, unknown][] = [];
  #size = 0;
  #hasItems = false;
  /** Of the fields. */
  readonly #notes = new Set<string>();

  /** Returns the item; undefined for a field of the whole file, which is kept until its end. */
  take({ key, isListed, text, fault }: RawItem): Found | undefined {
    const parsed = text === undefined ? undefined : parseItem(text);
    if (text === undefined || parsed === undefined) {
      this.#hasItems = true;
      return { ...UNREADABLE, key, fault: fault ?? NO_JSON, size: text?.length ?? 0 };
    }
    const { value, notes } = parsed;
    const found = { key, value, fault: undefined, notes, size: text.length };
    if (key === undefined) return { ...found, kind: kindOf(value) };
    this.#hasItems ||= isListed;
    if (isListed) return { ...found, key: undefined, kind: kindInList(key, value) };
    const kind = kindOfMember(value);
    if (kind !== undefined && key !== 'graph_data') {
      this.#hasItems = true;
      return { ...found, kind };
    }
    this.#size += text.length;
    for (const note of notes) this.#notes.add(note);
    if (this.#size <= LONGEST_ITEM) this.#fields.push([key, value]);
    return undefined;
  }

  /**
   * Returns the whole file as an item. When it is none and has items, its fields only describe them, but for objects
   * and lists: these are something that is not known.
   */
  end(): Found | undefined {
    if (this.#fields.length === 0) return undefined;
    const kind = kindOf(Object.fromEntries(this.#fields));
    const fields = this.#hasItems && kind === 'unknown' ? this.#fields.filter(isUnknown) : this.#fields;
    if (fields.length === 0) return undefined;
    const value = Object.fromEntries(fields);
    if (this.#size > LONGEST_ITEM)
      return { ...UNREADABLE, fault: `It has more than ${LONGEST_ITEM} characters.`, size: 0 };
    return { kind, key: undefined, value, fault: undefined, notes: [...this.#notes], size: this.#size };
  }
}
