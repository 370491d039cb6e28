import { contentKey, discardUpload, findReadyUploads, type ReadyUpload } from '../documents/upload.ts';
import type { Database, Scoped } from '../platform/database/database.ts';
import { FenceLost } from '../platform/errors.ts';
import { enqueue } from '../platform/queue/enqueue.ts';
import { createTask } from '../platform/queue/task.ts';
import { workOnClaim } from '../usage/claimed-work.ts';
import { RunImport } from './import.ts';
import { judgeItems } from './judge-items.ts';
import type { ImportScope } from './kinds/kind.ts';
import { type ReadItem, readItems } from './reading/read-items.ts';
import {
  type ImportClaim,
  importClaims,
  updateImportCheckpoint,
  updateImportEnded,
  updateImportReleased,
} from './sql/import.ts';
import { writeItems } from './write-items.ts';

/** A batch ends with the item that reaches one of these. */
const BATCH = { items: 50, characters: 500_000 };
/** After this time the step ends, and the next task goes on: a delivery may take 30 minutes at most. */
const SLICE_MS = 10 * 60_000;

export interface ImportToRun {
  database: Database;
  tenantId: string;
  userId: string;
  importId: string;
  signal: AbortSignal;
}

/**
 * Reads the files of an import from its checkpoint on, in batches. Idempotent: duplicate and concurrent calls are
 * no-ops; after a crash the next call reads the file again from its beginning and skips what is done.
 * @throws NotNow while another call works on it; FenceLost when it was cancelled or another call took it over
 */
export async function runImport({ database, tenantId, userId, importId, signal }: ImportToRun): Promise<void> {
  const scoped = database.as({ kind: 'tenant', tenantId, userId });
  const name = `The import ${importId}`;
  const fields = { tenant_id: tenantId, import_id: importId };
  await workOnClaim(
    { name, id: importId, statements: importClaims, queryable: scoped, signal, fields },
    async (claim, leased) => {
      const scope: ImportScope = { database, scoped, tenantId, userId, importId, signal: leased };
      const isDone = await readFiles(scope, claim, performance.now() + SLICE_MS);
      if (isDone) return;
      await scoped.transaction(async (transaction) => {
        await transaction.query(updateImportReleased(claim));
        const payload = { tenant_id: tenantId, user_id: userId, import_id: importId };
        await enqueue(transaction, tenantId, createTask(RunImport, payload, `${importId}:${claim.attempts}`));
      });
    },
  );
}

/** Returns false when the time is over before the import is. */
async function readFiles(scope: ImportScope, claim: ImportClaim, until: number): Promise<boolean> {
  const { ready, missing } = await findReadyUploads(scope.scoped, claim.upload_ids, 'import');
  if (missing.length > 0) return end(scope.scoped, claim, 'A file of the import was deleted.');
  let before = 0;
  for (const [file, upload] of ready.entries()) {
    if (file >= claim.file) {
      const first = file === claim.file ? claim.item : 0;
      if (!(await readFile(scope, { claim, file, upload, first, before, until }))) return false;
      const next = { file: file + 1, item: 0, bytes: before + upload.size };
      if (!(await updateImportCheckpoint(scope.scoped, claim, next))) throw new FenceLost(`The import ${claim.id}`);
    }
    before += upload.size;
  }
  return end(scope.scoped, claim, undefined);
}

interface FileToRead {
  claim: ImportClaim;
  file: number;
  upload: ReadyUpload;
  /** The first item that is not done. */
  first: number;
  /** Bytes of the files before. */
  before: number;
  until: number;
}

async function readFile(
  scope: ImportScope,
  { claim, file, upload, first, before, until }: FileToRead,
): Promise<boolean> {
  let batch: ReadItem[] = [];
  let characters = 0;
  const flush = async () => {
    const last = batch.at(-1);
    if (last === undefined) return;
    const items = await judgeItems(scope.scoped, { importId: claim.id, file }, batch);
    await writeItems(scope, { claim, file, bytes: before + last.bytes, items });
    batch = [];
    characters = 0;
  };
  for await (const item of readItems(contentKey(upload))) {
    scope.signal.throwIfAborted();
    if (item.item < first) continue;
    batch.push(item);
    characters += item.size;
    if (batch.length < BATCH.items && characters < BATCH.characters) continue;
    await flush();
    if (performance.now() > until) return false;
  }
  await flush();
  return true;
}

/** Ends the import. What was imported is not needed as a file any more; a dry run leaves the files for the import. */
async function end(scoped: Scoped, claim: ImportClaim, error: string | undefined): Promise<true> {
  await scoped.transaction(async (transaction) => {
    if (!(await updateImportEnded(transaction, claim, error))) throw new FenceLost(`The import ${claim.id}`);
    if (error === undefined && !claim.dry_run) for (const id of claim.upload_ids) await discardUpload(transaction, id);
  });
  return true;
}
