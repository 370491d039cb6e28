import type { Transaction } from '../../platform/database/database.ts';
import { Problem } from '../../platform/errors.ts';
import { ChangeConflict } from '../branch/apply-change-set.ts';
import { entityTexts, textsAt } from '../branch/read-branch.ts';
import type { Committed } from '../branch/record-commit.ts';
import { writeCommit } from '../branch/write-commit.ts';
import { partsOf } from '../files/entity-file.ts';
import { indexEntry } from '../files/entity-index.ts';
import type { BlockConflict } from '../files/merge-blocks.ts';
import { addToTimeline, type Cause, timelineEntry, timelinePath } from '../files/timeline.ts';
import { findCommit } from '../sql/memory-commit.ts';
import { lockConsolidation, updateStagedCommitted } from '../sql/memory-consolidation.ts';
import { listSteps, updateStepCommitted } from '../sql/memory-consolidation-step.ts';
import type { Owner } from '../sql/memory-object.ts';
import {
  claimRepository,
  findHead,
  type HeadRow,
  type RepositoryRow,
  updateConsolidatedPosition,
} from '../sql/memory-repository.ts';
import { applyOperations, type OperationFault, type Texts, writesOf } from './apply-operations.ts';
import { stemOf } from './merge-entities.ts';
import { type Operation, Plan, Tool } from './operation.ts';

/** A plan to commit, with the texts that it was made for. */
export interface PlannedStep {
  tool: Tool;
  plan: Plan;
  base: Texts;
}

/** The user's repository, locked by the transaction, with its current texts. */
interface LockedBranch {
  repository: RepositoryRow;
  head: HeadRow | undefined;
  texts: Map<string, string>;
}

export async function lockBranch(transaction: Transaction): Promise<LockedBranch> {
  const repository = await claimRepository(transaction);
  if (repository === undefined) throw new Error('The user has no repository to consolidate');
  const head = await findHead(transaction, repository.branch);
  return { repository, head, texts: await entityTexts(transaction, head?.tree_id) };
}

/**
 * Applies a plan to the current branch and commits the result with index and timeline. Commits made since the plan are
 * kept and included. Returns undefined when nothing changes.
 * @throws ChangeConflict when the plan no longer applies, with both sides; the caller must roll back the transaction
 */
export async function commitOperations(
  transaction: Transaction,
  owner: Owner,
  { id, step }: { id: string; step: PlannedStep },
): Promise<Committed | undefined> {
  const branch = await lockBranch(transaction);
  const { texts, faults } = applyOperations(step.plan.operations, branch.texts);
  if (faults.length > 0) throw new ChangeConflict(conflictsOf(faults, step, branch.texts));
  const writes = writesOf(branch.texts, texts);
  const stems = [...writes.keys()].map(stemOf);
  const trailer = `Consolidation: ${id}\nProposed-By: ${step.plan.proposer}`;
  return commitFiles(transaction, owner, branch, {
    writes,
    cause: {
      kind: 'Consolidation',
      id: `${id} ${step.tool}`,
      day: today(),
      notes: notesOf(step.plan.operations, branch.texts),
    },
    message: `Consolidate (${step.tool})${listNames(stems)}\n\n${trailer}`,
  });
}

/**
 * Commits changes of entity files that do not come from a session, with a timeline entry. Returns undefined when there
 * are no changes.
 */
export async function commitFiles(
  transaction: Transaction,
  owner: Owner,
  { repository, head, texts }: LockedBranch,
  { writes, cause, message }: { writes: ReadonlyMap<string, string | undefined>; cause: Cause; message: string },
): Promise<Committed | undefined> {
  if (writes.size === 0) return undefined;
  const timeline = timelinePath(cause.day);
  const derived = await textsAt(transaction, head?.tree_id, [timeline]);
  const changes = [...writes].map(([path, after]) => ({ path, before: texts.get(path), after }));
  const entry = timelineEntry(cause, changes);
  const all = new Map([
    ...writes,
    [timeline, addToTimeline(derived.get(timeline), entry, cause.day.slice(0, 7))] as const,
  ]);
  return writeCommit(transaction, { owner, repository, head, writes: all, message });
}

export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

const MAX_NAMES = 8;

export function listNames(stems: readonly string[]): string {
  return stems.length === 0 ? '' : ` | ${stems.slice(0, MAX_NAMES).join(', ')}`;
}

/** Returns lines for the timeline, which keep the names of merged files and the targets of moved blocks. */
function notesOf(operations: readonly Operation[], texts: Texts): string[] {
  const nameOf = (path: string) => `${indexEntry(path, texts.get(path) ?? '').name} (${path})`;
  return operations.flatMap((operation) => {
    if (operation.op === 'merge') return [`merged ${nameOf(operation.path)} into ${nameOf(operation.into)}`];
    if (operation.op === 'link') return [];
    return [`moved ${operation.blocks.length} blocks of ${nameOf(operation.path)} to ${operation.into}`];
  });
}

/** Returns both sides of each conflict: the current branch, and the planned result. */
function conflictsOf(faults: readonly OperationFault[], { plan, base }: PlannedStep, branch: Texts): BlockConflict[] {
  const wanted = applyOperations(plan.operations, base).texts;
  const partOf = (texts: Texts, { path, block }: OperationFault) => {
    const text = texts.get(path);
    return text === undefined || block === '' ? text : partsOf(text).get(block);
  };
  return faults.map((fault) => ({
    path: fault.path,
    block: fault.block,
    base: partOf(base, fault),
    branch: partOf(branch, fault),
    session: partOf(wanted, fault),
  }));
}

/**
 * Commits the steps of a staged dry run, each tool as its own commit, all or none. Idempotent: a committed
 * consolidation stays as it is. When the branch has moved, the plan is applied to the current branch.
 * @throws Problem 404 for an unknown consolidation, 409 for one that is not staged; ChangeConflict when the plan no
 * longer applies
 */
export async function commitStagedSteps(transaction: Transaction, owner: Owner, id: string): Promise<void> {
  const row = await lockConsolidation(transaction, id);
  if (row === undefined) throw new Problem('not-found', 'The consolidation does not exist.');
  if (row.status === 'committed') return;
  if (row.status !== 'staged')
    throw new Problem('conflict', `The consolidation is ${row.status}. Only a staged consolidation can be committed.`);
  const steps = await listSteps(transaction, id);
  const baseCommit = steps[0]?.base_commit ?? undefined;
  const head = baseCommit === undefined ? undefined : await findCommit(transaction, { id: baseCommit });
  let base: Texts = await entityTexts(transaction, head?.tree_id);
  for (const step of steps) {
    const [tool, plan] = [Tool.parse(step.tool), Plan.parse(step.plan)];
    const committed = await commitOperations(transaction, owner, { id, step: { tool, plan, base } });
    if (committed !== undefined)
      await updateStepCommitted(transaction, { consolidationId: id, tool, commitId: committed.id });
    base = applyOperations(plan.operations, base).texts;
  }
  await updateStagedCommitted(transaction, id);
  await updateConsolidatedPosition(transaction);
}
