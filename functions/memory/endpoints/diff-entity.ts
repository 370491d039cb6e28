import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import type { Reads } from '../../platform/endpoint-contract.ts';
import { Problem } from '../../platform/errors.ts';
import { Instant } from '../as-of.ts';
import { textsAt } from '../branch/apply-change-set.ts';
import { openCommit } from '../branch/open-commit.ts';
import { BlockChange, diffBlocks } from '../entities/diff-blocks.ts';
import { EntityPath } from '../entities/ontology.ts';
import { findCommit, listHistory } from '../sql/memory-commit.ts';

const CommitId = z.string().regex(/^[0-9a-f]{40}$/, 'must be a commit id');
/** One end of a diff: a commit, or the branch as it was at a moment. */
const End = z.union([CommitId, Instant]).meta({ description: 'A commit id, or a time with its zone' });

/**
 * What changed in an entity between two commits or moments, block by block; by default what the newest of its changes did. 404 for an entity or a commit that is
 * not there.
 */
export const diffEntity = endpoint({
  name: 'memory-diff-entity',
  route: 'GET /api/v1/memory/entities/{entity+}/diff',
  access: 'memory:read',
  summary: 'Shows what changed in an entity between two commits or times, by block.',
  params: z.strictObject({ entity: EntityPath }),
  query: z.strictObject({ from: End.optional(), to: End.optional() }),
  reply: {
    200: z.strictObject({
      path: z.string(),
      from: z.string().nullable().meta({ description: 'The older commit; null for before the first' }),
      to: z.string(),
      blocks: z.array(BlockChange),
    }),
  },
}).query(async ({ params: { entity }, query, read }) => {
  const [newest] = await listHistory(read, { path: entity, below: undefined, limit: 1 });
  if (newest === undefined) throw new Problem('not-found', 'There is no such entity.');
  const to = await commitAt(read, query.to ?? newest.commit_id);
  if (to === undefined) throw new Problem('not-found', 'There is no such commit.');
  const from = query.from === undefined ? await commitBefore(read, to, entity) : await commitAt(read, query.from);
  if (from === undefined && query.from !== undefined && CommitId.safeParse(query.from).success) {
    throw new Problem('not-found', 'There is no such commit.');
  }
  const [before, after] = [await textsAt(read, from?.tree_id, [entity]), await textsAt(read, to.tree_id, [entity])];
  const blocks = diffBlocks(before.get(entity), after.get(entity));
  return { status: 200, body: { path: entity, from: from?.id ?? null, to: to.id, blocks } };
});

async function commitAt(read: Reads, end: string) {
  return CommitId.safeParse(end).success ? findCommit(read, { id: end }) : openCommit(read, end);
}

/** The last commit before the one that last changed the entity, as of `to`. */
async function commitBefore(read: Reads, to: { position: number }, entity: string) {
  const [change] = await listHistory(read, { path: entity, below: to.position + 1, limit: 1 });
  return change === undefined ? undefined : findCommit(read, { position: change.position - 1 });
}
