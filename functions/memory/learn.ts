import { type ExtractedFact, SessionMaterial } from '../entities/session.ts';
import type { Database, Scoped } from '../platform/database/database.ts';
import { FenceLost, NotNow } from '../platform/errors.ts';
import { createId } from '../platform/id.ts';
import { LEASE_SECONDS, Lease } from '../platform/lease.ts';
import { log } from '../platform/log.ts';
import { ModelError } from '../platform/models/model.ts';
import { openModel } from '../platform/models/open-model.ts';
import { buyEmbedding } from '../usage/embed-texts.ts';
import { findSecondsUntilTomorrow, OverBudget, type Payer } from '../usage/meter.ts';
import { extractByModel } from './extract.ts';
import { extractByRules } from './extract-by-rules.ts';
import { compareFacts } from './facts/compare-facts.ts';
import { validFromOf, withAbsoluteDates } from './facts/dates.ts';
import { type FactToWrite, writeFact } from './facts/write-fact.ts';
import { FIRST_CONFIDENCE } from './memory.ts';
import {
  claimMemorySession,
  findMemorySessionWait,
  type MemorySessionRow,
  releaseMemorySession,
  updateMemorySessionLearned,
  updateMemorySessionLease,
  updateMemorySessionPostponed,
} from './sql/learning.ts';
import type { NewMemory } from './sql/memory.ts';

/** A session that cannot be learned from after this many tries is kept as failed, with its material. */
const MOST_ATTEMPTS = 5;

export interface SessionToLearn {
  database: Database;
  tenantId: string;
  runId: string;
  signal: AbortSignal;
}

/**
 * Learns from an archived session: extracts its facts, embeds them, compares them with what is known and writes them, together with the session's end, in one transaction. Any number
 * of calls, one after another or beside each other, write them once.
 *
 * pending → learned; a failure gives it back (and throws, so that the queue comes again); the fifth makes it failed. Over the run's budget it is failed at
 * once, over the tenant's budget of the day it waits for the next. A session that is not there, learned or failed is done.
 * @throws NotNow while another call works on it, or until the next day; FenceLost when its claim ran out under the work
 */
export async function learnFromSession(session: SessionToLearn): Promise<void> {
  const { database, tenantId, runId } = session;
  const claimed = await claim(database, tenantId, runId);
  if (claimed === undefined) return;
  const scoped = database.as({ kind: 'tenant', tenantId, userId: claimed.user_id });
  const lease = new Lease({
    name: `The session ${runId}`,
    renew: () => updateMemorySessionLease(scoped, claimed, LEASE_SECONDS),
    stops: [session.signal],
    fields: { tenant_id: tenantId, run_id: runId },
  });
  try {
    const facts = await prepareFacts({ ...session, signal: lease.signal }, claimed, scoped);
    await scoped.transaction(async (transaction) => {
      const isMine = await updateMemorySessionLearned(transaction, claimed, facts.length);
      if (!isMine) throw new FenceLost(`The session ${runId}`);
      for (const fact of facts) await writeFact(transaction, fact);
    });
  } catch (error) {
    if (error instanceof OverBudget && error.budget === 'day') return postpone(scoped, claimed, error);
    // Learning never revives a run whose budget is used up; what was not learned is kept with the reason.
    const mostAttempts = error instanceof OverBudget ? 0 : MOST_ATTEMPTS;
    const status = await releaseMemorySession(scoped, claimed, { error: describe(error), mostAttempts });
    if (status === 'pending' && error instanceof FenceLost)
      throw new Error('A lease ran out unrenewed', { cause: error });
    if (status !== 'failed') throw error;
    log('warning', 'a session could not be learned from and is kept as failed', {
      tenant_id: tenantId,
      run_id: runId,
      error,
    });
  } finally {
    await lease.stop();
  }
}

/** The jobs of a whole tenant wait for the same midnight; they do not come back in the same second. */
const SPREAD_SECONDS = 900;

async function postpone(scoped: Scoped, claimed: MemorySessionRow, cause: OverBudget): Promise<void> {
  if (!(await updateMemorySessionPostponed(scoped, claimed, cause.message))) return;
  const seconds = await findSecondsUntilTomorrow(scoped);
  throw new NotNow(
    `The session ${claimed.id} waits for the next day: ${cause.message}`,
    seconds + 1 + Math.floor(Math.random() * SPREAD_SECONDS),
  );
}

async function claim(database: Database, tenantId: string, runId: string): Promise<MemorySessionRow | undefined> {
  const tenant = database.as({ kind: 'tenant', tenantId });
  const claimed = await claimMemorySession(tenant, runId, LEASE_SECONDS);
  if (claimed !== undefined) return claimed;
  const seconds = await findMemorySessionWait(tenant, runId);
  if (seconds !== undefined) throw new NotNow(`The session ${runId} is being learned from`, seconds);
  return undefined;
}

/** Everything that talks to providers, outside any transaction; each call is booked when it ends. */
async function prepareFacts(
  session: SessionToLearn,
  claimed: MemorySessionRow,
  scoped: Scoped,
): Promise<FactToWrite[]> {
  const material = SessionMaterial.parse(claimed.material);
  const payer = { tenantId: session.tenantId, userId: claimed.user_id, runId: session.runId };
  const reference = `${session.runId} attempt ${claimed.attempts}`;
  const paid = { payer: { ...payer, scoped }, reference };
  const extracted = inOrder(await extract(session, material, { ...paid, today: claimed.created_at }));
  const { vectors, embedder } = await buyEmbedding(session.database, payer, {
    texts: extracted.map(({ text }) => text),
    purpose: 'document',
    signal: session.signal,
    reference: `${reference} facts`,
  });
  const facts = extracted.map(
    (fact, index): NewMemory => ({
      ...place(fact, session, claimed),
      id: createId('mem'),
      tenantId: session.tenantId,
      userId: claimed.user_id,
      text: fact.text,
      category: fact.category,
      embedding: vectors[index] ?? [],
      embedder,
      validFrom: validFromOf(fact.text, claimed.created_at),
    }),
  );
  const comparisons = await compareFacts(scoped, facts, await comparer(session, material, paid));
  return facts.map((fact, index) => ({
    fact,
    comparisons: comparisons[index] ?? [],
    correctsOthers: fact.trust === 'trusted' && claimed.author_role === 'admin',
  }));
}

/** The model that compares is the one that read; the rehearsal has none and goes by rules. */
async function comparer(
  session: SessionToLearn,
  { model: choice }: SessionMaterial,
  paid: { payer: Payer; reference: string },
) {
  if (choice.provider === 'rehearsal') return undefined;
  return { model: await openModel(choice), choice, signal: session.signal, ...paid };
}

/** By the model that the run was given; the rehearsal has none and goes by rules. */
async function extract(
  session: SessionToLearn,
  material: SessionMaterial,
  { today, ...paid }: { payer: Payer; reference: string; today: string },
): Promise<ExtractedFact[]> {
  if (material.model.provider === 'rehearsal') return extractByRules(material).map((fact) => dated(fact, today));
  return extractByModel({
    model: await openModel(material.model),
    material,
    today: today.slice(0, 10),
    signal: session.signal,
    ...paid,
  });
}

/** "Yesterday" is counted from the day of the session, however late it is read. */
function dated(fact: ExtractedFact, today: string): ExtractedFact {
  return { ...fact, text: withAbsoluteDates(fact.text, today) };
}

/**
 * Where a fact goes and what it is worth, by where it was read and nothing else. What a person said in a task is trusted, for the whole tenant only
 * if he may write there (attack 97: starting a run must not be a way around that); what a report said is untrusted.
 */
function place(fact: ExtractedFact, session: SessionToLearn, claimed: MemorySessionRow) {
  if (fact.origin === 'task') {
    const isForAll = fact.scope === 'tenant' && claimed.author_role === 'admin';
    return {
      scope: isForAll ? ('tenant' as const) : ('user' as const),
      scopeId: isForAll ? '' : claimed.user_id,
      source: 'the task of a run',
      sourceKind: 'person' as const,
      sourceId: session.runId,
      author: claimed.user_id,
      trust: 'trusted' as const,
      confidence: FIRST_CONFIDENCE.trusted,
    };
  }
  return {
    scope: fact.scope,
    scopeId: fact.scope === 'sprint' ? session.runId : fact.worker,
    source: `a report of the worker ${fact.worker}`,
    sourceKind: 'run' as const,
    sourceId: session.runId,
    author: fact.worker,
    trust: 'untrusted' as const,
    confidence: FIRST_CONFIDENCE.untrusted,
  };
}

/** By their words: writers of the same facts lock them in the same order and cannot block each other for ever. */
function inOrder(facts: ExtractedFact[]): ExtractedFact[] {
  const key = (fact: ExtractedFact) => `${fact.text.toLowerCase()} ${fact.scope}`;
  return facts.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
}

/** A provider's error holds no prompt; of any other only its kind is kept. */
function describe(error: unknown): string {
  if (error instanceof OverBudget) return error.message;
  if (error instanceof ModelError) return `${error.kind}: ${error.message}`.slice(0, 500);
  return error instanceof Error ? error.name : 'unknown';
}
