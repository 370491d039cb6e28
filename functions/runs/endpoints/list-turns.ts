import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { requireRun } from '../find-run.ts';
import { RunParams, Timestamp } from '../run.ts';
import { listTurnSummaries } from '../sql/turn-view.ts';
import { TurnSummary } from '../turns/turn-view.ts';

const Position = z.strictObject({
  order: z.enum(['oldest', 'newest']),
  at: Timestamp,
  node_id: z.string(),
  turn: z.int(),
});

/**
 * Lists the recorded turns of a run by the time of their answer. A turn appears when the model has answered; until then
 * its text comes as deltas of the stream.
 */
export const listTurns = endpoint({
  name: 'runs-list-turns',
  route: 'GET /api/v1/runs/{id}/turns',
  access: 'runs:read',
  summary: "Lists a run's turns with model, tokens, cost and the start of the answer.",
  params: RunParams,
  query: z.strictObject({
    ...pageQuery,
    order: z.enum(['oldest', 'newest']).default('oldest'),
    node: z.string().min(1).max(100).optional(),
  }),
  reply: { 200: pageOf(TurnSummary) },
}).query(async ({ params, query, read, cursor }) => {
  const { order, node, limit } = query;
  const from = cursor.decode(query.cursor, Position.extend({ order: z.literal(order) }));
  const found = await listTurnSummaries(read, params.id, { node, order, from, limit: limit + 1 });
  if (found.length === 0) await requireRun(read, params.id);
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  const next = last && { order, at: last.completed_at, node_id: last.node_id, turn: last.turn };
  const items = page.map(({ node_id: _, ...turn }) => turn);
  return { status: 200, body: { items, next_cursor: next ? cursor.encode(next) : null } };
});
