import type { Database, Scoped } from '../../platform/database/database.ts';
import { FenceLost } from '../../platform/errors.ts';
import { openModel } from '../../platform/models/open-model.ts';
import { workOnClaim } from '../../usage/claimed-work.ts';
import { orWithoutModel } from '../ask-model.ts';
import { applyChangeSet, ChangeConflict, type ChangeSet } from '../branch/apply-change-set.ts';
import { indexAt, textsAt } from '../branch/read-branch.ts';
import { findIsSoundBase } from '../sql/branch-history.ts';
import { insertChangeSet, type JobRow, jobClaims, updateJobStaged } from '../sql/memory-job.ts';
import { listFiles } from '../sql/memory-object.ts';
import {
  claimRepository,
  findHead,
  findRepository,
  type HeadRow,
  type RepositoryRow,
} from '../sql/memory-repository.ts';
import { findArchivedSession, listSessionTurns } from '../sql/memory-session.ts';
import { proposeByModel } from './propose-by-model.ts';
import { pathsByRules, proposeByRules } from './propose-by-rules.ts';
import { contentOf, dayOf, type SessionContent } from './session-content.ts';

/** How often a session's proposal is made again because the branch moved or its base disappeared. */
const MOST_REBASES = 3;

export interface JobToProcess {
  database: Database;
  tenantId: string;
  userId: string;
  jobId: string;
  signal: AbortSignal;
}

/**
 * Works on the job of an archived session: proposes edits, outside any transaction, then stages them, and commits them
 * if the job asks for it, in one transaction. Idempotent: any number of duplicate or concurrent calls do it once. A
 * failure changes nothing but the job, which keeps the reason.
 *
 * queued → staged → committed, or failed; {@link workOnClaim} says when a failure is tried again.
 * @throws NotNow while another call works on the job, or until the next day
 * @throws FenceLost when another call took the job over
 */
export async function proposeAndStage(work: JobToProcess): Promise<void> {
  const { database, tenantId, userId, jobId } = work;
  const scoped = database.as({ kind: 'tenant', tenantId, userId });
  await workOnClaim(
    {
      name: `The job ${jobId}`,
      id: jobId,
      statements: jobClaims,
      queryable: scoped,
      signal: work.signal,
      fields: { tenant_id: tenantId, job_id: jobId },
      describe: (error) => (error instanceof ChangeConflict ? error.message : undefined),
    },
    (job, signal) => stage({ ...work, signal }, scoped, job),
  );
}

async function stage(work: JobToProcess, scoped: Scoped, job: JobRow): Promise<void> {
  const session = await findArchivedSession(scoped, job.session_id);
  if (session === undefined) throw new Error('The session of a job is not archived');
  const spoken = contentOf(session, await listSessionTurns(scoped, job.session_id));
  const day = dayOf(spoken, session.created_at);
  for (let round = 0; ; round += 1) {
    const base = await openBase(scoped);
    const { faults, ...proposed } = await propose(work, scoped, { job, spoken, day, round, ...base });
    const set: ChangeSet = { sessionId: job.session_id, baseCommit: base.head?.id, day, ...proposed };
    try {
      return await write(work, scoped, { job, set, faults });
    } catch (error) {
      const isMoved = error instanceof ChangeConflict || error instanceof BaseGone;
      if (!isMoved || round >= MOST_REBASES) throw error;
    }
  }
}

/** Writes the change set, the job's new status and the commit, if one is requested, in one transaction. */
async function write(
  { tenantId, userId }: JobToProcess,
  scoped: Scoped,
  { job, set, faults }: { job: JobRow; set: ChangeSet; faults: string[] },
): Promise<void> {
  const owner = { tenantId, userId };
  await scoped.transaction(async (transaction) => {
    // A revert or erasure of a source holds the repository, too: no proposal from the source is staged after it.
    await claimRepository(transaction);
    const staged = await updateJobStaged(transaction, job, faults);
    if (staged === undefined) throw new FenceLost(`The job ${job.id}`);
    if (set.baseCommit !== undefined && !(await findIsSoundBase(transaction, set.baseCommit))) throw new BaseGone();
    await insertChangeSet(transaction, owner, set);
    if (staged.commits) await applyChangeSet(transaction, owner, set);
  });
}

/**
 * The commit that a proposal was based on was removed, or a source was reverted since then. The proposal may quote what
 * was withdrawn, so it is made again.
 */
class BaseGone extends Error {
  constructor() {
    super('A source was reverted after the proposal was made');
    this.name = 'BaseGone';
  }
}

interface Base {
  repository: RepositoryRow;
  head: HeadRow | undefined;
}

async function openBase(scoped: Scoped): Promise<Base> {
  const repository = await findRepository(scoped);
  if (repository === undefined) throw new Error('A job has no repository');
  return { repository, head: await findHead(scoped, repository.branch) };
}

type Proposed = Pick<ChangeSet, 'proposer' | 'edits' | 'shown'> & { faults: string[] };

/** Proposes edits with the session's model; by rules without a model, and when the model fails for good. */
async function propose(
  { signal, tenantId, userId }: JobToProcess,
  scoped: Scoped,
  question: Base & { job: JobRow; spoken: SessionContent; day: string; round: number },
): Promise<Proposed> {
  const { job, spoken, day, round, head, repository } = question;
  const { ontology } = repository;
  const read = (paths: readonly string[]) => textsAt(scoped, head?.tree_id, paths);
  if (spoken.turns.length === 0) return { proposer: 'rules', edits: [], faults: [] };
  const byRules = async () => {
    const files = head === undefined ? [] : (await listFiles(scoped, head.tree_id)).map(({ path }) => path);
    const texts = await read(pathsByRules(spoken, ontology, files));
    const proposed = proposeByRules({ content: spoken, sessionId: job.session_id, day, ontology, files, texts });
    return { proposer: 'rules' as const, ...proposed };
  };
  if (spoken.model.provider === 'rehearsal') return byRules();
  const byModel = async () => {
    const proposal = await proposeByModel({
      model: await openModel(spoken.model),
      content: spoken,
      day,
      ontology,
      index: await indexAt(scoped, head?.tree_id),
      read,
      payer: { scoped, tenantId, userId, runId: spoken.runId },
      reference: `${job.id} attempt ${job.attempts} round ${round}`,
      signal,
    });
    return { proposer: 'model' as const, ...proposal };
  };
  return orWithoutModel<Proposed>({ tenant_id: tenantId, job_id: job.id }, byModel, async (reason) => {
    const { faults, ...proposed } = await byRules();
    return {
      ...proposed,
      faults: [`Rules kept sentences word for word, because the model failed: ${reason}`, ...faults],
    };
  });
}
