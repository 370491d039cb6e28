import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { LogLine } from '../events/event.ts';
import { requireRun } from '../find-run.ts';
import { RunParams } from '../run.ts';
import { listMatchingEvents } from '../sql/event.ts';

/** A cursor of one order is refused for the other order. */
const Positions = { oldest: z.strictObject({ after: z.int() }), newest: z.strictObject({ before: z.int() }) };
const Level = LogLine.shape.level;

/**
 * Declares: lists the log of a run, oldest or newest line first. Texts of a line are cut at 2,000 characters.
 *
 * To follow a run that is under way, repeat the call with the last `next_cursor`, or read the newest page and open the
 * stream with `last_event_id` = the highest `seq` of that page (without filters), or `event_seq` of `GET /runs/{id}`:
 * numbers have no gaps, so the stream continues without a gap and without a repetition.
 */
export const listLogsOf = (noun: 'run' | 'sprint') =>
  endpoint({
    name: `runs-list-${noun}-logs`,
    route: `GET /api/v1/${noun}s/{id}/logs`,
    access: 'runs:read',
    summary: `Lists a ${noun}'s log lines, oldest or newest first.`,
    params: RunParams,
    query: z.strictObject({
      ...pageQuery,
      order: z.enum(['oldest', 'newest']).default('oldest'),
      level: Level.optional(),
      min_level: Level.optional().meta({ description: 'This level and the more important ones' }),
      source: z.string().max(50).optional().meta({ description: '`system`, or the name of a worker' }),
      node: z.string().min(1).max(100).optional().meta({ description: 'Only lines about this node' }),
      type: z
        .string()
        .regex(/^[a-z_]{1,50}$/)
        .optional(),
      q: z.string().min(1).max(200).optional().meta({ description: 'A part of the message; case is ignored' }),
    }),
    reply: { 200: pageOf(LogLine) },
  }).query(async ({ params, query, read, cursor }) => {
    const { order, limit, level, source, node, type } = query;
    const from =
      order === 'newest'
        ? cursor.decode(query.cursor, Positions.newest)?.before
        : cursor.decode(query.cursor, Positions.oldest)?.after;
    const filter = { level, minLevel: query.min_level, source, node, type, text: query.q };
    const found = await listMatchingEvents(read, params.id, { ...filter, order, from, limit: limit + 1 });
    if (found.length === 0) await requireRun(read, params.id, noun);
    const items = found.slice(0, limit);
    const last = found.length > limit ? items.at(-1) : undefined;
    const position = last && (order === 'newest' ? { before: last.seq } : { after: last.seq });
    return { status: 200, body: { items, next_cursor: position ? cursor.encode(position) : null } };
  });
