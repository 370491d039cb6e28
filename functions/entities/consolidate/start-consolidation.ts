import { z } from 'zod';
import type { Transaction } from '../../platform/database/database.ts';
import { createId } from '../../platform/id.ts';
import { enqueue } from '../../platform/queue/enqueue.ts';
import { createTask } from '../../platform/queue/task.ts';
import {
  type ConsolidationRow,
  findConsolidation,
  insertConsolidation,
  updateConsolidationRequeued,
} from '../sql/memory-consolidation.ts';
import type { Owner } from '../sql/memory-object.ts';
import { insertRepository } from '../sql/memory-repository.ts';
import { ConsolidateEntities } from '../tasks.ts';
import { TOOLS, Tool } from './operation.ts';

/**
 * Estimated tokens above which a file is split: a third of the largest file that edits may write, so files are split
 * long before an edit is rejected. The 12 files that a session's model is shown fit a context of 128,000 tokens even
 * when all are at the cap.
 */
const SOFT_CAP_TOKENS = 8_000;

export const ConsolidationBody = z.strictObject({
  tools: z
    .array(Tool)
    .min(1)
    .max(TOOLS.length)
    .default([...TOOLS])
    .transform((tools) => TOOLS.filter((tool) => tools.includes(tool)))
    .meta({ description: 'The tools to run; always in the order dedupe, redistribute, link' }),
  soft_cap_tokens: z.int().min(1_000).max(20_000).default(SOFT_CAP_TOKENS),
  dry_run: z.boolean().default(false).meta({ description: 'Only stages the changes; another call commits them' }),
  consolidation_id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, 'must be letters, digits, dots, dashes and underscores')
    .optional()
    .meta({ description: 'Your id of this consolidation; repeating it returns the same consolidation' }),
});
export type ConsolidationBody = z.output<typeof ConsolidationBody>;

/**
 * Inserts a consolidation and starts its step, in the caller's transaction. Idempotent by `consolidation_id`, whatever
 * else the body says; a failed consolidation is requeued.
 */
export async function startConsolidation(
  transaction: Transaction,
  owner: Owner,
  { body, startedBy }: { body: ConsolidationBody; startedBy: ConsolidationRow['started_by'] },
): Promise<ConsolidationRow> {
  await insertRepository(transaction, { id: createId('repo'), ...owner, ontology: 'personal' });
  const id = createId('con');
  const key = body.consolidation_id ?? id;
  const { tools, soft_cap_tokens, dry_run } = body;
  const isNew = await insertConsolidation(transaction, owner, {
    id,
    key,
    started_by: startedBy,
    tools,
    soft_cap_tokens,
    dry_run,
  });
  const row = await findConsolidation(transaction, { key });
  if (row === undefined) throw new Error(`The consolidation ${key} is missing right after it was inserted`);
  const isRequeued = !isNew && (await updateConsolidationRequeued(transaction, row.id));
  if (isNew || isRequeued) {
    const payload = { tenant_id: owner.tenantId, user_id: owner.userId, consolidation_id: row.id };
    await enqueue(transaction, owner.tenantId, createTask(ConsolidateEntities, payload, `${row.id}:${row.attempts}`));
  }
  return isRequeued ? { ...row, status: 'queued' } : row;
}
