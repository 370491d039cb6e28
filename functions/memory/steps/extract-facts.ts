import { ExtractFacts } from '../../entities/tasks.ts';
import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { step } from '../../platform/step.ts';

/** Learns from an ended run. Idempotent: concurrent and repeated deliveries write the run's facts once. */
export const extractFacts = step(ExtractFacts, { secrets: MODEL_KEYS }).handle(
  async ({ payload, database, signal }) => {
    const { learnFromSession } = await import('../learn.ts');
    await learnFromSession({ database, tenantId: payload.tenant_id, runId: payload.run_id, signal });
  },
);
