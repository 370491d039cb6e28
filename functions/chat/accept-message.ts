import { z } from 'zod';
import type { Transaction } from '../platform/database/database.ts';
import { Problem } from '../platform/errors.ts';
import { createId, idSchema } from '../platform/id.ts';
import { startRun } from '../runs/lifecycle/start.ts';
import { refuseUnusable } from '../runs/open-model.ts';
import { singleGraph } from '../runs/planning/graph.ts';
import { ModelText } from '../runs/run.ts';
import { BudgetUsd } from '../runs/run-view.ts';
import { MOST_ATTACHMENTS, requireAttachments } from './attachments.ts';
import { ASSISTANT, ConversationId, MessageId, TakeAnswer, titleOf } from './chat.ts';
import {
  findConversationLocked,
  insertConversation,
  type LockedConversation,
  updateConversationAnswering,
} from './sql/conversation.ts';
import { appendChatEvent } from './sql/event.ts';
import { findAnswerToClientId, findMessage, insertMessage } from './sql/message.ts';

/** A message of a person, as `POST /chat/message` and the WebSocket take it. */
export const NewMessageBody = z.strictObject({
  message: z.string().trim().min(1).max(100_000),
  conversation_id: ConversationId.optional().meta({ description: 'Left out: a new conversation' }),
  model: ModelText.optional().meta({ description: '`provider/model`; left out: the model of the worker `assistant`' }),
  parent_id: MessageId.nullable().optional().meta({
    description:
      'The message after which this one stands, to ask again with other words: a new branch, nothing is overwritten. Null: the beginning. Left out: after the last message that is shown.',
  }),
  client_id: z.string().min(1).max(100).optional().meta({
    description: 'An id of the sender. A message that is sent again with the same id is not repeated',
  }),
  attachments: z.array(idSchema('upl')).max(MOST_ATTACHMENTS).default([]).meta({ description: 'Finished uploads' }),
  budget_usd: BudgetUsd.optional().meta({ description: 'The most that this answer may cost' }),
});
export type NewMessageBody = z.output<typeof NewMessageBody>;

/** The message that will be the answer, and its run. */
export interface Accepted {
  conversationId: string;
  messageId: string;
  runId: string;
}

/**
 * Accepts a message in one transaction: stores it, starts the run that answers it and inserts the answer's message, so
 * an accepted message is never lost. A message with a known `client_id` returns the answer that it already has.
 * @throws Problem 404 for an unknown conversation or parent, 409 while another answer is under way and for the
 * `client_id` of another message, 422 for an upload that cannot be attached and a model without a key, 429 and 501 of
 * {@link startRun}
 */
export async function acceptMessage(transaction: Transaction, body: NewMessageBody): Promise<Accepted> {
  const known = body.client_id === undefined ? undefined : await findAnswerToClientId(transaction, body.client_id);
  if (known !== undefined && (known.question !== body.message || isOther(known.conversation_id, body.conversation_id)))
    throw new Problem('conflict', 'Another message was sent with this client_id.');
  if (known?.run_id) return { conversationId: known.conversation_id, messageId: known.id, runId: known.run_id };
  if (body.model !== undefined) await refuseUnusable([{ choice: body.model, path: 'body.model' }]);
  const conversation = await findOrCreate(transaction, body);
  if (conversation.answering !== null)
    throw new Problem('conflict', `The answer ${conversation.answering} is under way; wait for its end or stop it.`);
  const parentId = body.parent_id === undefined ? conversation.head_id : body.parent_id;
  if (parentId !== null) await requireParent(transaction, conversation, parentId);
  const attachments = await requireAttachments(transaction, body.attachments);
  const [questionId, answerId] = [createId('msg'), createId('msg')];
  const settings = { kind: 'chat' as const, query: body.message, team: [], budget_usd: body.budget_usd };
  const runId = await startRun(transaction, settings, singleGraph(ASSISTANT), {
    turnStep: TakeAnswer.step,
    choice: () => body.model,
  });
  const common = { conversationId: conversation.id };
  await transaction.queryAll([
    insertMessage({
      ...common,
      id: questionId,
      parentId,
      role: 'user',
      status: 'complete',
      content: body.message,
      clientId: body.client_id,
      metadata: attachments.length === 0 ? {} : { attachments },
    }),
    insertMessage({
      ...common,
      id: answerId,
      parentId: questionId,
      role: 'assistant',
      status: 'answering',
      content: '',
      runId,
    }),
    updateConversationAnswering(conversation.id, answerId, runId),
    appendChatEvent(conversation.id, {
      type: 'message_added',
      data: { message_id: questionId, role: 'user', parent_id: parentId },
    }),
    appendChatEvent(conversation.id, { type: 'answer_started', data: { message_id: answerId, run_id: runId } }),
  ]);
  return { ...common, messageId: answerId, runId };
}

function isOther(conversationId: string, named: string | undefined): boolean {
  return named !== undefined && named !== conversationId;
}

async function findOrCreate(transaction: Transaction, body: NewMessageBody): Promise<LockedConversation> {
  if (body.conversation_id !== undefined) {
    const found = await findConversationLocked(transaction, body.conversation_id);
    if (found === undefined) throw new Problem('not-found', 'There is no such conversation.');
    return found;
  }
  const id = createId('chat');
  const title = titleOf(body.message);
  await transaction.query(insertConversation({ id, title, target: { type: 'chat', id: 'chat' } }));
  return { id, title, head_id: null, answering: null };
}

/** @throws Problem 404 */
async function requireParent(
  transaction: Transaction,
  { id: conversationId, head_id: headId }: LockedConversation,
  parentId: string,
): Promise<void> {
  const parent = await findMessage(transaction, parentId);
  if (parent?.conversation_id !== conversationId)
    throw new Problem('not-found', 'The conversation has no such message as the parent_id names.');
  // An imported conversation may end with a question that nobody has answered.
  if (parent.role === 'user' && parent.id !== headId)
    throw new Problem('invalid-request', 'The parent_id names a question; a new message stands after an answer.');
}
