import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { step } from '../../platform/step.ts';
import { ConsolidateEntities } from '../tasks.ts';

/** Consolidates a user's entity files. Idempotent: duplicate and concurrent deliveries run each tool once. */
export const consolidateEntities = step(ConsolidateEntities, { secrets: MODEL_KEYS }).handle(
  async ({ payload, database, signal }) => {
    const { processConsolidation } = await import('../consolidate/process.ts');
    await processConsolidation({
      database,
      tenantId: payload.tenant_id,
      userId: payload.user_id,
      consolidationId: payload.consolidation_id,
      signal,
    });
  },
);
