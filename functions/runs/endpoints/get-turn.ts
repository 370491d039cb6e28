import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { requireRun } from '../find-run.ts';
import { RunId } from '../run.ts';
import { findTurnDetail } from '../turns/turn-detail.ts';
import { TurnDetail } from '../turns/turn-view.ts';

/**
 * Returns a recorded turn: what the model was told, said and called, what came back, what was remembered and written,
 * and what it cost. The context is rebuilt from the records (`turns/context-parts.ts`).
 */
export const getTurn = endpoint({
  name: 'runs-get-turn',
  route: 'GET /api/v1/runs/{id}/nodes/{node}/turns/{turn}',
  access: 'runs:read',
  summary: 'Shows a turn: its context in parts, the answer, tool calls with outputs, memory, files, attempts and cost.',
  params: z.strictObject({
    id: RunId,
    node: z.string().min(1).max(100).meta({ description: "The node's id in the graph" }),
    turn: z.coerce.number().int().min(0).max(10_000).meta({ description: 'Counted from 0' }),
  }),
  reply: { 200: TurnDetail },
}).query(async ({ params, read }) => {
  const body = await findTurnDetail(read, params.id, params.node, params.turn);
  if (body === undefined) {
    await requireRun(read, params.id);
    throw new Problem('not-found', 'The run has no such turn, or the model has not answered it yet.');
  }
  return { status: 200, body };
});
