import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Timestamp } from '../run.ts';
import { RunSummary } from '../run-view.ts';
import { countChanges, findWatermark, listChangedRuns } from '../sql/run-list.ts';

/** The most runs in one answer. */
const MOST_ITEMS = 200;
const Watermark = z.strictObject({ at: Timestamp, snapshot: z.string().regex(/^\d+:\d+:(\d+(,\d+)*)?$/) });
const Changes = z.strictObject({
  watermark: z.string().meta({ description: 'Send it as `since` next time' }),
  items: z.array(RunSummary),
  more: z.boolean().meta({ description: 'More runs have changed than are listed: read the list again' }),
  counts: z
    .strictObject({
      started: z.int(),
      waiting_input: z.int(),
      completed: z.int(),
      failed: z.int().meta({ description: 'Those that used up their budget included' }),
      cancelled: z.int(),
    })
    .meta({ description: 'Runs that did so since, each counted once' }),
});
const NONE = { started: 0, waiting_input: 0, completed: 0, failed: 0, cancelled: 0 };

/**
 * Lists the runs that have changed since a watermark. Without `since` it answers the watermark of now and no runs.
 *
 * Guarantee: a change is in the first answer after its commit, also when a transaction with a later time committed
 * before it, because the watermark is a snapshot of the database and not a time. A run may be listed again without a
 * further change, so a client replaces runs by their id. What learning adds to the cost of a run later than an hour
 * after its end is not a change, and a deleted run is in no answer.
 */
export const listChangedRunsEndpoint = endpoint({
  name: 'runs-list-changed-runs',
  route: 'GET /api/v1/runs/changes',
  access: 'runs:read',
  summary: 'Lists the runs that have changed since a watermark, with counts of what happened.',
  query: z.strictObject({
    since: z.string().min(1).max(8_000).optional().meta({ description: '`watermark` of an earlier answer' }),
  }),
  reply: { 200: Changes },
}).query(async ({ query, read, cursor }) => {
  const since = cursor.decode(query.since, Watermark);
  const watermark = cursor.encode(await findWatermark(read));
  if (since === undefined) return { status: 200, body: { watermark, items: [], more: false, counts: NONE } };
  const [found, counts] = await Promise.all([listChangedRuns(read, since, MOST_ITEMS + 1), countChanges(read, since)]);
  const items = found.slice(0, MOST_ITEMS);
  return { status: 200, body: { watermark, items, more: found.length > MOST_ITEMS, counts } };
});
