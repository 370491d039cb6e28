import { usesEmbeddedDatabase } from '../../platform/database/open.ts';
import { timer } from '../../platform/timer.ts';
import { ensureVectorIndex } from '../vector-index.ts';

/** Creates or rebuilds the vector index of the facts each night when the table has grown enough. */
export const ensureVectorIndexes = timer({
  name: 'memory-ensure-vector-indexes',
  schedule: '40 3 * * *',
  deployment: { timeoutSeconds: 1800 },
}).handle(async () => {
  if (usesEmbeddedDatabase()) return { made: 0 };
  return { made: (await ensureVectorIndex('memory_vectors')) === 'made' ? 1 : 0 };
});
