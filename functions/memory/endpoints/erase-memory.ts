import { z } from 'zod';
import { eraseSource } from '../../entities/withdrawal/erase-source.ts';
import { inSourceRepositories } from '../../entities/withdrawal/source-repositories.ts';
import { addRows, ErasedEntities, sumOfErased } from '../../entities/withdrawal/withdrawal-report.ts';
import type { Caller, Transaction } from '../../platform/database/database.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { log } from '../../platform/log.ts';
import { blobKey } from '../../platform/objects/objects.ts';
import { openObjects } from '../../platform/objects/open-objects.ts';
import { deletePersonMemory, deleteSourceMemory, updateShownRedacted } from '../sql/memory-source.ts';

/**
 * Erases for good, with a receipt: a person's memory (himself without `person_id`, or anybody for an admin), or a source's (`source_id`; for an admin in the whole
 * tenant, else one's own). With facts go their vectors and evidence, sessions and turns, entities with their history, keys, preferences, waiting tasks and kept
 * answers; where a run was shown a fact, its words are blackened. A source goes from entity files and from their history: every commit from its first one on is made
 * anew without it, with other ids, and nothing of the old ones is left. With `everything` go the person's runs, files, chats and documents, too, with the blobs to
 * which nothing else refers; 409 while a run of his goes on. The account, the ledger and the audit log stay. 403 for another person, 404 for one who is not there.
 */
export const eraseMemory = endpoint({
  name: 'memory-erase-memory',
  route: 'POST /api/v1/memory/erase',
  access: 'memory:write',
  summary: 'Erases a person’s or a source’s memory for good.',
  body: z
    .strictObject({
      source_id: z.string().trim().min(1).max(2000).optional(),
      person_id: z.string().min(1).max(200).optional(),
      everything: z.boolean().default(false),
    })
    .refine(
      ({ person_id: userId, source_id: sourceId, everything }) =>
        sourceId === undefined || (userId === undefined && !everything),
      {
        path: ['source_id'],
        message: 'erase either a person or a source',
      },
    ),
  reply: {
    200: z.strictObject({
      rows: z.record(z.string(), z.int()).meta({ description: 'How many rows of each table went' }),
      redacted: z.int().meta({ description: 'Prompts and answers of runs in which words were blackened' }),
      blobs: z.int().meta({ description: 'Stored files that went' }),
      entities: ErasedEntities.omit({ rows: true })
        .nullable()
        .meta({ description: 'Of a source: what its erasure did to the history of entity files' }),
    }),
  },
}).handle(async ({ body, caller, transaction }) => {
  const userId = body.person_id ?? caller.userId;
  if (userId !== caller.userId && caller.role !== 'admin')
    throw new Problem('forbidden', 'Only an admin can erase another person’s memory.');
  if (body.source_id !== undefined)
    return { status: 200, body: await eraseOfSource(transaction, caller, body.source_id) };
  const erased = await deletePersonMemory(transaction, userId, body.everything);
  if (erased === undefined) throw new Problem('not-found', 'There is no such person.');
  const { rows, redacted, blobs } = erased;
  // Rows go first: a blob that stays behind after a failure is in the log, a row without its blob would be a broken file.
  transaction.afterCommit(() => removeBlobs(caller.tenantId, blobs));
  return { status: 200, body: { rows, redacted, blobs: blobs.length, entities: null } };
});

async function eraseOfSource(transaction: Transaction, caller: Caller, sourceId: string) {
  const redacted = await updateShownRedacted(transaction, sourceId);
  // Files come before facts: through facts, which go then, it is known which runs were under the influence.
  const answers = await inSourceRepositories(
    transaction,
    { caller, sourceId, action: 'memory-erase-entities' },
    (reach) => eraseSource(transaction, reach),
  );
  const { rows, ...entities } = sumOfErased(answers.map(({ answer }) => answer));
  const facts = await deleteSourceMemory(transaction, sourceId);
  return { rows: addRows(facts.rows, rows), redacted, blobs: facts.blobs.length, entities };
}

async function removeBlobs(tenantId: string, hashes: readonly string[]): Promise<void> {
  const objects = await openObjects();
  for (const sha256 of hashes) {
    await objects.remove(blobKey(tenantId, sha256)).catch((error: unknown) => {
      log('error', 'a blob of an erased person could not be removed', { tenant_id: tenantId, sha256, error });
    });
  }
}
