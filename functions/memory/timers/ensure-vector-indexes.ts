import { usesEmbeddedDatabase } from '../../platform/database/open.ts';
import { timer } from '../../platform/timer.ts';
import { ensureVectorIndex } from '../vector-index.ts';

/** Looks each night whether the facts have become so many that their vectors need an index, of the kind that the server has. */
export const ensureVectorIndexes = timer({
  name: 'memory-ensure-vector-indexes',
  schedule: '40 3 * * *',
  deployment: { timeoutSeconds: 1800 },
}).handle(async () => {
  if (usesEmbeddedDatabase()) return { made: 0 };
  return { made: (await ensureVectorIndex()) === 'made' ? 1 : 0 };
});
