import { findMemoryModel } from '../../identity/choose-model.ts';
import type { Database, Scoped } from '../../platform/database/database.ts';
import { FenceLost } from '../../platform/errors.ts';
import { LEASE_SECONDS } from '../../platform/lease.ts';
import { openModel } from '../../platform/models/open-model.ts';
import { workOnClaim } from '../../usage/claimed-work.ts';
import { orWithoutModel, type PaidModel } from '../ask-model.ts';
import { ChangeConflict } from '../branch/apply-change-set.ts';
import { entityTexts } from '../branch/read-branch.ts';
import { findCommit } from '../sql/memory-commit.ts';
import { type ConsolidationRow, consolidationClaims, updateConsolidationDone } from '../sql/memory-consolidation.ts';
import { insertStep, listSteps, type StepRow } from '../sql/memory-consolidation-step.ts';
import { findHead, findRepository, updateConsolidatedPosition } from '../sql/memory-repository.ts';
import { applyOperations } from './apply-operations.ts';
import { commitOperations, type PlannedStep } from './commit-operations.ts';
import { Plan, Tool } from './operation.ts';
import { type ProposeInput, propose } from './propose.ts';

/** How often a tool plans again because the branch moved in a way that contradicts its plan. */
const MOST_REBASES = 3;

export interface ConsolidationWork {
  database: Database;
  tenantId: string;
  userId: string;
  consolidationId: string;
  signal: AbortSignal;
}

/**
 * Consolidates a user's files: one tool after another plans outside any transaction, and commits in one, together with
 * the row that records the tool. Idempotent: duplicate and concurrent calls run each tool once, and a call after a
 * crash goes on with the first tool that is missing.
 *
 * queued → committed, or staged for a dry run that changes something, or failed; {@link workOnClaim} says when a
 * failure is tried again. Commits of the tools before a failure stay and can be undone.
 * @throws NotNow while another call works on the consolidation, or until the next day
 * @throws FenceLost when another call took the consolidation over
 */
export async function processConsolidation(work: ConsolidationWork): Promise<void> {
  const { database, tenantId, userId, consolidationId } = work;
  const scoped = database.as({ kind: 'tenant', tenantId, userId });
  await workOnClaim(
    {
      name: `The consolidation ${consolidationId}`,
      id: consolidationId,
      statements: consolidationClaims,
      queryable: scoped,
      signal: work.signal,
      fields: { tenant_id: tenantId, consolidation_id: consolidationId },
      describe: (error) => (error instanceof ChangeConflict ? error.message : undefined),
    },
    async (row, signal) => {
      for (const tool of row.tools) await runTool({ ...work, signal }, scoped, row, Tool.parse(tool));
      await finish(scoped, row);
    },
  );
}

async function runTool(work: ConsolidationWork, scoped: Scoped, row: ConsolidationRow, tool: Tool): Promise<void> {
  for (let round = 0; ; round += 1) {
    const steps = await listSteps(scoped, row.id);
    if (steps.some((step) => step.tool === tool)) return;
    const { baseCommit, ...base } = await openBase(scoped, row, steps);
    const question = { ...base, scoped, consolidation: row };
    const plan = await orWithoutModel(
      { tenant_id: work.tenantId, consolidation_id: row.id },
      async () => {
        const model = await openPaidModel(work, scoped, `${row.id} attempt ${row.attempts} ${tool} round ${round}`);
        return propose(tool, { ...question, model });
      },
      () => propose(tool, { ...question, model: undefined }),
    );
    try {
      return await record(work, scoped, { row, baseCommit, step: { tool, plan, base: base.texts } });
    } catch (error) {
      if (!(error instanceof ChangeConflict) || round >= MOST_REBASES) throw error;
    }
  }
}

/**
 * Returns the files that a tool plans on: those of the branch. For a dry run those of the commit that its first tool
 * saw, with the planned operations of the tools before.
 */
async function openBase(
  scoped: Scoped,
  row: ConsolidationRow,
  steps: readonly StepRow[],
): Promise<Omit<ProposeInput, 'scoped' | 'consolidation' | 'model'> & { baseCommit: string | undefined }> {
  const repository = await findRepository(scoped);
  if (repository === undefined) throw new Error('A consolidation has no repository');
  const [first] = steps;
  const isLater = row.dry_run && first !== undefined;
  const head = isLater
    ? first.base_commit !== null && (await findCommit(scoped, { id: first.base_commit }))
    : await findHead(scoped, repository.branch);
  const base = head === false ? undefined : head;
  const texts = await entityTexts(scoped, base?.tree_id);
  const before = isLater ? steps.flatMap(({ plan }) => Plan.parse(plan).operations) : [];
  return { repository, head: base, baseCommit: base?.id, texts: applyOperations(before, texts).texts };
}

/** The tenant's model, paid by the tenant; undefined where there is none. */
async function openPaidModel(
  { signal, tenantId, userId }: ConsolidationWork,
  scoped: Scoped,
  reference: string,
): Promise<PaidModel | undefined> {
  const choice = await findMemoryModel(scoped);
  if (choice.provider === 'rehearsal') return undefined;
  return { model: await openModel(choice), choice, payer: { scoped, tenantId, userId }, reference, signal };
}

/** Writes the tool's row, and its commit unless it is a dry run, in one transaction. */
async function record(
  { tenantId, userId }: ConsolidationWork,
  scoped: Scoped,
  { row, baseCommit, step }: { row: ConsolidationRow; baseCommit: string | undefined; step: PlannedStep },
): Promise<void> {
  const owner = { tenantId, userId };
  await scoped.transaction(async (transaction) => {
    if (!(await consolidationClaims.renew(transaction, row, LEASE_SECONDS)))
      throw new FenceLost(`The consolidation ${row.id}`);
    const committed = row.dry_run ? undefined : await commitOperations(transaction, owner, { id: row.id, step });
    const { tool, plan } = step;
    await insertStep(transaction, owner, { consolidationId: row.id, tool, baseCommit, commitId: committed?.id, plan });
  });
}

async function finish(scoped: Scoped, row: ConsolidationRow): Promise<void> {
  await scoped.transaction(async (transaction) => {
    if (!(await updateConsolidationDone(transaction, row))) throw new FenceLost(`The consolidation ${row.id}`);
    if (!row.dry_run) await updateConsolidatedPosition(transaction);
  });
}
