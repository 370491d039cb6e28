import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { RunId, Timestamp } from '../run.ts';
import { RunSummary } from '../run-view.ts';
import { isBeforeTombstones, listDeletedRuns, TOMBSTONE_DAYS } from '../sql/deleted-run.ts';
import { countChanges, findWatermark, listChangedRuns } from '../sql/run-list.ts';

/** The most runs in one answer, and the most deleted ones. */
const MOST_ITEMS = 200;
const Watermark = z.strictObject({ at: Timestamp, snapshot: z.string().regex(/^\d+:\d+:(\d+(,\d+)*)?$/) });
const Changes = z.strictObject({
  watermark: z.string().meta({ description: 'Send it as `since` next time' }),
  items: z.array(RunSummary),
  deleted: z
    .array(z.strictObject({ id: RunId, deleted_at: Timestamp }))
    .meta({ description: 'Runs that were deleted since; their ids are never used again' }),
  more: z.boolean().meta({
    description: `More runs have changed or were deleted than are listed, or the watermark is older than ${TOMBSTONE_DAYS} days: read the list again`,
  }),
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
 * after its end is not a change. A deleted run is listed in `deleted`, also when it was created since.
 */
export const listChangedRunsEndpoint = endpoint({
  name: 'runs-list-changed-runs',
  route: 'GET /api/v1/runs/changes',
  access: 'runs:read',
  summary: 'Lists the runs that have changed or were deleted since a watermark, with counts of what happened.',
  query: z.strictObject({
    since: z.string().min(1).max(8_000).optional().meta({ description: '`watermark` of an earlier answer' }),
  }),
  reply: { 200: Changes },
}).query(async ({ query, read, cursor }) => {
  const since = cursor.decode(query.since, Watermark);
  const now = await findWatermark(read);
  const watermark = cursor.encode(now);
  if (since === undefined)
    return { status: 200, body: { watermark, items: [], deleted: [], more: false, counts: NONE } };
  const [changed, gone, counts] = await Promise.all([
    listChangedRuns(read, since, MOST_ITEMS + 1),
    listDeletedRuns(read, since, MOST_ITEMS + 1),
    countChanges(read, since),
  ]);
  const more = changed.length > MOST_ITEMS || gone.length > MOST_ITEMS || isBeforeTombstones(since, now);
  const [items, deleted] = [changed.slice(0, MOST_ITEMS), gone.slice(0, MOST_ITEMS)];
  return { status: 200, body: { watermark, items, deleted, more, counts } };
});
