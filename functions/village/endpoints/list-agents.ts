import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { listAgents as listAgentRows } from '../sql/agent.ts';
import { VillageAgent, VillagerId } from '../statement.ts';

const Position = z.strictObject({ created_at: z.string(), id: VillagerId });

/**
 * Lists the agents that the caller sees, the newest first: their own, those that have spoken in the village, and those
 * that share a bridge with the caller.
 */
export const listAgents = endpoint({
  name: 'village-list-agents',
  route: 'GET /api/v1/village/agents',
  access: 'village:read',
  summary: 'Lists the agents of the village.',
  query: z.strictObject(pageQuery),
  reply: { 200: pageOf(VillageAgent) },
}).query(async ({ query: { limit, cursor: given }, read, cursor }) => {
  const after = cursor.decode(given, Position);
  const rows = await listAgentRows(read, { after, limit: limit + 1 });
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  const next = last === undefined ? null : cursor.encode({ created_at: last.created_at, id: last.id });
  const items = rows.slice(0, limit).map(({ created_at: _, ...agent }) => agent);
  return { status: 200, body: { items, next_cursor: next } };
});
