import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { idSchema } from '../../platform/id.ts';
import { Proposal } from '../facts/proposal.ts';
import { listMemoryProposals } from '../sql/memory-proposal.ts';

const Position = z.strictObject({ id: idSchema('prop') });

/**
 * Lists the proposals that the caller may decide, newest first: for facts of their own runs, and for an admin those
 * that members endorsed for a worker or the tenant. Nobody else sees a fact before its user endorses it.
 */
export const listProposals = endpoint({
  name: 'memory-list-proposals',
  route: 'GET /api/v1/memory/proposals',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Lists the proposed promotions that you may decide.',
  query: z.strictObject(pageQuery),
  reply: { 200: pageOf(Proposal) },
}).query(async ({ query, read, cursor }) => {
  const after = cursor.decode(query.cursor, Position);
  const rows = await listMemoryProposals(read, after?.id, query.limit + 1);
  const items = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? items.at(-1) : undefined;
  return { status: 200, body: { items, next_cursor: last === undefined ? null : cursor.encode({ id: last.id }) } };
});
