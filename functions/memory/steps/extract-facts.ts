import { ExtractFacts } from '../../entities/tasks.ts';
import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { step } from '../../platform/step.ts';
import { learnFromSession } from '../learn.ts';

/** Learns from an ended run. Idempotent: concurrent and repeated deliveries write the run's facts once. */
export const extractFacts = step(ExtractFacts, { secrets: MODEL_KEYS }).handle(({ payload, database, signal }) =>
  learnFromSession({ database, tenantId: payload.tenant_id, runId: payload.run_id, signal }),
);
