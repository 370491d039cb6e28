import { createHash } from 'node:crypto';
import type { Statement } from '../platform/database/batch.ts';
import type { Queryable, Transaction } from '../platform/database/database.ts';
import { createId } from '../platform/id.ts';
import type { ChatEvent } from './chat-event.ts';
import type { ImportedConversation } from './imported.ts';
import { findConversation, findConversationLocked, updateConversation } from './sql/conversation.ts';
import { appendChatEvent } from './sql/event.ts';
import {
  insertImportedConversation,
  listImportedMessages,
  updateImportedTimes,
  writeImportedMessage,
} from './sql/imported.ts';

/** Returns the hashes of the imported messages of a conversation by their place in the source. */
export async function findImportedHashes(
  ...args: Parameters<typeof listImportedMessages>
): Promise<Map<number, string>> {
  return new Map((await listImportedMessages(...args)).map(({ at, hash }) => [at, hash]));
}

/** The fields of a conversation that its user can change. */
const FIELDS = ['title', 'tags', 'favorite', 'archived'] as const;
export type ImportedField = (typeof FIELDS)[number];

/** The conversation that an earlier import wrote, and hashes of its fields as the source had them then. */
export interface EarlierConversation {
  id: string;
  fields: Readonly<Record<string, string>>;
}

/** What stays of a conversation that is imported again. */
export interface ImportedComparison {
  /** The fields that the user has changed here and that the source has with other values. */
  kept: ImportedField[];
  /** Messages of the earlier import that this one lacks. They stay. */
  missing: number;
  /** New messages that become a branch which is not shown, because the conversation goes on in another way here. */
  aside: number;
}

type Source = Pick<ImportedConversation, ImportedField> & { messages: readonly { at: number }[] };

/**
 * Compares a conversation with the one that an earlier import wrote, and writes nothing. Returns undefined when that
 * conversation was deleted.
 */
export async function compareImportedConversation(
  queryable: Queryable,
  source: Source,
  { id, fields }: EarlierConversation,
): Promise<ImportedComparison | undefined> {
  const here = await findConversation(queryable, id);
  if (here === undefined) return undefined;
  const known = await listImportedMessages(queryable, id);
  const kept = FIELDS.filter((field) => {
    const [imported, now] = [fields[field], hashOf(here[field])];
    return imported !== undefined && imported !== now && now !== hashOf(source[field]);
  });
  const places = new Set(source.messages.map(({ at }) => at));
  const before = new Set(known.map(({ at }) => at));
  const missing = known.filter(({ at }) => !places.has(at)).length;
  // The user may have gone on from the last imported message; then their branch stays the one that is shown.
  const isShown = missing === 0 && (known.length === 0 || here.head_id === known.at(-1)?.id);
  const added = source.messages.filter(({ at }) => !before.has(at)).length;
  return { kept, missing, aside: isShown ? 0 : added };
}

/**
 * Writes an imported conversation of the transaction's user. With `earlier` it changes the conversation that an earlier
 * import wrote: changed messages are replaced, new ones follow the last imported message, and what the user has added
 * since stays as a branch of its own, as do fields that the user has changed. Returns the hashes of the fields for the
 * next import; undefined when the earlier conversation was deleted.
 */
export async function writeImportedConversation(
  transaction: Transaction,
  conversation: ImportedConversation,
  earlier?: EarlierConversation,
): Promise<(EarlierConversation & { comparison: ImportedComparison }) | undefined> {
  const id = earlier?.id ?? createId('chat');
  const comparison = await lockAndCompare(transaction, conversation, earlier);
  if (comparison === undefined) return undefined;
  const known = earlier === undefined ? [] : await listImportedMessages(transaction, id);
  const writes: Statement[] = earlier === undefined ? [insertImportedConversation(id, conversation)] : [];
  const byPlace = new Map(known.map((message) => [message.at, message]));
  let last: string | null = null;
  let added = 0;
  for (const message of conversation.messages) {
    const old = byPlace.get(message.at);
    const messageId: string = old?.id ?? createId('msg');
    if (old === undefined) added += 1;
    if (old?.hash !== message.hash)
      writes.push(writeImportedMessage({ ...message, id: messageId, conversationId: id, parentId: last }));
    last = messageId;
  }
  const headId = added > 0 && comparison.aside === 0 ? (last ?? undefined) : undefined;
  const taken = <Field extends ImportedField>(field: Field) =>
    comparison.kept.includes(field) ? undefined : conversation[field];
  const marks = { tags: taken('tags'), favorite: taken('favorite'), archived: taken('archived') };
  writes.push(updateConversation(id, { title: taken('title'), ...marks, headId }));
  if (earlier !== undefined) {
    const changed: ChatEvent = { type: 'conversation_changed', data: { changed: ['messages'] } };
    writes.push(updateImportedTimes(id, conversation.updatedAt), appendChatEvent(id, changed));
  }
  await transaction.queryAll(writes);
  const fields = Object.fromEntries(FIELDS.map((field) => [field, hashOf(conversation[field])]));
  return { id, fields, comparison };
}

async function lockAndCompare(
  transaction: Transaction,
  source: Source,
  earlier: EarlierConversation | undefined,
): Promise<ImportedComparison | undefined> {
  if (earlier === undefined) return { kept: [], missing: 0, aside: 0 };
  await findConversationLocked(transaction, earlier.id);
  return compareImportedConversation(transaction, source, earlier);
}

function hashOf(value: string | boolean | readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
