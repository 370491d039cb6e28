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
 * Undoes what one source did: a run, a session, a page, a document. Its facts go with their vectors, with all that was learned from runs which had them in their
 * context or read the page, in turn; what they replaced is true again; what the source repeated is as unsure as before. Entity files get one commit on top that
 * makes them what they were without the source, and the history stays: later sessions are applied again as far as they can be, and what of them was derived from the
 * source is withdrawn and told. The session is not applied again when it is sent again.
 *
 * An admin reverts for the whole tenant, and of others' files is told counts alone; anybody else what is his own. `dry_run` only tells what would happen. A source
 * that did nothing is an empty answer, so twice is once.
 */
export const revertSource = endpoint({
  name: 'memory-revert-source',
  route: 'POST /api/v1/memory/revert',
  access: 'memory:write',
  summary: 'Undoes everything that came from one source.',
  body: z.strictObject({ source_id: z.string().trim().min(1).max(2000), dry_run: z.boolean().default(false) }),
  reply: {
    200: z.strictObject({
      removed: z.array(
        z.strictObject({
          id: z.string(),
          text: z.string(),
          derived_from: z
            .string()
            .nullable()
            .meta({ description: 'The fact under whose influence it was learned; null for the source’s own' }),
        }),
      ),
      restored: z.array(z.string()).meta({ description: 'Facts that hold again' }),
      weakened: z.array(z.string()).meta({ description: 'Facts that lost a repetition' }),
      entities: RevertedEntities.extend({ of_others: RevertedOfOthers }),
    }),
  },
}).handle(async ({ body, transaction, caller }) => {
  const { source_id: sourceId, dry_run: isDry } = body;
  const action = isDry ? 'memory-look-at-entities' : 'memory-revert-entities';
  // Files come first: through facts, which go then, it is known which runs were under the influence.
  const reverted = await inSourceRepositories(transaction, { caller, sourceId, action }, (reach) =>
    revertInFiles(transaction, reach, !isDry),
  );
  const facts = await deleteSourceFacts(transaction, sourceId, !isDry);
  const own = reverted.find(({ userId }) => userId === caller.userId)?.answer ?? NO_ENTITIES;
  const others = reverted.filter(({ userId }) => userId !== caller.userId).map(({ answer }) => answer);
  return { status: 200, body: { ...facts, entities: { ...own, of_others: countOfOthers(others) } } };
});
