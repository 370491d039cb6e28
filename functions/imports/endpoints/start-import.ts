import { z } from 'zod';
import { findReadyUploads, type UnusableReason } from '../../documents/upload.ts';
import type { Queryable } from '../../platform/database/database.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { createId, idSchema } from '../../platform/id.ts';
import { enqueue } from '../../platform/queue/enqueue.ts';
import { createTask } from '../../platform/queue/task.ts';
import { Import, RunImport } from '../import.ts';
import { findImport, findImportOfUpload, insertImport } from '../sql/import.ts';

const MOST_FILES = 20;

/**
 * Starts the import of uploaded JSON files of ApexAurum or ApexFlow: conversations become chats, knowledge and group
 * chats statements and threads of the village, `memory.json` keys, memories facts. What a file is follows from its
 * content. Importing a file again changes nothing, and a newer export updates what the older one wrote: what you have
 * changed here stays, and the report says so. With `dry_run` only the report is written. An import uses its uploads up,
 * a dry run leaves them. Answers 409 while another import of yours is at work, and 422 for an upload that is not
 * finished, was imported already, or was not started with the purpose `import`.
 */
export const startImport = endpoint({
  name: 'imports-start-import',
  route: 'POST /api/v1/imports',
  access: 'memory:write',
  summary: 'Imports conversations, knowledge and memory from files of ApexAurum or ApexFlow.',
  body: z.strictObject({
    uploads: z.array(idSchema('upl')).min(1).max(MOST_FILES),
    dry_run: z.boolean().default(false).meta({ description: 'Only report what an import would do' }),
  }),
  reply: { 202: Import },
}).handle(async ({ body, caller, transaction }) => {
  const { ready, missing } = await findReadyUploads(transaction, body.uploads, 'import');
  const [first] = missing;
  if (first !== undefined) throw await refusalOf(transaction, first);
  const id = createId('imp');
  if (!(await insertImport(transaction, { id, dryRun: body.dry_run, uploads: ready })))
    throw new Problem('conflict', 'Another import of yours is at work. Wait for its end, or cancel it.');
  const payload = { tenant_id: caller.tenantId, user_id: caller.userId, import_id: id };
  await enqueue(transaction, caller.tenantId, createTask(RunImport, payload, id));
  const started = await findImport(transaction, id);
  if (started === undefined) throw new Error('A new import is not there');
  return { status: 202, body: started };
});

/** Says why an upload cannot be imported, and what to do. One of another user does not exist for the caller. */
async function refusalOf(
  queryable: Queryable,
  { id, reason }: { id: string; reason: UnusableReason },
): Promise<Problem> {
  const refuse = (why: string, more: string) =>
    new Problem('invalid-request', `The upload ${id} ${why}.${more}`, {
      errors: [{ path: 'body.uploads', message: `${id} ${why}` }],
    });
  if (reason !== 'not-found') return refuse(`is ${reason}`, '');
  const earlier = await findImportOfUpload(queryable, id);
  if (earlier !== undefined)
    return refuse(`was imported already by the import ${earlier}`, ' Upload the file again to import it once more.');
  const lost = ' It was deleted, or not finished within a day. Upload the file again.';
  return refuse('does not exist', lost);
}
