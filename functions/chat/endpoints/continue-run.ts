import { z } from 'zod';
import { cutText } from '../../platform/cut-text.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { createId } from '../../platform/id.ts';
import { showRun } from '../../runs/find-run.ts';
import { hasEnded, RunId } from '../../runs/run.ts';
import { Conversation, titleOf } from '../chat.ts';
import { requireConversation } from '../find-conversation.ts';
import { insertConversation, updateConversation } from '../sql/conversation.ts';
import { insertMessage } from '../sql/message.ts';

/** The most characters of a run's result that begin a conversation. */
const LONGEST_RESULT = 60_000;

/**
 * Begins a conversation about a run that has ended: its task is the first message, its result the first answer, so that
 * one can ask on. 404 for an unknown run, 409 for one that has not ended or has no result.
 */
export const continueRun = endpoint({
  name: 'chat-continue-run',
  route: 'POST /api/v1/chat/conversations',
  access: 'chat:write',
  summary: 'Begins a conversation with the task and the result of a run.',
  body: z.strictObject({ run_id: RunId }),
  reply: { 201: Conversation },
}).handle(async ({ body, transaction }) => {
  const run = await showRun(transaction, body.run_id);
  if (!hasEnded(run.status) || run.result === null)
    throw new Problem('conflict', `The run is ${run.status} and has no result to talk about.`);
  const [id, question, answer] = [createId('chat'), createId('msg'), createId('msg')];
  const common = { conversationId: id, status: 'complete' as const };
  await transaction.queryAll([
    insertConversation({ id, title: titleOf(run.query), target: { type: 'run', id: run.id } }),
    insertMessage({ ...common, id: question, parentId: null, role: 'user', content: run.query }),
    insertMessage({
      ...common,
      id: answer,
      parentId: question,
      role: 'assistant',
      content: cutText(run.result, LONGEST_RESULT),
      metadata: { run_id: run.id },
    }),
    updateConversation(id, { headId: answer }),
  ]);
  return { status: 201, body: await requireConversation(transaction, id) };
});
