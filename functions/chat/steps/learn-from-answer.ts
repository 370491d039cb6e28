import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { step } from '../../platform/step.ts';
import { LearnFromAnswer } from '../tasks.ts';

/** Proposes what can be remembered from an answer that has ended. Idempotent: any number of deliveries propose once. */
export const learnFromAnswerStep = step(LearnFromAnswer, { secrets: MODEL_KEYS }).handle(
  async ({ payload, database, signal }) => {
    const { learnFromAnswer } = await import('../memory/learn-from-answer.ts');
    await learnFromAnswer({ database, tenantId: payload.tenant_id, runId: payload.run_id, signal });
  },
);
