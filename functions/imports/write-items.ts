import type { Transaction } from '../platform/database/database.ts';
import { FenceLost, Problem, sqlState } from '../platform/errors.ts';
import type { JudgedItem } from './judge-items.ts';
import type { ImportScope, WriteItem } from './kinds/kind.ts';
import { type ImportClaim, updateImportCheckpoint } from './sql/import.ts';
import { type ItemRow, insertItems } from './sql/item.ts';
import { upsertMappings } from './sql/mapping.ts';

/** A batch of judged items of one file, and how far the import has come with them. */
export interface Batch {
  claim: ImportClaim;
  file: number;
  /** Bytes of all files up to the end of the batch. */
  bytes: number;
  items: readonly JudgedItem[];
}

/** An item with the function that writes it, if there is something to write. */
type ReadyItem = JudgedItem & { write: WriteItem | undefined };

/**
 * Writes a batch in one transaction: the items, their mappings, their lines of the report, and the checkpoint. So a
 * batch whose process dies was not written at all, and is read again. When the database refuses the batch, its items
 * are written one by one, and the one that is refused is reported. A dry run writes the report only.
 * @throws FenceLost when a newer claim has the import, or it was cancelled
 */
export async function writeItems(scope: ImportScope, batch: Batch): Promise<void> {
  const ready: ReadyItem[] = [];
  for (const item of batch.items) ready.push(await prepare(scope, batch, item));
  await writeOrSplit(scope, batch, ready);
}

async function prepare(scope: ImportScope, { claim }: Batch, item: JudgedItem): Promise<ReadyItem> {
  if (item.parsed === undefined) return { ...item, write: undefined };
  if (claim.dry_run) {
    const found = (await item.parsed.check?.(scope, item.earlier)) ?? { notes: [] };
    const isSkipped = 'skipped' in found;
    const reasons = [item.reason ?? '', ...(isSkipped ? [found.skipped] : found.notes)];
    const reason = reasons.filter((text) => text !== '').join(' ') || undefined;
    return { ...item, outcome: isSkipped ? 'skipped' : item.outcome, reason, write: undefined };
  }
  try {
    return { ...item, write: await item.parsed.prepare(scope, item.earlier, item.mappedId) };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return failed(item, error);
  }
}

async function writeOrSplit(scope: ImportScope, batch: Batch, items: readonly ReadyItem[]): Promise<void> {
  try {
    await scope.scoped.transaction((transaction) => write(transaction, batch, items));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const [first] = items;
    if (items.length > 1) for (const item of items) await writeOrSplit(scope, batch, [item]);
    else if (first?.write === undefined) throw error;
    else await writeOrSplit(scope, batch, [failed(first, error)]);
  }
}

async function write(transaction: Transaction, { claim, file, bytes }: Batch, items: readonly ReadyItem[]) {
  const item = (items.at(-1)?.item ?? 0) + 1;
  // First, so that a worker whose claim is lost waits for nobody and writes nothing.
  if (!(await updateImportCheckpoint(transaction, claim, { file, item, bytes })))
    throw new FenceLost(`The import ${claim.id}`);
  const lines: ItemRow[] = [];
  for (const entry of items) {
    const written = await entry.write?.(transaction);
    const skipped = written !== undefined && 'skipped' in written ? written.skipped : undefined;
    const target = written !== undefined && 'targetId' in written ? written : undefined;
    const reasons = [entry.reason, target?.note, skipped].filter((text) => text !== undefined && text !== '');
    lines.push({
      file,
      item: entry.item,
      kind: entry.kind,
      source_id: entry.sourceId,
      title: entry.title,
      outcome: skipped === undefined ? entry.outcome : 'skipped',
      reason: reasons.length === 0 ? null : reasons.join(' '),
      target_id: target?.targetId ?? entry.targetId ?? null,
      hash: entry.hash ?? null,
    });
    if (target === undefined || entry.hash === undefined) continue;
    const { kind, mappedId: source_id, hash, parsed } = entry;
    const known = { source_updated_at: parsed?.updatedAt ?? null, fields: target.fields ?? {} };
    const mapping = { kind, source_id, target_id: target.targetId, hash, rest: parsed?.rest ?? {}, ...known };
    // At once, because a later item of the batch may refer to it.
    await transaction.query(upsertMappings([mapping]));
  }
  await transaction.query(insertItems(claim.id, lines));
}

/** Data that Postgres or a domain refuses: trying again cannot help. */
function isRefusal(error: unknown): boolean {
  if (error instanceof Problem) return error.status < 500 && error.kind !== 'too-many-requests';
  return /^(?:22|23|54)/.test(sqlState(error) ?? '');
}

function failed(item: JudgedItem, error: unknown): ReadyItem {
  const code = sqlState(error);
  const reason = error instanceof Problem ? error.message : `The database does not take it (${code ?? 'unknown'}).`;
  return { ...item, outcome: 'failed', reason, write: undefined };
}
