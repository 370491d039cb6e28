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
 * Erases a source from a user's files and their history. Rewrites every commit from the first one of the source's own
 * session or of an influenced run on, as if the source had never existed, and deletes the git objects that only the old
 * commits contain. A commit of the own session becomes an empty commit, so that positions have no gap. Runs in the
 * caller's transaction, under the lock of the repository.
 *
 * The endpoint `erase-memory` redacts the runs before this call, and then calls the SQL function `erase_memory_source`,
 * which deletes facts, own session, job and change set, and the URL of a page in the calls of its readers. A second
 * call therefore finds nothing to erase.
 */
export async function eraseSource(transaction: Transaction, source: SourceSessions): Promise<ErasedEntities> {
  const repository = await claimRepository(transaction);
  const head = repository && (await findHead(transaction, repository.branch));
  const first = await findFirstCommitOf(transaction, [...source.own, ...source.influenced]);
  if (repository === undefined || head === undefined || first === undefined) {
    const { dropped } = await withdrawStaged(transaction, source, undefined, NOT_APPLIED);
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
  const staged = await withdrawStaged(transaction, source, replay, NOT_APPLIED);
  const deletedObjects = await rewrite.replaceHistory(repository, head);
  const sets = changedSets(replayed, staged, replay);
  await transaction.queryAll(updateChangeSets(source.owner, sets, rewrite.namesToErase()));
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

/** The error of jobs of influenced runs. The endpoint deletes the job of the own session afterwards. */
const NOT_APPLIED = 'It was derived from a source that was erased; it is not applied again.';

/** The note in the job of a later session. It must not quote erased text. */
const WITHDRAWN = 'withdrawn: it was derived from a source that was erased';

/**
 * Returns the archives of influenced runs, made again from their turns. The endpoint `erase-memory` has redacted the
 * facts of the source in these turns before (`redact_memory_source`).
 */
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
 * Ends the link to the linked repository before the history is rewritten. That repository keeps the old history, and
 * the next fetch would bring it back. Returns its URL, so that the user can erase the source there; null when no
 * repository was linked.
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
 * Returns the change sets of later sessions to update: withdrawn edits are left out, and shown files that exist only
 * because of the source too, unless an edit still changes them.
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
