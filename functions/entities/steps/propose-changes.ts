import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { step } from '../../platform/step.ts';
import { ProposeChanges } from '../ingest/job.ts';
import { proposeAndStage } from '../ingest/process.ts';

/** Makes an archived session a change set, and a commit where it is asked for. Rung any number of times, it does it once. */
export const proposeChanges = step(ProposeChanges, { secrets: MODEL_KEYS }).handle(({ payload, database, signal }) =>
  proposeAndStage({
    database,
    tenantId: payload.tenant_id,
    userId: payload.user_id,
    jobId: payload.job_id,
    signal,
  }),
);
