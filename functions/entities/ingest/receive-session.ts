import { awaitWork, type WaitingRequest } from '../../platform/await-work.ts';
import { cutText } from '../../platform/cut-text.ts';
import type { Identity, Transaction } from '../../platform/database/database.ts';
import { createId } from '../../platform/id.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { archiveTurns } from '../archive-turns.ts';
import type { Turn } from '../files/archive.ts';
import { findJob, insertJob, type JobRow, updateJobCommits, updateJobRequeued } from '../sql/memory-job.ts';
import type { Owner } from '../sql/memory-object.ts';
import { insertRepository } from '../sql/memory-repository.ts';
import { findArchivedSession, insertTranscript, updateSessionScanned } from '../sql/memory-session.ts';
import { enqueueProposal } from '../tasks.ts';
import { type Job, jobView } from './job.ts';
import { type SessionBody, turnsOf, turnsOfRun } from './transcript.ts';

interface SentSession {
  identity: Identity | undefined;
  body: SessionBody;
  commits: boolean;
  wait: WaitingRequest;
}

/**
 * Receives a session that the caller sends and returns its job: 200 when the job is done within the wait, else 202.
 * @throws Problem 401, 403, 422 for a conversation of an unknown form
 */
export async function receiveAndWait(
  sent: SentSession,
): Promise<{ status: 200; body: Job } | { status: 202; body: Job }> {
  const { identity, body, commits, wait } = sent;
  const { caller, ...scoped } = await enter(wait.database, identity, 'memory:write');
  const id = body.session_id ?? createId('ses');
  const { turns, notes } = turnsOf(body, new Date().toISOString());
  const received = await scoped.transaction((transaction, entered) =>
    receiveSession(transaction, { owner: entered ?? caller, id, turns, notes, commits }),
  );
  const find = async () => (await findJob(scoped, { id: received.id })) ?? received;
  const job = await awaitWork(wait, find, ({ status }) => status !== 'queued');
  const view = await jobView(scoped, job);
  return job.status === 'queued' ? { status: 202, body: view } : { status: 200, body: view };
}

interface ReceivedSession {
  owner: Owner;
  id: string;
  turns: readonly Turn[];
  /** What could not be read in the session; they become faults of the job. */
  notes?: readonly string[];
  /** Whether the change set is committed as soon as it is staged. */
  commits: boolean;
}

/**
 * Archives the turns of a session and creates its job, in the caller's transaction. Idempotent by the session's id: a
 * second call returns the same job, and can only add the wish to commit or requeue a job that failed.
 */
export async function receiveSession(transaction: Transaction, session: ReceivedSession): Promise<JobRow> {
  const { owner, id, turns } = session;
  const isNew = await insertTranscript(transaction, { ...owner, id });
  if (isNew) await archiveTurns(transaction, { ...owner, sessionId: id, turns });
  return createJob(transaction, session);
}

/** Characters of one archived turn. */
const MAX_TURN_LENGTH = 100_000;

/**
 * Receives the archived session of a sprint or run that has ended: archives its words as turns and creates its job.
 * Returns false when this was done before. Only the user who started the run can find the workers' words.
 */
export async function receiveRun(transaction: Transaction, owner: Owner, id: string): Promise<boolean> {
  if (!(await updateSessionScanned(transaction, id))) return false;
  const session = await findArchivedSession(transaction, id);
  if (session === undefined) return false;
  const turns = turnsOfRun(session).map((turn) => ({ ...turn, text: cutText(turn.text, MAX_TURN_LENGTH) }));
  await archiveTurns(transaction, { ...owner, sessionId: id, turns });
  await createJob(transaction, { owner, id, commits: true });
  return true;
}

/** Creates the job of an archived session, or returns the existing one; a failed job is requeued. */
async function createJob(
  transaction: Transaction,
  { owner, id, notes = [], commits }: Omit<ReceivedSession, 'turns'>,
): Promise<JobRow> {
  await insertRepository(transaction, { id: createId('repo'), ...owner, ontology: 'personal' });
  const jobId = createId('job');
  const isNew = await insertJob(transaction, owner, { id: jobId, sessionId: id, commits, faults: notes });
  const job = await findJob(transaction, { sessionId: id });
  if (job === undefined) throw new Error(`The job of session ${id} is missing right after it was inserted`);
  if (isNew) await enqueueProposal(transaction, owner, { id: jobId, key: jobId });
  else if (await updateJobRequeued(transaction, job.id)) {
    await enqueueProposal(transaction, owner, { id: job.id, key: `${job.id}:${job.attempts}` });
  }
  if (!isNew && commits) await updateJobCommits(transaction, job.id);
  return (await findJob(transaction, { id: job.id })) ?? job;
}
