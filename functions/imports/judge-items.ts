import { createHash } from 'node:crypto';
import { cutText } from '../platform/cut-text.ts';
import type { Queryable } from '../platform/database/database.ts';
import type { ItemKind, Outcome } from './import.ts';
import { textOf, without } from './kinds/fields.ts';
import { type EarlierItem, type ParsedItem, UnreadableItem } from './kinds/kind.ts';
import { KINDS } from './kinds/kinds.ts';
import type { ReadItem } from './reading/read-items.ts';
import { describeUnknown, isFields, OF_THE_EXPORT } from './reading/recognise.ts';
import { listEarlierHashes } from './sql/item.ts';
import { listMappings, type MappingRow } from './sql/mapping.ts';

/** An item with what an import does with it. `parsed` is undefined when there is nothing to write. */
export interface JudgedItem {
  item: number;
  kind: ItemKind;
  sourceId: string;
  /** The id of the mapping: the source's, with a number when the file has other content under the same id. */
  mappedId: string;
  title: string;
  hash: string | undefined;
  outcome: Outcome;
  reason: string | undefined;
  targetId: string | undefined;
  /** What an earlier import wrote of it. */
  earlier: EarlierItem | undefined;
  parsed: ParsedItem | undefined;
}

const LONGEST_ID = 200;
const LONGEST_REASON = 2_000;

/**
 * Decides what becomes of items of one file, in their order: what is new, what has changed since an earlier import of
 * the user, what is the same, and what cannot be imported. Writes nothing.
 */
export async function judgeItems(
  queryable: Queryable,
  place: { importId: string; file: number },
  items: readonly ReadItem[],
): Promise<JudgedItem[]> {
  const read = items.map(parse);
  const ids = [...new Set(read.map(({ sourceId }) => sourceId))];
  const seen = new Map<string, string[]>();
  for (const { kind, source_id: id, hash } of await listEarlierHashes(queryable, place, ids)) {
    const name = `${kind} ${id}`;
    seen.set(name, [...(seen.get(name) ?? []), hash]);
  }
  const judged = read.map((entry) => withMappedId(entry, seen));
  const known = await listMappings(
    queryable,
    judged.map(({ kind, mappedId }) => ({ kind, sourceId: mappedId })),
  );
  const mappings = new Map(known.map((row) => [`${row.kind} ${row.source_id}`, row]));
  return judged.map((entry) => withMapping(entry, mappings.get(`${entry.kind} ${entry.mappedId}`)));
}

/** Compares an item with what was imported last under its id. */
function withMapping(entry: JudgedItem, mapping: MappingRow | undefined): JudgedItem {
  if (entry.parsed === undefined) return { ...entry, targetId: mapping?.target_id };
  if (mapping === undefined) return entry;
  const { target_id: targetId, hash, source_updated_at: before, fields = {} } = mapping;
  if (hash === entry.hash) return { ...entry, outcome: 'unchanged', targetId, reason: undefined, parsed: undefined };
  const { updatedAt } = entry.parsed;
  if (before && updatedAt !== undefined && Date.parse(updatedAt) < Date.parse(before)) {
    const day = (time: string) => `${time.slice(0, 16).replace('T', ' ')} UTC`;
    const reason = `It is older (${day(updatedAt)}) than what was imported before (${day(before)}), which stays.`;
    return { ...entry, outcome: 'skipped', targetId, reason, parsed: undefined };
  }
  return { ...entry, outcome: 'updated', targetId, earlier: { targetId, fields } };
}

/** Reads an item and takes it as new. */
function parse({ item, kind, key, value, fault, notes }: ReadItem): JudgedItem {
  const hash = fault === undefined ? hashOf(value) : undefined;
  const found = { item, kind, hash, targetId: undefined, earlier: undefined, parsed: undefined };
  const named = (title: string, sourceId: string | undefined) => {
    const id = storedId(sourceId ?? key ?? hash?.slice(0, 24) ?? `item ${item + 1}`);
    return { ...found, title: cutText(title.replaceAll(/\s+/g, ' ').trim(), LONGEST_ID), sourceId: id, mappedId: id };
  };
  if (fault !== undefined) return { ...named('', undefined), hash: undefined, outcome: 'failed', reason: fault };
  const read = KINDS[kind];
  const id = isFields(value) && typeof value.id === 'string' ? value.id : undefined;
  if (typeof read === 'string') {
    const reason = kind === 'unknown' ? describeUnknown(value) : read;
    return { ...named(nameOf(value) ?? key ?? '', id), hash: undefined, outcome: 'not_imported', reason };
  }
  try {
    const parsed = read(isFields(value) ? value : {}, key);
    const reason = cutText([...notes, ...parsed.notes].join(' '), LONGEST_REASON) || undefined;
    const identity = parsed.identity === undefined ? hash : hashOf(parsed.identity);
    return { ...named(parsed.title, parsed.sourceId), hash: identity, outcome: 'created', reason, parsed };
  } catch (error) {
    if (!(error instanceof UnreadableItem)) throw error;
    return { ...named(nameOf(value) ?? key ?? '', id), hash: undefined, outcome: 'failed', reason: error.message };
  }
}

/** Returns the words by which a person knows what is not imported. */
function nameOf(value: unknown): string | undefined {
  if (!isFields(value)) return undefined;
  return textOf(value.title) ?? textOf(value.task) ?? textOf(value.prompt) ?? textOf(value.name);
}

/** Two items of a file can have the same id. The same content is one item; other content is another item. */
function withMappedId(entry: JudgedItem, seen: Map<string, string[]>): JudgedItem {
  if (entry.hash === undefined || entry.parsed === undefined) return entry;
  const name = `${entry.kind} ${entry.sourceId}`;
  const hashes = seen.get(name) ?? [];
  const found = hashes.indexOf(entry.hash);
  if (found < 0) seen.set(name, [...hashes, entry.hash]);
  const number = found < 0 ? hashes.length : found;
  const mappedId = number === 0 ? entry.sourceId : `${entry.sourceId}#${number + 1}`;
  if (found >= 0)
    return { ...entry, mappedId, outcome: 'unchanged', reason: 'The file has it more than once.', parsed: undefined };
  const isOther =
    number > 0 ? [`The file has another item with the id ${entry.sourceId}.`, entry.reason] : [entry.reason];
  return { ...entry, mappedId, reason: isOther.filter((text) => text !== undefined).join(' ') || undefined };
}

/** An id that is too long for an index is known by its hash. */
function storedId(id: string): string {
  return id.length <= LONGEST_ID ? id : createHash('sha256').update(id).digest('hex');
}

function hashOf(value: unknown): string {
  const content = isFields(value) ? without(value, ...OF_THE_EXPORT) : value;
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
