import type { Database, Identity } from '../../platform/database/database.ts';
import { createId } from '../../platform/id.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { awaitJob, type Job, jobView } from './job.ts';
import { receiveSession } from './receive.ts';
import { type SessionBody, turnsOf } from './transcript.ts';

export interface SentSession {
  database: Database;
  identity: Identity | undefined;
  body: SessionBody;
  commits: boolean;
  waitSeconds: number;
  signal: AbortSignal;
}

/**
 * Takes a sent session in and answers its job: 200 when it is done, 202 while it is not.
 * @throws Problem 401, 403, and 409 for the id of another's session
 */
export async function takeSession(sent: SentSession): Promise<{ status: 200; body: Job } | { status: 202; body: Job }> {
  const { database, identity, body, commits, waitSeconds, signal } = sent;
  const { caller, ...scoped } = await enter(database, identity, 'memory:write');
  const id = body.session_id ?? createId('ses');
  const turns = turnsOf(body, new Date().toISOString());
  const received = await scoped.transaction((transaction, entered) =>
    receiveSession(transaction, { owner: entered ?? caller, id, turns, commits }),
  );
  const job = await awaitJob(scoped, received.id, waitSeconds, signal);
  const view = await jobView(scoped, job);
  return job.status === 'queued' ? { status: 202, body: view } : { status: 200, body: view };
}
