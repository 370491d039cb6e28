import { z } from 'zod';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { featureHashingEmbedder } from '../../../functions/platform/models/embedding/feature-hashing.ts';
import { calibrationOf } from '../../../functions/village/convergence/calibrations.ts';
import { readForComparison, relateByRules } from '../../../functions/village/convergence/relate.ts';
import { linkStatement } from '../../../functions/village/link-statement.ts';
import { asOwner } from '../../support/owner.ts';
import { answerOrders } from '../peer.ts';
import { type MadeStatement, makeStatements } from './statements.ts';

/** A process of its own, with the environment of the benchmark's database. */

const IN_FLIGHT = 4;
const SAMPLED = 200;
const { signal } = new AbortController();

answerOrders(z.object({ tenantId: z.string(), count: z.int() }), async ({ tenantId, count }) => ({
  ...(await linkAll(tenantId, count)),
  ...(await recall(tenantId, count)),
}));

/** Links all statements as the step does. */
async function linkAll(tenantId: string, count: number) {
  const database = await openDatabase();
  const startedAt = performance.now();
  const waiting = makeStatements(count).map(({ id }) => id);
  const work = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift())
      await linkStatement({ database, tenantId, statementId: id, signal });
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  return { ms_per_statement: (performance.now() - startedAt) / count };
}

/** Counts the pairs that rules find when each sampled statement is compared with every other one, and the stored ones. */
async function recall(tenantId: string, count: number) {
  const scale = calibrationOf(featureHashingEmbedder.name);
  const statements = makeStatements(count);
  const { vectors } = await featureHashingEmbedder.embed(
    statements.map(({ content }) => content),
    'document',
    signal,
  );
  const read = statements.map(({ content }) => readForComparison(content));
  const known = new Set(
    (await asOwner('select one_id, other_id from village_pairs where tenant_id = $1', [tenantId])).map(
      ({ one_id: one, other_id: other }) => `${one} ${other}`,
    ),
  );
  let [exact, found] = [0, 0];
  for (let sample = 0; sample < SAMPLED; sample += 1) {
    const at = Math.floor((sample * count) / SAMPLED);
    const own = statements[at] as MadeStatement;
    for (const [place, other] of statements.entries()) {
      const [one, two] = [read[at], read[place]];
      if (other.agent === own.agent || one === undefined || two === undefined) continue;
      const cosine = (vectors[at] ?? []).reduce((sum, value, index) => sum + value * (vectors[place]?.[index] ?? 0), 0);
      // The words can add no more than their weight.
      if (scale.cosineWeight * cosine + 1 - scale.cosineWeight < scale.threshold) continue;
      const { relation, similarity } = relateByRules(one, two, cosine, scale);
      if (relation === 'unrelated' || similarity < scale.threshold) continue;
      exact += 1;
      if (known.has([own.id, other.id].sort().join(' '))) found += 1;
    }
  }
  return { exact, found, stored: known.size };
}
