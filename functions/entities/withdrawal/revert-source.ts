import { cutText } from '../../platform/cut-text.ts';
import type { Transaction } from '../../platform/database/database.ts';
import { writeCommit } from '../branch/write-commit.ts';
import { diffBlocks } from '../files/diff-blocks.ts';
import { isEntityPath } from '../files/ontology.ts';
import { findFirstCommitOf, findRevert } from '../sql/branch-history.ts';
import { claimRepository, findHead, findRepository } from '../sql/memory-repository.ts';
import { updateJobFaults } from '../sql/source-session.ts';
import { isMergeable } from './history-slice.ts';
import { openReplay, type Replay, replayCommits } from './replay.ts';
import type { SourceSessions } from './source-repositories.ts';
import { previewStaged, withdrawStaged } from './staged-sessions.ts';
import type { RevertedEntities, WithdrawnFromCommit } from './withdrawal-report.ts';

/**
 * Reverts a source in a user's files with one commit on top of the branch. The files are then as if the source's own
 * session had never existed, and the history stays. Staged changes of the source are deleted, and staged changes that
 * were derived from it are proposed again. With `applies` false it writes nothing, and reports all but
 * the commit. Idempotent: for a source with a revert commit it reports no changes. If no file had to change,
 * there is no revert commit, and a second call reports the same withdrawn changes again.
 */
export async function revertSource(
  transaction: Transaction,
  source: SourceSessions,
  applies: boolean,
): Promise<RevertedEntities> {
  const repository = await (applies ? claimRepository(transaction) : findRepository(transaction));
  const head = repository && (await findHead(transaction, repository.branch));
  const replay = head && (await openReplayOfSource(transaction, source));
  const withdrawn: WithdrawnFromCommit[] = [];
  if (replay) for await (const commit of replayCommits(replay)) withdrawn.push(...commit.withdrawn);
  const { writes, changes } = replay ? differences(replay) : { writes: new Map<string, undefined>(), changes: [] };
  const report: RevertedEntities = { commit_id: null, changes, withdrawn, dropped: [], restaged: [] };
  if (!applies) return { ...report, ...(await previewStaged(transaction, source, replay)) };
  if (repository === undefined) return report;
  if (head !== undefined && writes.size > 0) {
    const message = `Revert source ${cutText(source.sourceId.replaceAll(/\s+/g, ' '), 200)}`;
    const plan = { owner: source.owner, repository, head, writes, message, revertedSource: source.sourceId };
    report.commit_id = (await writeCommit(transaction, plan))?.id ?? null;
    await updateJobFaults(transaction, withdrawn.flatMap(noteOf));
  }
  const { dropped, restaged } = await withdrawStaged(transaction, source, replay, NOT_APPLIED);
  return { ...report, dropped, restaged };
}

const NOT_APPLIED = 'Reverted with its source; it is not applied again.';

/**
 * Returns undefined when the branch has no commit of the source or of an influenced run, or has reverted the source.
 */
async function openReplayOfSource(transaction: Transaction, source: SourceSessions): Promise<Replay | undefined> {
  const sessions = [...source.own, ...source.influenced];
  const first = await findFirstCommitOf(transaction, sessions);
  if (first === undefined || (await findRevert(transaction, source.sourceId, sessions))) return undefined;
  return openReplay(transaction, source, first);
}

/** Returns the writes of a commit on top of the branch that makes its files equal to the replayed files. */
function differences({ slice, files }: Replay) {
  const last = slice.commits.at(-1)?.position ?? 0;
  const writes = new Map<string, string | undefined>();
  for (const path of [...files.everAffected].sort()) {
    const version = files.at(last, path);
    if (files.isSameAt(last, path)) continue;
    // The text of a file that is not mergeable is not read. The source can only add such a file (its archive), so
    // removing it is enough.
    if (isMergeable(path) || version === undefined) writes.set(path, version?.text);
  }
  const changes = [...writes.keys()].filter(isEntityPath).map((path) => {
    const [before, after] = [files.original(last, path)?.text, files.at(last, path)?.text];
    const kind =
      before === undefined ? ('created' as const) : after === undefined ? ('removed' as const) : ('changed' as const);
    return { path, kind, blocks: diffBlocks(before, after) };
  });
  return { writes, changes };
}

/**
 * Returns the note for the job of a later session from which a change was withdrawn; empty for other commits. It does
 * not name the block: a block's id comes from its heading, which may hold words of the source, and the note outlives an
 * erasure.
 */
function noteOf({ session_id: sessionId, path, op, why }: WithdrawnFromCommit): { sessionId: string; note: string }[] {
  const note = `withdrawn with a source it was derived from: ${op} in ${path} (${why})`;
  return sessionId === null ? [] : [{ sessionId, note }];
}
