import type { Transaction } from '../../platform/database/database.ts';
import { archiveText } from '../files/archive.ts';
import { findFirstCommitOf } from '../sql/branch-history.ts';
import { findHistoryCounts, updateChangeSets } from '../sql/history-rewrite.ts';
import { listBlocks } from '../sql/memory-block.ts';
import { findLink, updateLinkEnded } from '../sql/memory-link.ts';
import { claimRepository, findHead } from '../sql/memory-repository.ts';
import { listSessionTurns } from '../sql/memory-session.ts';
import { updateJobFaults } from '../sql/source-session.ts';
import { openReplay, type Replay, type ReplayedCommit, replayCommits } from './replay.ts';
import { BranchRewrite } from './rewrite-branch.ts';
import type { SourceSessions } from './source-repositories.ts';
import { type StagedResult, withdrawStaged } from './staged-sessions.ts';
import type { ErasedEntities } from './withdrawal-report.ts';

/**
 * Erases a source from a user's files and their history: rewrites every commit from the source's first one on as if its
 * sessions had never existed, and deletes the git objects that only the old commits reach. A commit of the source
 * becomes an empty commit, so that positions keep counting. Runs in the caller's transaction, under the lock of the
 * repository. Idempotent: a second call finds no session of the source.
 *
 * `erase_memory_source` deletes the source's own job and change set.
 */
export async function eraseSource(transaction: Transaction, source: SourceSessions): Promise<ErasedEntities> {
  const repository = await claimRepository(transaction);
  const head = repository && (await findHead(transaction, repository.branch));
  const first = await findFirstCommitOf(transaction, [...source.own, ...source.influenced]);
  if (repository === undefined || head === undefined || first === undefined) {
    const { dropped } = await withdrawStaged(transaction, source, undefined);
    return { ...NOT_REWRITTEN, rows: { memory_change_sets: dropped.length } };
  }
  const before = await findHistoryCounts(transaction);
  const linkedRepository = await endLinkedRepository(transaction);
  const archives = await redactedArchives(transaction, source);
  const replay = await openReplay(transaction, source, first);
  const { parent } = replay.slice;
  const blocks = parent ? await listBlocks(transaction, { asOf: parent.committed_at }) : [];
  const rewrite = new BranchRewrite(replay, blocks);
  const replayed: ReplayedCommit[] = [];
  for await (const commit of replayCommits(replay, archives)) {
    await rewrite.add(commit);
    replayed.push(commit);
  }
  const staged = await withdrawStaged(transaction, source, replay);
  const deletedObjects = await rewrite.replaceHistory(repository, head);
  const sets = changedSets(replayed, staged, replay);
  await transaction.queryAll(updateChangeSets(source.owner, sets, rewrite.erasedNames()));
  const withdrawn = replayed.flatMap((commit) => commit.withdrawn);
  const notes = withdrawn.flatMap(({ session_id: id }) => (id === null ? [] : [{ sessionId: id, note: WITHDRAWN }]));
  await updateJobFaults(transaction, notes);
  const after = await findHistoryCounts(transaction);
  return {
    history_rewritten: true,
    commits_rewritten: replayed.length,
    withdrawn: withdrawn.length,
    restaged: staged.restaged.length,
    linked_repository: linkedRepository,
    rows: {
      memory_change_sets: staged.dropped.length,
      memory_objects: deletedObjects,
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

/** The note in the job of a later session. It must not quote what was erased. */
const WITHDRAWN = 'withdrawn: it was derived from a source that was erased';

/** Returns the archives of influenced runs, rendered again: quotes of the source are redacted in their turns by now. */
async function redactedArchives(
  transaction: Transaction,
  { influenced }: SourceSessions,
): Promise<Map<string, string>> {
  const archives = new Map<string, string>();
  for (const sessionId of influenced)
    archives.set(sessionId, archiveText(await listSessionTurns(transaction, sessionId)));
  return archives;
}

/**
 * Unlinks the linked repository before the history is rewritten: it keeps the old history, and the next fetch would
 * bring it back. Returns its URL, so that the user can erase it there; null when none was linked.
 */
async function endLinkedRepository(transaction: Transaction): Promise<string | null> {
  const linked = await findLink(transaction);
  const wasLinked = await updateLinkEnded(
    transaction,
    'A source was erased here, and the history was rewritten. The linked repository still has the old history: erase it there, then link an empty one.',
  );
  return wasLinked ? (linked?.repo_url ?? null) : null;
}

/**
 * Returns the change sets of later sessions that changed: without withdrawn edits, and without shown files that do not
 * exist any more.
 */
function changedSets(replayed: readonly ReplayedCommit[], { kept }: StagedResult, { files }: Replay) {
  const committed = replayed.flatMap(({ original: { session }, isOwn, edits }) =>
    session === undefined || isOwn ? [] : [{ session, edits: edits ?? session.edits }],
  );
  return [...committed, ...kept].flatMap(({ session, edits }) => {
    const { sessionId, basePosition } = session;
    const isErased = (path: string) =>
      files.original(basePosition, path) !== undefined && files.at(basePosition, path) === undefined;
    const shown = [...session.shown].filter((path) => !isErased(path) || edits.some((edit) => edit.path === path));
    const isSame = edits === session.edits && shown.length === session.shown.size;
    return isSame ? [] : [{ sessionId, edits, shown }];
  });
}
