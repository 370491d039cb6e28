import { z } from 'zod';
import type { Queryable, Scoped, Transaction } from '../../platform/database/database.ts';
import { idSchema } from '../../platform/id.ts';
import { ChangeConflict } from '../branch/apply-change-set.ts';
import { entityTexts } from '../branch/read-branch.ts';
import { BlockChange, diffBlocks } from '../files/diff-blocks.ts';
import { isEntityPath } from '../files/ontology.ts';
import type { FileChange } from '../files/timeline.ts';
import { type Conflict, conflictOf, PROBLEM_JSON } from '../ingest/commit-staged.ts';
import { findCommit } from '../sql/memory-commit.ts';
import { type ConsolidationRow, findConsolidation } from '../sql/memory-consolidation.ts';
import { listChanges, listSteps, type StepRow } from '../sql/memory-consolidation-step.ts';
import { listBlobs, type Owner } from '../sql/memory-object.ts';
import { applyOperations, type Texts, writesOf } from './apply-operations.ts';
import { Operation, Plan, Tool, Unchanged } from './operation.ts';

const Fields = {
  id: idSchema('con'),
  consolidation_id: z.string().meta({ description: 'The id that the caller chose' }),
  status: z.enum(['queued', 'staged', 'committed', 'failed', 'undone']),
  started_by: z.enum(['person', 'timer']),
  tools: z.array(Tool),
  soft_cap_tokens: z.int(),
  dry_run: z.boolean(),
  attempts: z.int(),
  undo_commit: z.string().nullable(),
  error: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
};

/** A consolidation as it is listed. */
export const ConsolidationLine = z.strictObject({ ...Fields, commits: z.array(z.string()) });
export type ConsolidationLine = z.infer<typeof ConsolidationLine>;

const Step = z.strictObject({
  tool: Tool,
  proposer: z.enum(['model', 'rules']),
  base_commit: z.string().nullable().meta({ description: 'The commit that the step was planned for' }),
  commit_id: z.string().nullable().meta({ description: 'Null while the step is staged, and when it changed nothing' }),
  operations: z.array(Operation).meta({ description: 'The operations, each with its reason' }),
  left: z
    .array(Unchanged.omit({ seen: true }))
    .meta({ description: 'Files that were examined and not changed, and why' }),
  left_out: z.int().meta({ description: 'Candidates beyond the limit of this run; the next run examines them' }),
  changes: z.array(
    z.strictObject({ path: z.string(), kind: z.enum(['created', 'changed', 'removed']), blocks: z.array(BlockChange) }),
  ),
});

/** A consolidation with the operations and changes of each tool, by block. */
export const Consolidation = z.strictObject({ ...Fields, steps: z.array(Step) });
export type Consolidation = z.infer<typeof Consolidation>;

export function lineOf({ key, tools, id, ...row }: ConsolidationRow): Omit<ConsolidationLine, 'commits'> {
  return { ...row, id: idSchema('con').parse(id), consolidation_id: key, tools: z.array(Tool).parse(tools) };
}

export async function consolidationView(queryable: Queryable, row: ConsolidationRow): Promise<Consolidation> {
  const rows = await listSteps(queryable, row.id);
  const staged = await stagedTexts(queryable, rows);
  const steps: Consolidation['steps'] = [];
  for (const [at, step] of rows.entries()) {
    const { proposer, operations, left, left_out } = Plan.parse(step.plan);
    const changes = step.commit_id === null ? (staged[at] ?? []) : await committedChanges(queryable, step.commit_id);
    steps.push({
      tool: Tool.parse(step.tool),
      proposer,
      base_commit: step.base_commit,
      commit_id: step.commit_id,
      operations,
      left: left.map(({ seen: _, ...line }) => line),
      left_out,
      changes: changes.map(({ path, before, after }) => ({
        path,
        kind: before === undefined ? 'created' : after === undefined ? 'removed' : 'changed',
        blocks: diffBlocks(before, after),
      })),
    });
  }
  return { ...lineOf(row), steps };
}

/**
 * Returns what each staged step would change, one step after another on their base commit. Returns nothing once a step
 * is committed.
 */
async function stagedTexts(queryable: Queryable, steps: readonly StepRow[]): Promise<FileChange[][]> {
  const base = steps[0]?.base_commit;
  if (base == null || steps.some((step) => step.commit_id !== null)) return [];
  let texts: Texts = await entityTexts(queryable, (await findCommit(queryable, { id: base }))?.tree_id);
  return steps.map(({ plan }) => {
    const before = texts;
    const { texts: after } = applyOperations(Plan.parse(plan).operations, before);
    texts = after;
    return [...writesOf(before, after)].map(([path, text]) => ({ path, before: before.get(path), after: text }));
  });
}

/** Returns the entity files that a commit changed, with their texts before and after. */
export async function committedChanges(queryable: Queryable, commitId: string): Promise<FileChange[]> {
  const changes = (await listChanges(queryable, commitId)).filter(({ path }) => isEntityPath(path));
  const ids = changes.flatMap(({ before_id, after_id }) => [before_id, after_id]).filter((id) => id !== null);
  const texts = new Map((await listBlobs(queryable, ids)).map(({ id, text }) => [id, text]));
  return changes.map(({ path, before_id, after_id }) => ({
    path,
    before: texts.get(before_id ?? ''),
    after: texts.get(after_id ?? ''),
  }));
}

/**
 * Commits or undoes a consolidation of the caller in one transaction and returns the reply of the endpoint: the
 * consolidation, or 409 with both sides of each block in conflict. Nothing is written on a conflict.
 */
export async function changeConsolidation(
  scoped: Scoped,
  id: string,
  change: (transaction: Transaction, owner: Owner, id: string) => Promise<void>,
): Promise<{ status: 200; body: Consolidation } | { status: 409; body: Conflict; headers: Record<string, string> }> {
  try {
    await scoped.transaction(async (transaction, caller) => {
      if (caller === undefined) throw new Error('The transaction has no caller');
      await change(transaction, caller, id);
    });
  } catch (error) {
    if (!(error instanceof ChangeConflict)) throw error;
    const body = conflictOf(error, 'Later changes contradict the consolidation; nothing was committed.');
    return { status: 409, body, headers: PROBLEM_JSON };
  }
  const row = await findConsolidation(scoped, { id });
  if (row === undefined) throw new Error(`The consolidation ${id} is missing right after it was changed`);
  return { status: 200, body: await consolidationView(scoped, row) };
}
