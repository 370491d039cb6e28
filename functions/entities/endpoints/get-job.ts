import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { idSchema } from '../../platform/id.ts';
import { Job, jobView } from '../ingest/job.ts';
import { findJob } from '../sql/memory-job.ts';

/** Where a session of the caller's stands, with the diff of what it changes. Another person's job is 404. */
export const getJob = endpoint({
  name: 'entities-get-job',
  route: 'GET /api/v1/memory/jobs/{id}',
  access: 'memory:read',
  summary: 'Tells where a session stands on its way into your memory.',
  params: z.strictObject({ id: idSchema('job') }),
  reply: { 200: Job },
}).query(async ({ params, read }) => {
  const job = await findJob(read, { id: params.id });
  if (job === undefined) throw new Problem('not-found', 'There is no such job.');
  return { status: 200, body: await jobView(read, job) };
});
