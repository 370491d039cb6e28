import { z } from 'zod';
import { eraseSource } from '../../entities/withdrawal/erase-source.ts';
import { inSourceRepositories } from '../../entities/withdrawal/source-repositories.ts';
import { addRows, ErasedEntities, sumOfErased } from '../../entities/withdrawal/withdrawal-report.ts';
import type { Caller, Transaction } from '../../platform/database/database.ts';
import { openDatabase } from '../../platform/database/open.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { removeDeletedBlobs } from '../../tools/remove-blob.ts';
import { deletePersonMemory, deleteSourceMemory, updateShownRedacted } from '../sql/memory-source.ts';

/**
 * Erases memory permanently and returns a receipt: a user's memory (the caller's own without `person_id`; any user's
 * for an admin), or what came from a source (`source_id`; in the whole tenant for an admin, otherwise the caller's
 * own).
 *
 * A user's erasure deletes facts with their vectors and evidence, sessions and turns, entity files with their history,
 * keys, preferences, queued tasks and stored replies; where a run was shown a fact, its text is redacted. With
 * `everything` it also deletes the user's runs, files, chats and documents, and the blobs that nothing else uses;
 * answers 409 while a run of the user is active. The account, the ledger and the audit log stay.
 *
 * A source's erasure also rewrites entity files: every commit from the source's first one on is made anew without it
 * and gets a new id.
 *
 * On a laptop the files of the embedded database are purged before the answer; infra/README.md says what managed
 * backups keep.
 *
 * Answers 403 for another user's memory, 404 for a user who does not exist.
 */
export const eraseMemory = endpoint({
  name: 'memory-erase-memory',
  route: 'POST /api/v1/memory/erase',
  access: 'memory:write',
  onBehalfOf: 'known',
  summary: 'Erases permanently what came from a source or, without source_id, all memory of a user.',
  body: z
    .strictObject({
      source_id: z.string().trim().min(1).max(2000).optional().meta({
        description: 'Erases only what came from this source; left out: ALL of the memory is erased',
      }),
      person_id: z.string().min(1).max(200).optional().meta({
        description: 'Erases the memory of this user of your tenant (for an admin); left out: your own memory',
      }),
      everything: z.boolean().default(false).meta({
        description: 'Besides the memory, also erases the user’s runs, files, chats and documents',
      }),
    })
    .refine(
      ({ person_id: userId, source_id: sourceId, everything }) =>
        sourceId === undefined || (userId === undefined && !everything),
      {
        path: ['source_id'],
        message: 'erase either a user or a source',
      },
    ),
  reply: {
    200: z.strictObject({
      rows: z.record(z.string(), z.int()).meta({ description: 'The number of deleted rows by table' }),
      redacted: z.int().meta({ description: 'The number of prompts and answers of runs in which text was redacted' }),
      blobs: z.int().meta({ description: 'The number of deleted blobs' }),
      entities: ErasedEntities.omit({ rows: true })
        .nullable()
        .meta({ description: 'For a source: what its erasure changed in the history of entity files' }),
    }),
  },
}).handle(async ({ body, caller, transaction }) => {
  const userId = body.person_id ?? caller.userId;
  if (userId !== caller.userId && caller.role !== 'admin')
    throw new Problem('forbidden', 'Only an admin can erase another user’s memory.');
  transaction.afterCommit(async () => (await openDatabase()).purge());
  if (body.source_id !== undefined)
    return { status: 200, body: await eraseOneSource(transaction, caller, body.source_id) };
  const erased = await deletePersonMemory(transaction, userId, body.everything);
  if (erased === undefined) throw new Problem('not-found', 'There is no such user.');
  const { rows, redacted, blobs } = erased;
  // Rows are deleted before blobs: a blob that remains after a failure is only logged, but a row without its blob would
  // be a broken file.
  transaction.afterCommit(() => removeDeletedBlobs(caller.tenantId, blobs));
  return { status: 200, body: { rows, redacted, blobs: blobs.length, entities: null } };
});

async function eraseOneSource(transaction: Transaction, caller: Caller, sourceId: string) {
  const redacted = await updateShownRedacted(transaction, sourceId);
  // Entity files are erased before facts, because the facts tell which runs the source influenced.
  const answers = await inSourceRepositories(
    transaction,
    { caller, sourceId, action: 'memory-erase-entities' },
    (reach) => eraseSource(transaction, reach),
  );
  const { rows, ...entities } = sumOfErased(answers, caller.userId);
  const facts = await deleteSourceMemory(transaction, sourceId);
  return { rows: addRows(facts.rows, rows), redacted, blobs: facts.blobs.length, entities };
}
