import type { Transaction } from '../../platform/database/database.ts';
import { Problem } from '../../platform/errors.ts';
import { ChangeConflict } from '../branch/apply-change-set.ts';
import { fileFaults } from '../files/edit.ts';
import { type BlockConflict, unmergeFile } from '../files/merge-blocks.ts';
import { findIsSoundBase } from '../sql/branch-history.ts';
import { type ConsolidationRow, lockConsolidation, updateConsolidationUndone } from '../sql/memory-consolidation.ts';
import { listSteps } from '../sql/memory-consolidation-step.ts';
import type { Owner } from '../sql/memory-object.ts';
import { writesOf } from './apply-operations.ts';
import { commitFiles, listNames, lockBranch, today } from './commit-operations.ts';
import { committedChanges } from './consolidation.ts';
import { stemOf } from './merge-entities.ts';

/**
 * Undoes a consolidation with one new commit. Reverts the changes of its commits in reverse order, block by block, and
 * keeps later changes. Idempotent. The history keeps all commits.
 * @throws Problem 404 for an unknown consolidation, 409 for one that is not committed or when a source was reverted
 * since; ChangeConflict when a later change contradicts, and then nothing is written
 */
export async function undoConsolidation(transaction: Transaction, owner: Owner, id: string): Promise<void> {
  const row = await lockConsolidation(transaction, id);
  if (row === undefined) throw new Problem('not-found', 'The consolidation does not exist.');
  if (row.status === 'undone') return;
  const commits = (await listSteps(transaction, id)).flatMap(({ commit_id: commitId }) => commitId ?? []);
  if (row.status !== 'committed' && !(row.status === 'failed' && commits.length > 0)) {
    throw new Problem('conflict', whyNot(row.status));
  }
  const branch = await lockBranch(transaction);
  for (const commit of commits) {
    if (await findIsSoundBase(transaction, commit)) continue;
    throw new Problem('conflict', 'A source was reverted since. Undoing the consolidation would restore its words.');
  }
  const { texts, conflicts } = await revertCommits(transaction, branch.texts, commits.toReversed());
  if (conflicts.length > 0) throw new ChangeConflict(conflicts);
  const writes = writesOf(branch.texts, texts);
  const committed = await commitFiles(transaction, owner, branch, {
    writes,
    cause: { kind: 'Undo', id, day: today() },
    message: `Undo consolidation ${id}${listNames([...writes.keys()].map(stemOf))}`,
  });
  await updateConsolidationUndone(transaction, id, committed?.id);
}

function whyNot(status: ConsolidationRow['status']): string {
  if (status === 'staged') return 'The consolidation is only staged. There is nothing to undo.';
  return status === 'failed'
    ? 'The consolidation failed and changed nothing.'
    : 'The consolidation is still running. Poll it and try again when it is committed.';
}

async function revertCommits(
  transaction: Transaction,
  now: ReadonlyMap<string, string>,
  commits: readonly string[],
): Promise<{ texts: Map<string, string>; conflicts: BlockConflict[] }> {
  const texts = new Map(now);
  const conflicts: BlockConflict[] = [];
  for (const commit of commits) {
    for (const { path, before, after } of await committedChanges(transaction, commit)) {
      const undone = unmergeFile({ path, before, after, now: texts.get(path) });
      if ('conflicts' in undone) conflicts.push(...undone.conflicts);
      else if (undone.text === undefined) texts.delete(path);
      else if (fileFaults(undone.text, texts.get(path) ?? before).length === 0) texts.set(path, undone.text);
      // The restored blocks and the later changes together exceed the limits of a file.
      else conflicts.push({ path, block: '', base: after, branch: texts.get(path), session: before });
    }
  }
  return { texts, conflicts };
}
