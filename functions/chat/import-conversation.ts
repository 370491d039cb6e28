import type { Statement } from '../platform/database/batch.ts';
import type { Transaction } from '../platform/database/database.ts';
import { createId } from '../platform/id.ts';
import type { ChatEvent } from './chat-event.ts';
import type { ImportedConversation } from './imported.ts';
import { findConversationLocked, updateConversation } from './sql/conversation.ts';
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

/**
 * Writes an imported conversation of the transaction's user. With `id` it changes the conversation that an earlier
 * import wrote: changed messages are replaced, new ones follow the last imported message, and what the user has added
 * since stays as a branch of its own. Messages that the earlier import had and this one lacks stay, and are counted as
 * `missing`. Returns undefined when that conversation was deleted.
 */
export async function writeImportedConversation(
  transaction: Transaction,
  conversation: ImportedConversation,
  id?: string,
): Promise<{ id: string; missing: number } | undefined> {
  const conversationId = id ?? createId('chat');
  const before = id === undefined ? undefined : await findConversationLocked(transaction, id);
  if (id !== undefined && before === undefined) return undefined;
  const writes: Statement[] = before === undefined ? [insertImportedConversation(conversationId, conversation)] : [];
  const known = before === undefined ? [] : await listImportedMessages(transaction, conversationId);
  const byPlace = new Map(known.map((message) => [message.at, message]));
  let last: string | null = null;
  for (const message of conversation.messages) {
    const old = byPlace.get(message.at);
    const messageId: string = old?.id ?? createId('msg');
    if (old?.hash !== message.hash)
      writes.push(writeImportedMessage({ ...message, id: messageId, conversationId, parentId: last }));
    last = messageId;
  }
  const { title, archived, favorite, tags } = conversation;
  const places = new Set(conversation.messages.map(({ at }) => at));
  const missing = known.filter(({ at }) => !places.has(at)).length;
  // The user may have gone on from the last imported message; then their branch stays the one that is shown.
  const isShown = before === undefined || known.length === 0 || before.head_id === known.at(-1)?.id;
  const headId = isShown && missing === 0 ? (last ?? undefined) : undefined;
  writes.push(updateConversation(conversationId, { title, archived, favorite, tags, headId }));
  if (before !== undefined) {
    const changed: ChatEvent = { type: 'conversation_changed', data: { changed: ['messages'] } };
    writes.push(updateImportedTimes(conversationId, conversation.updatedAt), appendChatEvent(conversationId, changed));
  }
  await transaction.queryAll(writes);
  return { id: conversationId, missing };
}
