import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { step } from '../../platform/step.ts';
import { processJob } from '../ingest/process.ts';
import { ProcessSession } from '../ingest/process-task.ts';

/** Makes an archived session a change set, and a commit where it is asked for. Rung any number of times, it does it once. */
export const proposeChanges = step(ProcessSession, { secrets: MODEL_KEYS }).handle(({ payload, database, signal }) =>
  processJob({
    database,
    tenantId: payload.tenant_id,
    userId: payload.user_id,
    jobId: payload.job_id,
    signal,
  }),
);
