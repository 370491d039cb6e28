import type { Transaction } from '../../platform/database/database.ts';
import { Problem } from '../../platform/errors.ts';
import { createId } from '../../platform/id.ts';
import { archiveTurns, type Turn } from '../archive-turns.ts';
import { findJob, insertJob, type JobRow, updateJobCommits, updateJobRequeued } from '../sql/memory-job.ts';
import type { Owner } from '../sql/memory-object.ts';
import { insertRepository } from '../sql/memory-repository.ts';
import { findArchivedSession, insertTranscript } from '../sql/memory-session.ts';
import { ringJob } from './process-task.ts';

export interface ReceivedSession {
  owner: Owner;
  id: string;
  turns: readonly Turn[];
  /** Whether it is to be committed as soon as it is staged. */
  commits: boolean;
}

/**
 * Takes a session in: archives its turns and rings the step that works on it, all in the caller's transaction. Twice the same id is once: the second call
 * changes nothing but that it may ask for the commit that the first did not, or for another try of a job that failed. It answers the same job.
 * @throws Problem 409 when the id is that of another person's session
 */
export async function receiveSession(transaction: Transaction, session: ReceivedSession): Promise<JobRow> {
  const { owner, id, turns } = session;
  const isNew = await insertTranscript(transaction, { ...owner, id });
  const archived = await findArchivedSession(transaction, id);
  if (archived === undefined || archived.user_id !== owner.userId) {
    throw new Problem('conflict', 'A session of this id cannot be taken; choose another id.');
  }
  if (isNew) await archiveTurns(transaction, { ...owner, sessionId: id, turns });
  return startJob(transaction, session);
}

/** Gives an archived session a job, once. */
export async function startJob(
  transaction: Transaction,
  { owner, id, commits }: Omit<ReceivedSession, 'turns'>,
): Promise<JobRow> {
  await insertRepository(transaction, { id: createId('repo'), ...owner, ontology: 'personal' });
  const jobId = createId('job');
  const isNew = await insertJob(transaction, owner, { id: jobId, sessionId: id, commits });
  const job = await findJob(transaction, { sessionId: id });
  if (job === undefined) throw new Error('The job of a session is not there right after it was written');
  if (isNew) await ringJob(transaction, owner, { id: jobId, key: jobId });
  else if (await updateJobRequeued(transaction, job.id)) {
    await ringJob(transaction, owner, { id: job.id, key: `${job.id}:${job.attempts}` });
  }
  if (!isNew && commits) await updateJobCommits(transaction, job.id);
  return (await findJob(transaction, { id: job.id })) ?? job;
}
