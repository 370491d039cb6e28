import { findMemoryModel } from '../../identity/choose-model.ts';
import type { Database, Scoped } from '../../platform/database/database.ts';
import { FenceLost, NotNow } from '../../platform/errors.ts';
import { LEASE_SECONDS, Lease } from '../../platform/lease.ts';
import { log } from '../../platform/log.ts';
import { ModelError } from '../../platform/models/model.ts';
import { openModel } from '../../platform/models/open-model.ts';
import { findSecondsUntilTomorrow, OverBudget } from '../../usage/meter.ts';
import type { PaidModel } from '../ask-model.ts';
import { ChangeConflict } from '../branch/apply-change-set.ts';
import { entityTexts } from '../branch/entity-texts.ts';
import { findCommit } from '../sql/memory-commit.ts';
import {
  type ConsolidationRow,
  claimConsolidation,
  findConsolidationWait,
  releaseConsolidation,
  updateClaimHeld,
  updateConsolidationDone,
} from '../sql/memory-consolidation.ts';
import { insertStep, listSteps, type StepRow } from '../sql/memory-consolidation-step.ts';
import { findHead, findRepository, updateConsolidatedPosition } from '../sql/memory-repository.ts';
import { applyOperations } from './apply-operations.ts';
import { commitOperations, type PlannedStep } from './commit-operations.ts';
import { Plan, Tool } from './operation.ts';
import { type ProposeInput, propose } from './propose.ts';

/** One that fails so often is kept as failed. */
const MOST_ATTEMPTS = 5;
/** How often a tool plans anew because the branch moved under it in a way that contradicts its plan. */
const MOST_REBASES = 3;
/** Those of a whole tenant wait for the same midnight; they do not come back in the same second. */
const SPREAD_SECONDS = 900;

export interface ConsolidationWork {
  database: Database;
  tenantId: string;
  userId: string;
  consolidationId: string;
  signal: AbortSignal;
}

/**
 * Consolidates a person's files: one tool after another plans outside of any transaction, and commits in one, together with the row that says so. Any number of calls,
 * one after another or beside each other, do each tool once; cut off anywhere, the next call goes on with the tool that is missing.
 *
 * queued → committed, or staged for a dry run; a failure gives it back (and throws, so that the queue comes again), the fifth makes it failed: what tools before it
 * committed stands and can be undone. Over the tenant's budget of the day it waits for the next.
 * @throws NotNow while another call works on it; FenceLost when its claim ran out under the work
 */
export async function processConsolidation(work: ConsolidationWork): Promise<void> {
  const { database, tenantId, userId, consolidationId } = work;
  const scoped = database.as({ kind: 'tenant', tenantId, userId });
  const row = await claimConsolidation(scoped, consolidationId, LEASE_SECONDS);
  if (row === undefined) {
    const seconds = await findConsolidationWait(scoped, consolidationId);
    if (seconds !== undefined) throw new NotNow(`The consolidation ${consolidationId} is being worked on`, seconds);
    return;
  }
  const lease = new Lease({
    name: `The consolidation ${consolidationId}`,
    renew: () => updateClaimHeld(scoped, row, LEASE_SECONDS),
    stops: [work.signal],
    fields: { tenant_id: tenantId, consolidation_id: consolidationId },
  });
  const leased = { ...work, signal: lease.signal };
  try {
    for (const tool of row.tools) await runTool(leased, scoped, row, Tool.parse(tool));
    await finish(scoped, row);
  } catch (error) {
    await release(scoped, row, error);
  } finally {
    await lease.stop();
  }
}

async function runTool(work: ConsolidationWork, scoped: Scoped, row: ConsolidationRow, tool: Tool): Promise<void> {
  for (let round = 0; ; round += 1) {
    const steps = await listSteps(scoped, row.id);
    if (steps.some((step) => step.tool === tool)) return;
    const { baseCommit, ...base } = await openBase(scoped, row, steps);
    const model = await openPaidModel(work, scoped, `${row.id} attempt ${row.attempts} ${tool} round ${round}`);
    const plan = await propose(tool, { ...base, scoped, consolidation: row, model });
    try {
      return await record(work, scoped, { row, baseCommit, step: { tool, plan, base: base.texts } });
    } catch (error) {
      if (!(error instanceof ChangeConflict) || round >= MOST_REBASES) throw error;
    }
  }
}

/** What a tool plans on: the branch as it is; for a dry run the commit that its first tool saw, with what the tools before want to do. */
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

/** All or nothing: the tool's row, and its commit unless it is only staged. */
async function record(
  { tenantId, userId }: ConsolidationWork,
  scoped: Scoped,
  { row, baseCommit, step }: { row: ConsolidationRow; baseCommit: string | undefined; step: PlannedStep },
): Promise<void> {
  const owner = { tenantId, userId };
  await scoped.transaction(async (transaction) => {
    if (!(await updateClaimHeld(transaction, row, LEASE_SECONDS))) throw new FenceLost(`The consolidation ${row.id}`);
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

async function release(scoped: Scoped, row: ConsolidationRow, error: unknown): Promise<void> {
  const isPostponed = error instanceof OverBudget;
  const failure = { error: describe(error), mostAttempts: MOST_ATTEMPTS, isPostponed };
  const status = await releaseConsolidation(scoped, row, failure);
  if (isPostponed) {
    const seconds = (await findSecondsUntilTomorrow(scoped)) + 1 + Math.floor(Math.random() * SPREAD_SECONDS);
    throw new NotNow(`The consolidation ${row.id} waits for the next day`, seconds);
  }
  // The claim is ours still, and nobody else would go on: the queue comes again.
  if (status === 'queued' && error instanceof FenceLost) throw new Error('A lease ran out unrenewed', { cause: error });
  if (status !== 'failed') throw error;
  log('warning', 'a memory could not be consolidated', { consolidation_id: row.id, error });
}

/** A provider's error holds no prompt; of any other only its kind is kept. */
function describe(error: unknown): string {
  if (error instanceof OverBudget || error instanceof ChangeConflict) return error.message;
  if (error instanceof ModelError) return `${error.kind}: ${error.message}`.slice(0, 500);
  return error instanceof Error ? error.name : 'unknown';
}
