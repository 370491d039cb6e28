import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { step } from '../../platform/step.ts';
import { ProposeChanges } from '../tasks.ts';

/**
 * Proposes the changes of an archived session, stages them, and commits them when the job asks for it. Idempotent:
 * duplicate and concurrent deliveries are no-ops.
 */
export const proposeChanges = step(ProposeChanges, { secrets: MODEL_KEYS }).handle(
  async ({ payload, database, signal }) => {
    const { proposeAndStage } = await import('../ingest/process.ts');
    await proposeAndStage({
      database,
      tenantId: payload.tenant_id,
      userId: payload.user_id,
      jobId: payload.job_id,
      signal,
    });
  },
);
