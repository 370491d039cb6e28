import { logMeasures } from '../../platform/log.ts';
import { deleteOldTries } from '../../platform/queue/dead-letter.ts';
import { timer } from '../../platform/timer.ts';
import { findEngineMeasures } from '../sql/stalled-node.ts';

/** Tries of a work that no other followed for this long are of a work that went on. */
const TRIES_KEPT_SECONDS = 24 * 60 * 60;

/**
 * Says how far behind the engine is, as one log line a minute that metrics and alarms read (infra/monitoring.tf): the oldest task that is not created, the oldest
 * node that does not move, the longest open transaction, runs of foreign engines, dead letters.
 */
export const measureEngine = timer({ name: 'runs-measure-engine', schedule: '* * * * *' }).handle(
  async ({ database }) => {
    const system = database.as({ kind: 'system' });
    const forgottenTries = await deleteOldTries(system, TRIES_KEPT_SECONDS);
    const measures = { ...(await findEngineMeasures(system)), forgotten_tries: forgottenTries };
    logMeasures('measured the engine', measures);
    return measures;
  },
);
