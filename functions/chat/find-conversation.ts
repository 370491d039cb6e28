import type { Queryable } from '../platform/database/database.ts';
import { Problem } from '../platform/errors.ts';
import type { Message } from './chat.ts';
import { showMessages } from './show-messages.ts';
import { type ConversationRow, findConversation } from './sql/conversation.ts';
import { findMessage, type MessageRow } from './sql/message.ts';

/** Reads for endpoints. Each throws Problem 404 when the caller has no such conversation or message. */

/** Returns a conversation. @throws Problem 404 */
export async function requireConversation(queryable: Queryable, id: string): Promise<ConversationRow> {
  const found = await findConversation(queryable, id);
  if (found === undefined) throw new Problem('not-found', 'There is no such conversation.');
  return found;
}

/** Returns a message as it is stored. @throws Problem 404 */
export async function requireMessage(queryable: Queryable, id: string): Promise<MessageRow> {
  const found = await findMessage(queryable, id);
  if (found === undefined) throw new Problem('not-found', 'There is no such message.');
  return found;
}

/** Returns an answer with its run. @throws Problem 404, 409 for a message that no run answers with */
export async function requireAnswer(queryable: Queryable, id: string): Promise<MessageRow & { run_id: string }> {
  const found = await requireMessage(queryable, id);
  if (found.run_id === null) throw new Problem('conflict', 'The message is no answer, or a copy of one.');
  return { ...found, run_id: found.run_id };
}

/** Returns a message as the API shows it. @throws Problem 404 */
export async function showMessage(queryable: Queryable, id: string): Promise<Message> {
  const [message] = await showMessages(queryable, [await requireMessage(queryable, id)]);
  if (message === undefined) throw new Error(`The message ${id} was not shown`);
  return message;
}
