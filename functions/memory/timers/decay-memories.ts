import { timer } from '../../platform/timer.ts';
import { FACT_HALF_LIFE_DAYS, FADED_CONFIDENCE } from '../confidence.ts';
import { updateMemoriesFaded } from '../sql/memory-history.ts';

const BATCH = 5000;
const MOST_BATCHES = 20;

/**
 * Lowers the confidence of untrusted facts by the half-life of their category, so that facts that nothing repeats fade.
 * Trusted facts do not fade.
 */
export const decayMemories = timer({ name: 'memory-decay-memories', schedule: '20 4 * * *' }).handle(
  async ({ database }) => {
    const system = database.as({ kind: 'system' });
    let faded = 0;
    for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
      const count = await updateMemoriesFaded(system, {
        halfLifeDays: FACT_HALF_LIFE_DAYS,
        floor: FADED_CONFIDENCE,
        limit: BATCH,
      });
      faded += count;
      if (count < BATCH) break;
    }
    return { faded };
  },
);
