import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { idSchema } from '../../platform/id.ts';
import { Memory } from '../memory.ts';
import { listFactVersions } from '../sql/memory.ts';

const MOST_VERSIONS = 200;

const Version = Memory.pick({
  id: true,
  text: true,
  valid_from: true,
  valid_to: true,
  superseded_by: true,
  trust: true,
  confidence: true,
  source: true,
  source_kind: true,
  source_id: true,
  author: true,
  recorded_at: true,
}).extend({
  merged_into: z.string().nullable().meta({
    description: 'The fact that its user merged this one into; deleting that one deletes this one, too',
  }),
  is_current: z.boolean().meta({ description: 'Whether this version is true now' }),
});

/**
 * Lists the versions of a fact: the facts that answer the same question, of which one is true at any time, newest
 * first; then the facts that were merged into it. Each says since when and until when it is true, which fact replaced
 * it, and its source. Facts that the caller cannot see are left out. Answers 404 for a fact that the caller cannot see.
 */
export const listFactHistory = endpoint({
  name: 'memory-list-fact-history',
  route: 'GET /api/v1/memory/{id}/history',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Lists the versions of a fact, newest first.',
  params: z.strictObject({ id: idSchema('mem') }),
  reply: { 200: z.strictObject({ items: z.array(Version) }) },
}).query(async ({ params, read }) => {
  const rows = await listFactVersions(read, params.id, MOST_VERSIONS);
  if (rows.length === 0) throw new Problem('not-found', 'There is no such fact.');
  const now = Date.now();
  const items = rows.map(({ valid_from: from, valid_to: to, ...row }) => ({
    id: row.id,
    text: row.text,
    valid_from: from,
    valid_to: to,
    superseded_by: row.superseded_by,
    merged_into: row.merged_into,
    trust: row.trust,
    confidence: row.confidence,
    source: row.source,
    source_kind: row.source_kind,
    source_id: row.source_id,
    author: row.author,
    recorded_at: row.recorded_at,
    is_current: Date.parse(from) <= now && (to === null || Date.parse(to) > now),
  }));
  return { status: 200, body: { items } };
});
