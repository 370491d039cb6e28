import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { step } from '../../platform/step.ts';
import { processConsolidation } from '../consolidate/process.ts';
import { ConsolidateEntities } from '../tasks.ts';

/** Consolidates a user's entity files. Idempotent: duplicate and concurrent deliveries run each tool once. */
export const consolidateEntities = step(ConsolidateEntities, { secrets: MODEL_KEYS }).handle(
  ({ payload, database, signal }) =>
    processConsolidation({
      database,
      tenantId: payload.tenant_id,
      userId: payload.user_id,
      consolidationId: payload.consolidation_id,
      signal,
    }),
);
