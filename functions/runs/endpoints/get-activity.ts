import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { requireRun } from '../find-run.ts';
import { RunParams, Timestamp } from '../run.ts';
import { findEventSpan, listActivity } from '../sql/event.ts';

const Bucket = z.strictObject({
  events: z.int(),
  problems: z.int().meta({ description: 'Warnings and errors' }),
  first_seq: z.int().nullable().meta({ description: 'The number of the first event; null for an empty bucket' }),
});
const Activity = z.strictObject({
  from: Timestamp.meta({ description: 'The time of the first event' }),
  to: Timestamp.meta({ description: 'The time of the last event so far' }),
  buckets: z.array(Bucket).meta({ description: 'Parts of equal length of the time between them' }),
});

/** Counts the events of a run in parts of its time, for a time line. It reads each event of the run once. */
export const getActivity = endpoint({
  name: 'runs-get-activity',
  route: 'GET /api/v1/runs/{id}/activity',
  access: 'runs:read',
  summary: "Counts a run's events over its time, warnings and errors apart.",
  params: RunParams,
  query: z.strictObject({ buckets: z.coerce.number().int().min(1).max(200).default(120) }),
  reply: { 200: Activity },
}).query(async ({ params, query, read }) => {
  const span = await findEventSpan(read, params.id);
  if (span === undefined) {
    await requireRun(read, params.id);
    throw new Error(`The run ${params.id} has no first event`);
  }
  const found = await listActivity(read, params.id, span, query.buckets);
  const buckets = Array.from({ length: query.buckets }, () => ({ events: 0, problems: 0, first_seq: null }) as Counted);
  for (const { bucket, ...counted } of found) buckets[bucket] = counted;
  return { status: 200, body: { ...span, buckets } };
});

type Counted = z.input<typeof Bucket>;
