import { z } from 'zod';
import type { Transaction } from '../platform/database/database.ts';
import { ModelChoice } from '../platform/models/model.ts';
import { enqueue } from '../platform/queue/enqueue.ts';
import { createTask } from '../platform/queue/task.ts';
import { insertMemorySession } from './sql/memory-session.ts';
import { ExtractFacts } from './tasks.ts';

/** What a run leaves to learn from: the user's task, the workers' reports, and the model that reads them. */
export const SessionMaterial = z.object({
  task: z.string(),
  reports: z.array(z.object({ worker: z.string().min(1).max(200), text: z.string() })),
  model: ModelChoice,
});
export type SessionMaterial = z.infer<typeof SessionMaterial>;

interface ArchivedSession {
  tenantId: string;
  /** The run's id. A run is archived once. */
  runId: string;
  userId: string;
  /** The kind of the run. */
  kind: string;
  material: SessionMaterial;
}

/**
 * Archives what a run leaves, in the transaction that ends the run, and starts the step that learns from it. Returns
 * true when this call archived it. Writes nothing when the user was erased, so that the run can still end.
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

/** The most facts that one session can teach. */
export const MOST_FACTS = 20;
/**
 * Characters of the task and of each report that are read. The beginning says what a text is about, and the context of
 * a model is limited.
 */
export const LONGEST_PART = 20_000;

/**
 * A fact found in a session. `origin` is the part that the extractor read, and it decides the trust. Each part is read
 * on its own, so an extractor cannot claim another origin.
 */
export type ExtractedFact =
  | { origin: 'task'; scope: 'tenant' | 'user'; category: string; text: string }
  | { origin: 'report'; scope: 'sprint' | 'worker'; worker: string; category: string; text: string };
