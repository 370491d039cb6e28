import type { Transaction } from '../../platform/database/database.ts';
import { Problem } from '../../platform/errors.ts';
import { entityTexts } from '../branch/read-branch.ts';
import { findCommit } from '../sql/memory-commit.ts';
import { lockConsolidation, updateStagedCommitted } from '../sql/memory-consolidation.ts';
import { listSteps, updateStepCommitted } from '../sql/memory-consolidation-step.ts';
import type { Owner } from '../sql/memory-object.ts';
import { updateConsolidatedPosition } from '../sql/memory-repository.ts';
import { carryOut, type Texts } from './carry-out.ts';
import { commitOperations } from './commit-operations.ts';
import { Plan, Tool } from './operation.ts';

/**
 * Commits what a dry run staged, each tool as its own commit and all of them or none; one that is committed stays so. Where the branch moved since, the plan is carried
 * out on the branch as it is.
 * @throws Problem 404 for no such consolidation, 409 for one that is not staged; ChangeConflict where the plan does not fit any more
 */
export async function commitStagedSteps(transaction: Transaction, owner: Owner, id: string): Promise<void> {
  const row = await lockConsolidation(transaction, id);
  if (row === undefined) throw new Problem('not-found', 'There is no such consolidation.');
  if (row.status === 'committed') return;
  if (row.status !== 'staged') throw new Problem('conflict', `The consolidation is ${row.status} and not staged.`);
  const steps = await listSteps(transaction, id);
  const baseCommit = steps[0]?.base_commit ?? undefined;
  const head = baseCommit === undefined ? undefined : await findCommit(transaction, { id: baseCommit });
  let base: Texts = await entityTexts(transaction, head?.tree_id);
  for (const step of steps) {
    const [tool, plan] = [Tool.parse(step.tool), Plan.parse(step.plan)];
    const committed = await commitOperations(transaction, owner, { id, step: { tool, plan, base } });
    if (committed !== undefined)
      await updateStepCommitted(transaction, { consolidationId: id, tool, commitId: committed.id });
    base = carryOut(plan.operations, base).texts;
  }
  await updateStagedCommitted(transaction, id);
  await updateConsolidatedPosition(transaction);
}
