import { ensureVectorIndex } from '../../memory/vector-index.ts';
import { usesEmbeddedDatabase } from '../../platform/database/open.ts';
import { timer } from '../../platform/timer.ts';

/** Creates or rebuilds the vector index of the statements each night when the table has grown enough. */
export const ensureVectorIndexes = timer({
  name: 'village-ensure-vector-indexes',
  schedule: '50 3 * * *',
  deployment: { timeoutSeconds: 1800 },
}).handle(async () => {
  if (usesEmbeddedDatabase()) return { made: 0 };
  return { made: (await ensureVectorIndex('village_vectors')) === 'made' ? 1 : 0 };
});
