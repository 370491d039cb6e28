import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { idSchema } from '../../platform/id.ts';
import { Job, jobView } from '../ingest/job.ts';
import { findJob } from '../sql/memory-job.ts';

/** Shows the state of a session and the diff of its changes. 404 for other users. */
export const getJob = endpoint({
  name: 'entities-get-job',
  route: 'GET /api/v1/memory/jobs/{id}',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Shows the state of a session that your memory received.',
  params: z.strictObject({ id: idSchema('job') }),
  reply: { 200: Job },
}).query(async ({ params, read }) => {
  const job = await findJob(read, { id: params.id });
  if (job === undefined) throw new Problem('not-found', 'The job does not exist.');
  return { status: 200, body: await jobView(read, job) };
});
