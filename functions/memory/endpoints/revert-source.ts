import { z } from 'zod';
import { revertSource as revertInFiles } from '../../entities/withdrawal/revert-source.ts';
import { inSourceRepositories } from '../../entities/withdrawal/source-repositories.ts';
import {
  countOfOthers,
  NO_ENTITIES,
  RevertedEntities,
  RevertedOfOthers,
} from '../../entities/withdrawal/withdrawal-report.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { deleteSourceFacts } from '../sql/memory-source.ts';

/**
 * Undoes what one source did: a run, a session, a web page or a document.
 *
 * Its facts are deleted, with all facts of runs that had them in their context or read the page, transitively. Facts
 * that they replaced hold again, and facts that the source repeated lose that repetition. Entity files get one commit
 * that makes them what they would be without the source; later sessions are applied again where possible, and their
 * edits that were derived from the source are withdrawn and listed. The history stays, and a reverted session is not
 * applied again when it is sent again.
 *
 * An admin reverts for the whole tenant and gets only counts of other users' files; anybody else reverts their own
 * data. With `dry_run` nothing changes. Idempotent: a source that did nothing, or was reverted before, answers with
 * empty lists.
 */
export const revertSource = endpoint({
  name: 'memory-revert-source',
  route: 'POST /api/v1/memory/revert',
  access: 'memory:write',
  onBehalfOf: 'known',
  summary: 'Undoes everything that came from one source.',
  body: z.strictObject({ source_id: z.string().trim().min(1).max(2000), dry_run: z.boolean().default(false) }),
  reply: {
    200: z.strictObject({
      removed: z.array(
        z.strictObject({
          id: z.string(),
          text: z.string(),
          derived_from: z.string().nullable().meta({
            description: 'The fact that influenced the run which learned this one; null for the source’s own facts',
          }),
        }),
      ),
      restored: z.array(z.string()).meta({ description: 'Facts that are true again' }),
      weakened: z.array(z.string()).meta({ description: 'Facts that lost a repetition' }),
      entities: RevertedEntities.extend({ of_others: RevertedOfOthers }),
    }),
  },
}).handle(async ({ body, transaction, caller }) => {
  const { source_id: sourceId, dry_run: isDry } = body;
  const action = isDry ? 'memory-look-at-entities' : 'memory-revert-entities';
  // Entity files are reverted before facts, because the facts tell which runs the source influenced.
  const reverted = await inSourceRepositories(transaction, { caller, sourceId, action }, (reach) =>
    revertInFiles(transaction, reach, !isDry),
  );
  const facts = await deleteSourceFacts(transaction, sourceId, !isDry);
  const own = reverted.find(({ userId }) => userId === caller.userId)?.answer ?? NO_ENTITIES;
  const others = reverted.filter(({ userId }) => userId !== caller.userId).map(({ answer }) => answer);
  return { status: 200, body: { ...facts, entities: { ...own, of_others: countOfOthers(others) } } };
});
