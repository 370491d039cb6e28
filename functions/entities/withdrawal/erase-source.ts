import type { Transaction } from '../../platform/database/database.ts';
import { archiveText } from '../ingest/transcript.ts';
import { findFirstCommitOf } from '../sql/branch-history.ts';
import {
  deleteCommitsFrom,
  deleteUnreachedObjects,
  findHistoryCounts,
  insertBlocksOfCommits,
  insertChangesOfCommits,
  insertCommits,
  updateChangeSetsLeft,
  updateCommitIds,
} from '../sql/branch-rewrite.ts';
import { updateConsolidationsRemade } from '../sql/consolidation-rewrite.ts';
import { listBlocks } from '../sql/memory-block.ts';
import { claimRepository, findHead, type HeadRow, type RepositoryRow, updateRef } from '../sql/memory-repository.ts';
import { listSessionTurns } from '../sql/session-turn.ts';
import { updateJobFaults } from '../sql/source-session.ts';
import type { ErasedEntities } from './erased-entities.ts';
import type { SourceReach } from './in-source-repositories.ts';
import { endLinkedRepository } from './linked-repository.ts';
import { NewFiles } from './new-files.ts';
import { type Past, type PastSession, readPast } from './past.ts';
import { BranchRemaker } from './remake-branch.ts';
import { sourceSessions } from './revert-source.ts';
import { type StagedSettled, settleStaged, stagedSince } from './settle-staged.ts';
import { type RemadeCommit, type SourceSessions, withoutSource } from './without-source.ts';

/**
 * Erases a source from a person's files and from their history: every commit from its first one on is made anew, where and when it was, as if the source's
 * sessions had never been, and what the old ones alone reached is deleted. A commit of the source stays as one that changes nothing and says nothing, so that
 * positions keep counting. The branch moves by compare-and-swap under the repository's lock, all in the caller's transaction: all of it, or nothing.
 *
 * The source's own job and change set are for `erase_memory_source` to delete.
 */
export async function eraseSource(transaction: Transaction, reach: SourceReach): Promise<ErasedEntities> {
  const repository = await claimRepository(transaction);
  const head = repository && (await findHead(transaction, repository.branch));
  const source = await withArchives(transaction, reach);
  const first = await findFirstCommitOf(transaction, [...reach.own, ...reach.influenced]);
  if (repository === undefined || head === undefined || first === undefined) {
    const { dropped } = await settleStaged(transaction, reach, { staged: [], files: undefined, source });
    return { ...NOT_REWRITTEN, rows: { memory_change_sets: dropped.length } };
  }
  const before = await findHistoryCounts(transaction);
  const linked = await endLinkedRepository(transaction);
  const staged = await stagedSince(transaction, first);
  const past = await readPast(
    transaction,
    first,
    staged.flatMap(({ session }) => [...session.shown]),
  );
  const files = new NewFiles(past);
  const remaker = new BranchRemaker(
    { transaction, owner: reach.owner, sourceId: reach.sourceId },
    {
      past,
      files,
      blocks: past.parent ? await listBlocks(transaction, { asOf: past.parent.committed_at }) : [],
    },
  );
  const remade: RemadeCommit[] = [];
  for await (const commit of withoutSource(past, source, files)) {
    await remaker.take(commit);
    remade.push(commit);
  }
  await remaker.flush();
  const settled = await settleStaged(transaction, reach, { staged, files, source });
  const objects = await exchange(transaction, { owner: reach.owner, repository, head, past, remaker });
  await transaction.queryAll(
    updateChangeSetsLeft(reach.owner, { sets: setsLeft(remade, settled, files), gone: remaker.gone() }),
  );
  const withdrawn = remade.flatMap((commit) => commit.withdrawn);
  await updateJobFaults(
    transaction,
    withdrawn.flatMap(({ session_id: sessionId }) => (sessionId === null ? [] : [{ sessionId, note: WITHDRAWN }])),
  );
  const after = await findHistoryCounts(transaction);
  return {
    history_rewritten: true,
    commits_rewritten: remade.length,
    withdrawn: withdrawn.length,
    restaged: settled.restaged.length,
    linked_repository: linked,
    rows: {
      memory_change_sets: settled.dropped.length,
      memory_objects: objects,
      memory_blocks: before.memory_blocks - after.memory_blocks,
      memory_changes: before.memory_changes - after.memory_changes,
    },
  };
}

const NOT_REWRITTEN = {
  history_rewritten: false,
  commits_rewritten: 0,
  withdrawn: 0,
  restaged: 0,
  linked_repository: null,
};

/** Says nothing of what it was. */
const WITHDRAWN = 'withdrawn: it was derived from a source that was erased';

/** Archives of runs under the source's influence are written anew: what they quoted word for word is blackened in their turns by now. */
async function withArchives(transaction: Transaction, reach: SourceReach): Promise<SourceSessions> {
  const archives = new Map<string, string>();
  for (const sessionId of reach.influenced) {
    archives.set(sessionId, archiveText(await listSessionTurns(transaction, sessionId)));
  }
  return { ...sourceSessions(transaction, reach), archives };
}

/** Puts the new history in the place of the old one. Answers how many objects went. */
async function exchange(
  transaction: Transaction,
  change: { owner: SourceReach['owner']; repository: RepositoryRow; head: HeadRow; past: Past; remaker: BranchRemaker },
): Promise<number> {
  const { owner, repository, head, past, remaker } = change;
  const { commits, changes, blocks, reached, ids } = remaker;
  await transaction.queryAll([
    ...deleteCommitsFrom(owner, { position: past.first, at: past.commits[0]?.at ?? '' }),
    insertCommits(owner, commits),
    insertChangesOfCommits(owner, changes),
    ...insertBlocksOfCommits(owner, repository.id, blocks),
    ...updateCommitIds(owner, ids),
    ...updateConsolidationsRemade(owner, ids),
  ]);
  const move = { ...owner, branch: repository.branch, from: head.id, to: commits.at(-1)?.id ?? '' };
  if (!(await updateRef(transaction, move))) throw new Error('The branch moved under the lock of its repository');
  return deleteUnreachedObjects(transaction, owner, { first: past.first, positions: reached });
}

/** What is left of the change sets of later sessions: edits that were derived are gone, and files that are gone were never shown. */
function setsLeft(remade: readonly RemadeCommit[], { kept }: StagedSettled, files: NewFiles) {
  const applied = remade.flatMap(({ was, isOwn, edits }) =>
    was.session === undefined || isOwn ? [] : [{ session: was.session, edits: edits ?? was.session.edits }],
  );
  return [...applied, ...kept].flatMap(({ session, edits }) => {
    const shown = [...session.shown].filter(
      (path) => isStillThere(session, path, files) || edits.some((edit) => edit.path === path),
    );
    const isAsItWas = edits === session.edits && shown.length === session.shown.size;
    return isAsItWas ? [] : [{ sessionId: session.sessionId, edits, shown }];
  });
}

function isStillThere({ basePosition }: PastSession, path: string, files: NewFiles): boolean {
  return files.was(basePosition, path) === undefined || files.at(basePosition, path) !== undefined;
}
