import { z } from 'zod';
import type { Transaction } from '../../platform/database/database.ts';
import { createId, idSchema } from '../../platform/id.ts';
import { createTask, enqueue, taskType } from '../../platform/queue/task.ts';
import {
  type ConsolidationRow,
  findConsolidation,
  insertConsolidation,
  updateConsolidationRequeued,
} from '../sql/memory-consolidation.ts';
import type { Owner } from '../sql/memory-object.ts';
import { insertRepository } from '../sql/memory-repository.ts';
import { TOOLS, Tool } from './operation.ts';

/** Starts the step that consolidates a user's entity files. */
export const ConsolidateEntities = taskType({
  step: 'entities-consolidate-entities',
  queue: 'memory',
  payload: z.strictObject({ tenant_id: z.string(), user_id: z.string(), consolidation_id: idSchema('con') }),
});

/**
 * Tokens, by our estimate, from which a file is parted. A third of the largest file that edits may make: a file is parted long before an edit is refused; and the
 * twelve files that a session's model is shown fit a context of 128,000 tokens even when all are at the cap.
 */
export const SOFT_CAP_TOKENS = 8_000;

export const ConsolidationBody = z.strictObject({
  tools: z
    .array(Tool)
    .min(1)
    .max(TOOLS.length)
    .default([...TOOLS])
    .transform((tools) => TOOLS.filter((tool) => tools.includes(tool)))
    .meta({ description: 'What is to be done; always in the order dedupe, redistribute, link' }),
  soft_cap_tokens: z.int().min(1_000).max(20_000).default(SOFT_CAP_TOKENS),
  dry_run: z
    .boolean()
    .default(false)
    .meta({ description: 'Only stages what would be done, to be committed by a call of its own' }),
  consolidation_id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, 'must be letters, digits, dots, dashes and underscores')
    .optional()
    .meta({ description: 'Your id of this consolidation; the same id again is the same consolidation' }),
});
export type ConsolidationBody = z.output<typeof ConsolidationBody>;

/**
 * Writes a consolidation down and rings the step that does it, in the caller's transaction. Twice the same id is once, whatever else is said; one that failed is tried
 * anew.
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
  if (row === undefined) throw new Error('A consolidation is not there right after it was written');
  const isRequeued = !isNew && (await updateConsolidationRequeued(transaction, row.id));
  if (isNew || isRequeued) {
    const payload = { tenant_id: owner.tenantId, user_id: owner.userId, consolidation_id: row.id };
    await enqueue(transaction, owner.tenantId, createTask(ConsolidateEntities, payload, `${row.id}:${row.attempts}`));
  }
  return isRequeued ? { ...row, status: 'queued' } : row;
}
