import { logMeasures } from '../../platform/log.ts';
import { deleteOldTries } from '../../platform/queue/dead-letter.ts';
import { timer } from '../../platform/timer.ts';
import { findEngineMeasures } from '../sql/stalled-node.ts';

/** A counter of attempts that is older than this belongs to work that was done by another delivery. */
const ATTEMPTS_KEPT_SECONDS = 24 * 60 * 60;

/**
 * Logs how far the engine is behind, one line per minute for the metrics and alarms in `infra/monitoring.tf`: the
 * oldest task that is not in the queue, the oldest node that does not move, the longest open transaction, runs of other
 * engine versions, and dead letters.
 */
export const measureEngine = timer({ name: 'runs-measure-engine', schedule: '* * * * *' }).handle(
  async ({ database }) => {
    const system = database.as({ kind: 'system' });
    const forgottenTries = await deleteOldTries(system, ATTEMPTS_KEPT_SECONDS);
    const measures = { ...(await findEngineMeasures(system)), forgotten_tries: forgottenTries };
    logMeasures('measured the engine', measures);
    return measures;
  },
);
