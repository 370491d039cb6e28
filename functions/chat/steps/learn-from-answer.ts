import { NotNow } from '../../platform/errors.ts';
import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { step } from '../../platform/step.ts';
import { appendChatEvent } from '../sql/event.ts';
import { findAnswerOfRun } from '../sql/message.ts';
import { LearnFromAnswer } from '../tasks.ts';

/**
 * Proposes what can be remembered from an answer that has ended, and tells the readers of the conversation. The task is
 * enqueued when the answer's node ends, a moment before its message does. Idempotent: any number of deliveries propose
 * once.
 */
export const learnFromAnswerStep = step(LearnFromAnswer, { secrets: MODEL_KEYS }).handle(
  async ({ payload: { tenant_id: tenantId, run_id: runId }, database, signal }) => {
    const tenant = database.as({ kind: 'tenant', tenantId });
    const answer = await findAnswerOfRun(tenant, runId);
    if (answer === undefined) return;
    if (answer.status === 'answering') throw new NotNow('The answer has not ended', 1);
    const { learnFromAnswer } = await import('../memory/learn-from-answer.ts');
    const proposed = await learnFromAnswer({ database, tenantId, messageId: answer.id, signal });
    if (proposed === 0) return;
    const event = { type: 'facts_proposed', data: { message_id: answer.id } } as const;
    await tenant.query(appendChatEvent(answer.conversation_id, event));
  },
);
