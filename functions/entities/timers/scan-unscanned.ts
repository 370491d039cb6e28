import { timer } from '../../platform/timer.ts';
import { forEachRow } from '../../platform/timer-rows.ts';
import { receiveRun } from '../ingest/receive-session.ts';
import { listUnscannedSessions } from '../sql/memory-session.ts';

/** A run that has just ended may still be writing. */
const GRACE_SECONDS = 60;
const BATCH = 200;

/**
 * Receives the sprints and runs that ended since the last tick, each once, and those that an earlier tick missed. A
 * failing run does not stop the others.
 */
export const scanUnscanned = timer({ name: 'entities-scan-unscanned', schedule: '*/5 * * * *' }).handle(
  async ({ database }) => {
    const sessions = await listUnscannedSessions(database.as({ kind: 'system' }), GRACE_SECONDS, BATCH);
    const { done, failed } = await forEachRow(
      sessions,
      {
        failure: 'run not received; the next tick retries',
        fieldsOf: ({ session_id }) => ({ session_id }),
      },
      async (session) => {
        const owner = { tenantId: session.tenant_id, userId: session.user_id };
        return database
          .as({ kind: 'tenant', ...owner })
          .transaction((transaction) => receiveRun(transaction, owner, session.session_id));
      },
    );
    return { scanned_sessions: done, failed };
  },
);
