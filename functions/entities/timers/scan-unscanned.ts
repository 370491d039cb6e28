import { log } from '../../platform/log.ts';
import { timer } from '../../platform/timer.ts';
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
    const counts = { scanned_sessions: 0, failed: 0 };
    for (const session of await listUnscannedSessions(database.as({ kind: 'system' }), GRACE_SECONDS, BATCH)) {
      const owner = { tenantId: session.tenant_id, userId: session.user_id };
      try {
        const isNew = await database
          .as({ kind: 'tenant', ...owner })
          .transaction((transaction) => receiveRun(transaction, owner, session.session_id));
        if (isNew) counts.scanned_sessions += 1;
      } catch (error) {
        counts.failed += 1;
        log('warning', 'run not received; the next tick retries', {
          session_id: session.session_id,
          error,
        });
      }
    }
    return counts;
  },
);
