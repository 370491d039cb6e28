import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Instant } from '../../platform/instant.ts';
import { TimeZone } from '../../platform/time-zone.ts';
import { EntityPath } from '../files/ontology.ts';
import { type BranchCommitRow, countCommitsByDay, listBranchCommits } from '../sql/branch-commit.ts';

const Position = z.strictObject({ position: z.int() });

/** Entity files that one item names. A sync or a consolidation can change thousands; the diff of a file shows more. */
const MOST_ENTITIES = 20;
/** The newest days with a commit: more than ten years of a memory that changes daily. */
const MOST_DAYS = 4000;

const Count = z.int().nonnegative();
const Commit = z.strictObject({
  id: z.string(),
  position: z.int().meta({ description: 'The number of the commit on the branch, from 1' }),
  committed_at: z.string(),
  message: z.string(),
  kind: z.enum(['session', 'revert', 'consolidation', 'undo', 'sync', 'erased', 'other']).meta({
    description: '`erased`: the commit of an erased source, which changes nothing any more',
  }),
  author: z.enum(['person', 'run', 'service', 'repository']).meta({
    description:
      '`person` sent the session or asked for the change, `run` ended, `service` consolidates, `repository` is the linked one',
  }),
  source_id: z.string().nullable().meta({
    description: 'By kind: the session, the reverted source, the consolidation, or the commit of the linked repository',
  }),
  source_title: z.string().nullable().meta({
    description:
      'The beginning of the session or the reverted source: of a run its task, of a web page its address. null for a text that is gone and for other commits',
  }),
  session_kind: z.string().nullable().meta({ description: '`transcript`, or the kind of run' }),
  proposer: z.enum(['model', 'rules']).nullable(),
  remote_authors: z.array(z.string()).meta({ description: 'Names of the authors of synced commits' }),
  entities: z
    .array(z.strictObject({ path: z.string(), kind: z.enum(['created', 'changed', 'removed']) }))
    .meta({ description: `The first ${MOST_ENTITIES} changed entities by path` }),
  entity_count: Count.meta({ description: 'All changed entities' }),
  blocks: z.strictObject({ added: Count, changed: Count, removed: Count }),
  is_reverted: z.boolean().meta({ description: 'Whether a later commit reverted the session of this one' }),
  is_erased: z.boolean(),
});

const Day = z.strictObject({
  day: z.iso.date().meta({ description: 'In the zone of the request' }),
  commits: Count,
  blocks: Count.meta({ description: 'Blocks that these commits added, changed or removed' }),
});

/**
 * Lists the commits of the caller's whole memory, newest first: what made each, which entities it changed, and how many
 * blocks. `entity` selects the commits that changed one file; `from` (included) and `to` (not included) select by time.
 * With `days`, `days` counts all commits that match by day of the `zone`, newest day first and days without a commit
 * left out, whatever page is asked for. An empty memory has no commits.
 */
export const listCommits = endpoint({
  name: 'entities-list-commits',
  route: 'GET /api/v1/memory/commits',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Lists the commits of your memory, newest first, and counts them by day.',
  query: z.strictObject({
    ...pageQuery,
    entity: EntityPath.optional(),
    from: Instant.optional(),
    to: Instant.optional(),
    days: z.enum(['true', 'false']).default('false'),
    zone: TimeZone.default('UTC'),
  }),
  reply: { 200: pageOf(Commit).extend({ days: z.array(Day).nullable() }) },
}).query(async ({ query, read, cursor }) => {
  const { entity, from, to, limit, zone } = query;
  const filter = { entity, from, to };
  const below = cursor.decode(query.cursor, Position)?.position;
  const rows = await listBranchCommits(read, filter, { below, limit: limit + 1, entities: MOST_ENTITIES });
  const days = query.days === 'true' ? await countCommitsByDay(read, filter, { zone, limit: MOST_DAYS }) : null;
  const items = rows.slice(0, limit).map(commitOf);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return { status: 200, body: { items, next_cursor: last ? cursor.encode({ position: last.position }) : null, days } };
});

function commitOf({ added, changed, removed, ...row }: BranchCommitRow): z.input<typeof Commit> {
  return { ...row, author: authorOf(row), blocks: { added, changed, removed }, is_erased: row.kind === 'erased' };
}

function authorOf({ kind, session_kind: session }: Pick<BranchCommitRow, 'kind' | 'session_kind'>) {
  if (kind === 'sync') return 'repository' as const;
  if (kind === 'session' && session !== null && session !== 'transcript') return 'run' as const;
  return kind === 'consolidation' || kind === 'other' ? ('service' as const) : ('person' as const);
}
