import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { RunId, Timestamp } from '../../runs/run.ts';
import { CouncilId, CouncilLine } from '../council/council.ts';
import { listCouncils as list } from '../sql/council.ts';

const Position = z.strictObject({ created_at: Timestamp, id: CouncilId });

/** Lists the tenant's councils without their rounds, newest first. */
export const listCouncils = endpoint({
  name: 'agents-list-councils',
  route: 'GET /api/v1/agents/council',
  access: 'agents:read',
  summary: "Lists the tenant's councils, newest first.",
  query: z.strictObject({
    ...pageQuery,
    q: z.string().trim().min(1).max(200).optional().meta({ description: 'A part of the question; case is ignored' }),
    run_id: RunId.optional().meta({ description: 'Only the council of this run' }),
  }),
  reply: { 200: pageOf(CouncilLine) },
}).query(async ({ query, read, cursor }) => {
  const before = cursor.decode(query.cursor, Position);
  const rows = await list(read, { text: query.q, runId: query.run_id }, { before, limit: query.limit + 1 });
  const items = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? items.at(-1) : undefined;
  const position = last && { created_at: last.created_at, id: last.id };
  return { status: 200, body: { items, next_cursor: position ? cursor.encode(position) : null } };
});
