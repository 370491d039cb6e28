import { timer } from '../../platform/timer.ts';
import { FACT_HALF_LIVES, FADED } from '../facts/belief.ts';
import { updateMemoriesFaded } from '../sql/fact-history.ts';

const BATCH = 5000;
const MOST_BATCHES = 20;

/** Lets belief in what runs learned fade by the half-life of its kind, so that what nothing repeats is doubted in time. What a person said does not fade. */
export const decayMemories = timer({ name: 'memory-decay-memories', schedule: '20 4 * * *' }).handle(
  async ({ database }) => {
    const system = database.as({ kind: 'system' });
    let faded = 0;
    for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
      const count = await updateMemoriesFaded(system, { halfLives: FACT_HALF_LIVES, floor: FADED, limit: BATCH });
      faded += count;
      if (count < BATCH) break;
    }
    return { faded };
  },
);
