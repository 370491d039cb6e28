import { z } from 'zod';
import type { Transaction } from '../platform/database/database.ts';
import { idSchema } from '../platform/id.ts';
import { ModelChoice } from '../platform/models/model.ts';
import { createTask, enqueue, taskType } from '../platform/queue/task.ts';
import { insertMemorySession } from './sql/memory-session.ts';

/** What a run leaves to learn from: the person's own words, the workers' words, and the model that shall read them. */
export const SessionMaterial = z.object({
  task: z.string(),
  reports: z.array(z.object({ worker: z.string().min(1).max(200), text: z.string() })),
  model: ModelChoice,
});
export type SessionMaterial = z.infer<typeof SessionMaterial>;

/** Starts the step that learns facts from an archived run. */
export const ExtractFacts = taskType({
  step: 'memory-extract-facts',
  queue: 'memory',
  payload: z.strictObject({ tenant_id: z.string(), run_id: idSchema('run') }),
});

export interface ArchivedSession {
  tenantId: string;
  /** The run's id: archiving it twice is archiving it once. */
  runId: string;
  userId: string;
  /** `sprint` or `run`. */
  kind: string;
  material: SessionMaterial;
}

/**
 * Archives what a run leaves, in the transaction that ends it, and rings the step that learns from it. True when this call archived it.
 * It writes nothing for a person who is gone, so that a run can end after its person was erased.
 */
export async function archiveSession(transaction: Transaction, session: ArchivedSession): Promise<boolean> {
  const { tenantId, runId, userId, kind, material } = session;
  const isNew = await insertMemorySession(transaction, { tenantId, id: runId, userId, kind, material });
  if (isNew) {
    const task = createTask(ExtractFacts, { tenant_id: tenantId, run_id: runId }, runId);
    await enqueue(transaction, tenantId, task);
  }
  return isNew;
}

/** The most that one session teaches. */
export const MOST_FACTS = 20;
/** Of the task and of each report: the beginning says what it is about, and a model's context is finite. */
export const LONGEST_PART = 20_000;

/**
 * A fact that was found in a session. `origin` is where the extractor read it and decides the trust; no extractor can say otherwise, because each
 * part is read on its own.
 */
export type ExtractedFact =
  | { origin: 'task'; scope: 'tenant' | 'user'; category: string; text: string }
  | { origin: 'report'; scope: 'sprint' | 'worker'; worker: string; category: string; text: string };
