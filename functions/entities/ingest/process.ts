import type { Database, Scoped } from '../../platform/database/database.ts';
import { FenceLost, NotNow } from '../../platform/errors.ts';
import { LEASE_SECONDS, Lease } from '../../platform/lease.ts';
import { log } from '../../platform/log.ts';
import { ModelError } from '../../platform/models/model.ts';
import { openModel } from '../../platform/models/open-model.ts';
import { findSecondsUntilTomorrow, OverBudget } from '../../usage/meter.ts';
import { applyChangeSet, ChangeConflict, type ChangeSet, textsAt } from '../branch/apply-change-set.ts';
import { indexAt } from '../files/index-at.ts';
import { findIsSoundBase } from '../sql/branch-history.ts';
import {
  claimJob,
  findJobWait,
  insertChangeSet,
  type JobRow,
  releaseJob,
  updateJobLease,
  updateJobStaged,
} from '../sql/memory-job.ts';
import {
  claimRepository,
  findHead,
  findRepository,
  type HeadRow,
  type RepositoryRow,
} from '../sql/memory-repository.ts';
import { findArchivedSession, listSessionTurns } from '../sql/session-turn.ts';
import { proposeByModel } from './propose-by-model.ts';
import { pathsByRules, proposeByRules } from './propose-by-rules.ts';
import { contentOf, dayOf, type SessionContent } from './session-content.ts';

/** A session that fails so often is kept as failed, with its turns. */
const MOST_ATTEMPTS = 5;
/** How often a session that is to be committed is read again because the branch moved under it. */
const MOST_REBASES = 3;
/** The jobs of a whole tenant wait for the same midnight; they do not come back in the same second. */
const SPREAD_SECONDS = 900;

export interface JobToProcess {
  database: Database;
  tenantId: string;
  userId: string;
  jobId: string;
  signal: AbortSignal;
}

/**
 * Works on the job of an archived session: proposes edits, outside of any transaction, and stages them, or commits them where the job says so, in one. Any number
 * of calls, one after another or beside each other, do it once. A failure leaves nothing but the job, which says why.
 *
 * queued → staged or committed; a failure gives it back (and throws, so that the queue comes again), the fifth makes it failed. Over the tenant's budget of the
 * day it waits for the next.
 * @throws NotNow while another call works on it; FenceLost when its claim ran out under the work
 */
export async function proposeAndStage(work: JobToProcess): Promise<void> {
  const { database, tenantId, userId, jobId } = work;
  const scoped = database.as({ kind: 'tenant', tenantId, userId });
  const job = await claimJob(scoped, jobId, LEASE_SECONDS);
  if (job === undefined) {
    const seconds = await findJobWait(scoped, jobId);
    if (seconds !== undefined) throw new NotNow(`The job ${jobId} is being worked on`, seconds);
    return;
  }
  const lease = new Lease({
    name: `The job ${jobId}`,
    renew: () => updateJobLease(scoped, job, LEASE_SECONDS),
    stops: [work.signal],
    fields: { tenant_id: tenantId, job_id: jobId },
  });
  try {
    await stage({ ...work, signal: lease.signal }, scoped, job);
  } catch (error) {
    await release(scoped, job, error);
  } finally {
    await lease.stop();
  }
}

async function release(scoped: Scoped, job: JobRow, error: unknown): Promise<void> {
  const isPostponed = error instanceof OverBudget && error.budget === 'day';
  // A run whose budget is used up is not revived by what shall be learned from it.
  const mostAttempts = error instanceof OverBudget && !isPostponed ? 0 : MOST_ATTEMPTS;
  const status = await releaseJob(scoped, job, { error: describe(error), mostAttempts, isPostponed });
  if (isPostponed) {
    const seconds = (await findSecondsUntilTomorrow(scoped)) + 1 + Math.floor(Math.random() * SPREAD_SECONDS);
    throw new NotNow(`The job ${job.id} waits for the next day`, seconds);
  }
  if (status === 'queued' && error instanceof FenceLost) throw new Error('A lease ran out unrenewed', { cause: error });
  if (status !== 'failed') throw error;
  log('warning', 'a session could not be made part of the memory and is kept as failed', { job_id: job.id, error });
}

/** A provider's error holds no prompt; of any other only its kind is kept. */
function describe(error: unknown): string {
  if (error instanceof OverBudget || error instanceof ChangeConflict) return error.message;
  if (error instanceof ModelError) return `${error.kind}: ${error.message}`.slice(0, 500);
  return error instanceof Error ? error.name : 'unknown';
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

/** All or nothing: the change set, the job's new state, and the commit where there is to be one. */
async function write(
  { tenantId, userId }: JobToProcess,
  scoped: Scoped,
  { job, set, faults }: { job: JobRow; set: ChangeSet; faults: string[] },
): Promise<void> {
  const owner = { tenantId, userId };
  await scoped.transaction(async (transaction) => {
    // Whoever takes a source back holds the repository, too: what was proposed from it is not staged after it is gone.
    await claimRepository(transaction);
    const staged = await updateJobStaged(transaction, job, faults);
    if (staged === undefined) throw new FenceLost(`The job ${job.id}`);
    if (set.baseCommit !== undefined && !(await findIsSoundBase(transaction, set.baseCommit))) throw new BaseGone();
    await insertChangeSet(transaction, owner, set);
    if (staged.commits) await applyChangeSet(transaction, owner, set);
  });
}

/** The commit that a proposal was made on is not there any more, or a source was taken back since: its material may have held what is gone. */
class BaseGone extends Error {
  constructor() {
    super('A source was taken back since the proposal was made');
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

async function propose(
  { signal, tenantId, userId }: JobToProcess,
  scoped: Scoped,
  question: Base & { job: JobRow; spoken: SessionContent; day: string; round: number },
): Promise<Pick<ChangeSet, 'proposer' | 'edits' | 'shown'> & { faults: string[] }> {
  const { job, spoken, day, round, head, repository } = question;
  const { ontology } = repository;
  const read = (paths: readonly string[]) => textsAt(scoped, head?.tree_id, paths);
  if (spoken.turns.length === 0) return { proposer: 'rules', edits: [], faults: [] };
  if (spoken.model.provider === 'rehearsal') {
    const texts = await read(pathsByRules(spoken, ontology));
    const sizeOf = (path: string) => {
      const text = texts.get(path);
      return text === undefined ? undefined : Buffer.byteLength(text);
    };
    const edits = proposeByRules({ content: spoken, sessionId: job.session_id, day, ontology, sizeOf });
    return { proposer: 'rules', edits, faults: [] };
  }
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
  return { proposer: 'model', ...proposal };
}
