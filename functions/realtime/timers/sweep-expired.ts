import { timer } from '../../platform/timer.ts';
import { PRESENCE_SECONDS } from '../sql/presence.ts';
import { deleteExpired } from '../sql/ticket.ts';

/** Rows of each kind that one run deletes. */
const BATCH = 10_000;

/** Deletes expired tickets, and the presence of connections whose instance is gone. Idempotent. */
export const sweepExpired = timer({ name: 'realtime-sweep-expired', schedule: '*/5 * * * *' }).handle(({ database }) =>
  deleteExpired(database.as({ kind: 'system' }), PRESENCE_SECONDS, BATCH),
);
