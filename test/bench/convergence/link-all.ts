import { z } from 'zod';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { calibrationOf } from '../../../functions/platform/language/claims/calibrations.ts';
import { readForComparison, relateByRules } from '../../../functions/platform/language/claims/relate.ts';
import { featureHashingEmbedder } from '../../../functions/platform/models/embedding/feature-hashing.ts';
import { linkStatement } from '../../../functions/village/link-statement.ts';
import { asOwner } from '../../support/owner.ts';
import { answerOrders } from '../peer.ts';
import { type MadeStatement, makeStatements } from './statements.ts';

/** A process of its own, with the environment of the benchmark's database. */

const IN_FLIGHT = 4;
const SAMPLED = 100;
const { signal } = new AbortController();

const Order = z.object({
  tenantId: z.string(),
  count: z.int(),
  /** The statements from `from` to `to` are linked; left out: all are, and recall is measured. */
  link: z.object({ from: z.int(), to: z.int() }).optional(),
});

answerOrders(Order, async ({ tenantId, count, link }) =>
  link === undefined ? recall(tenantId, count) : linkPart(tenantId, makeStatements(count).slice(link.from, link.to)),
);

/** Links statements as the step does. */
async function linkPart(tenantId: string, statements: readonly MadeStatement[]) {
  const database = await openDatabase();
  const startedAt = performance.now();
  const waiting = statements.map(({ id }) => id);
  const work = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift())
      await linkStatement({ database, tenantId, statementId: id, signal });
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  return { ms: performance.now() - startedAt };
}

/** Counts the pairs that rules find when some statements are compared with every other one, and the stored ones. */
async function recall(tenantId: string, count: number) {
  const scale = calibrationOf(featureHashingEmbedder.name);
  const statements = makeStatements(count);
  const texts = statements.map(({ content }) => content);
  const embedded = await featureHashingEmbedder.embed(texts, 'document', signal);
  const vectors = embedded.vectors.map((vector) => Float32Array.from(vector));
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
      const cosine = dotOf(vectors[at], vectors[place]);
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

/** A loop, because this runs a million times. */
function dotOf(one: Float32Array = new Float32Array(), other: Float32Array = new Float32Array()): number {
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += (one[at] ?? 0) * (other[at] ?? 0);
  return sum;
}
