import { z } from 'zod';
import { idSchema } from '../platform/id.ts';
import { taskType } from '../platform/queue/task.ts';

/** Imports as the API shows them, and the task that reads their files. */

export const ImportId = idSchema('imp');
export const ImportParams = z.strictObject({ id: ImportId });

/** What an item is, by its content. `unknown` is anything that no exporter of these systems writes. */
export const ItemKind = z.enum([
  'conversation',
  'group_chat',
  'knowledge',
  'memory_key',
  'fact',
  'preferences',
  'session',
  'thread',
  'agent',
  'music_task',
  'presets',
  'analytics',
  'settings',
  'search_index',
  'dataset',
  'unknown',
]);
export type ItemKind = z.infer<typeof ItemKind>;

/**
 * What became of an item. `skipped`: it is left as it is here, deleted or written by the user, or newer than the file.
 * `not_imported`: it is recognised, and this product has no place for it. `failed`: it could not be read or stored.
 */
export const Outcome = z.enum(['created', 'updated', 'unchanged', 'skipped', 'not_imported', 'failed']);
export type Outcome = z.infer<typeof Outcome>;

export const ImportItem = z.strictObject({
  file: z.int().meta({ description: 'The place of its file in the import, from 0' }),
  item: z.int().meta({ description: 'Its place in the file, from 0' }),
  kind: ItemKind,
  source_id: z.string().meta({ description: 'Its id in the source, or a hash of its content when it has none' }),
  title: z.string(),
  outcome: Outcome,
  reason: z.string().nullable().meta({ description: 'Why, and what of the item was not kept as it was' }),
  target_id: z
    .string()
    .nullable()
    .meta({ description: 'The conversation, statement, fact, thread or key that it is here' }),
});
export type ImportItem = z.infer<typeof ImportItem>;

const Timestamp = z.iso.datetime();

export const Import = z.strictObject({
  id: ImportId,
  status: z.enum(['pending', 'running', 'completed', 'failed', 'cancelled']),
  dry_run: z.boolean(),
  files: z.array(z.strictObject({ upload_id: idSchema('upl'), filename: z.string() })),
  progress: z.strictObject({
    bytes: z.int().meta({ description: 'Bytes that are read and written' }),
    bytes_total: z.int(),
    file: z.int().meta({ description: 'The place in `files` of the file that is read, from 0' }),
    items: z.int(),
  }),
  counts: z.array(z.strictObject({ kind: ItemKind, outcome: Outcome, items: z.int() })),
  error: z.string().nullable(),
  created_at: Timestamp,
  started_at: Timestamp.nullable(),
  completed_at: Timestamp.nullable(),
});
export type Import = z.infer<typeof Import>;

/** Reads the files of an import from its checkpoint on. */
export const RunImport = taskType({
  step: 'imports-run-import',
  queue: 'memory',
  payload: z.strictObject({ tenant_id: z.string(), user_id: z.string(), import_id: ImportId }),
});
