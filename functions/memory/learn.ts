import type { Database, Scope, Transaction } from '../platform/database/database.ts';
import { environment } from '../platform/environment.ts';
import { FenceLost, NotNow } from '../platform/errors.ts';
import { createId } from '../platform/id.ts';
import { log } from '../platform/log.ts';
import type { ModelChoice, Usage } from '../platform/models/model.ts';
import { ModelError } from '../platform/models/model.ts';
import { openModel } from '../platform/models/open-model.ts';
import { embedTexts } from '../usage/embed-texts.ts';
import { bookUsage } from '../usage/usage.ts';
import { extractByModel } from './extract.ts';
import { extractByRules } from './extract-by-rules.ts';
import { FIRST_CONFIDENCE } from './memory.ts';
import { type ExtractedFact, SessionMaterial } from './session.ts';
import { insertMemory, type NewMemory } from './sql/memory.ts';
import {
  claimMemorySession,
  findMemorySessionWait,
  type MemorySessionRow,
  releaseMemorySession,
  updateMemorySessionLearned,
} from './sql/memory-session.ts';

/** A session that cannot be learned from after this many tries is kept as failed, with its material. */
const MOST_ATTEMPTS = 5;
/** Two calls of a model, and time for the vectors. */
const LEASE_SECONDS = environment.MODEL_TIMEOUT_SECONDS * 2 + 60;

export interface SessionToLearn {
  database: Database;
  tenantId: string;
  runId: string;
  signal: AbortSignal;
}

/**
 * Learns from an archived session: extracts its facts, embeds them and writes them, together with the session's end, in one transaction. Any number
 * of calls, one after another or beside each other, write them once.
 *
 * pending → learned; a failure gives it back (and throws, so that the queue comes again); the fifth makes it failed. A session that is not there,
 * learned or failed is done.
 * @throws NotNow while another call works on it; FenceLost when its claim ran out under the work
 */
export async function learnFromSession(session: SessionToLearn): Promise<void> {
  const { database, tenantId, runId } = session;
  const claimed = await claim(database, tenantId, runId);
  if (claimed === undefined) return;
  const scope: Scope = { kind: 'tenant', tenantId, userId: claimed.user_id };
  const bills: Bill[] = [];
  try {
    const facts = await prepareFacts(session, claimed, bills);
    await database.as(scope).transaction(async (transaction) => {
      const isMine = await updateMemorySessionLearned(transaction, claimed, facts.length);
      if (!isMine) throw new FenceLost(`The session ${runId}`);
      for (const fact of facts) await insertMemory(transaction, fact);
      await bookAll(transaction, session, claimed, bills);
    });
  } catch (error) {
    const status = await database.as(scope).transaction(async (transaction) => {
      await bookAll(transaction, session, claimed, bills);
      return releaseMemorySession(transaction, claimed, { error: describe(error), mostAttempts: MOST_ATTEMPTS });
    });
    if (status !== 'failed') throw error;
    log('warning', 'a session could not be learned from and is kept as failed', {
      tenant_id: tenantId,
      run_id: runId,
      error,
    });
  }
}

async function claim(database: Database, tenantId: string, runId: string): Promise<MemorySessionRow | undefined> {
  const tenant = database.as({ kind: 'tenant', tenantId });
  const claimed = await claimMemorySession(tenant, runId, LEASE_SECONDS);
  if (claimed !== undefined) return claimed;
  const seconds = await findMemorySessionWait(tenant, runId);
  if (seconds !== undefined) throw new NotNow(`The session ${runId} is being learned from`, seconds);
  return undefined;
}

/** A call of a provider, to be booked with the outcome. */
interface Bill {
  kind: 'extraction' | 'embedding';
  call: string;
  choice: ModelChoice;
  usage: Usage;
}

async function bookAll(
  transaction: Transaction,
  session: SessionToLearn,
  claimed: MemorySessionRow,
  bills: Bill[],
): Promise<void> {
  for (const { kind, call, choice, usage } of bills) {
    await bookUsage(transaction, {
      tenantId: session.tenantId,
      userId: claimed.user_id,
      runId: session.runId,
      kind,
      reference: `${session.runId} attempt ${claimed.attempts} ${call}`,
      choice,
      usage,
    });
  }
}

/** Everything that talks to providers, outside any transaction. */
async function prepareFacts(session: SessionToLearn, claimed: MemorySessionRow, bills: Bill[]): Promise<NewMemory[]> {
  const material = SessionMaterial.parse(claimed.material);
  const extracted = inOrder(await extract(session, material, bills));
  const texts = extracted.map(({ text }) => text);
  const { vectors, embedder, paid } = await embedTexts(texts, 'document', session.signal);
  if (paid !== undefined) {
    const usage = { input_tokens: paid.inputTokens, output_tokens: 0, cached_tokens: 0 };
    bills.push({ kind: 'embedding', call: 'facts', choice: paid.choice, usage });
  }
  return extracted.map((fact, index) => ({
    ...place(fact, session, claimed),
    id: createId('mem'),
    tenantId: session.tenantId,
    userId: claimed.user_id,
    text: fact.text,
    category: fact.category,
    embedding: vectors[index] ?? [],
    embedder,
  }));
}

/** By the model that the run was given; the rehearsal has none and goes by rules. */
async function extract(session: SessionToLearn, material: SessionMaterial, bills: Bill[]): Promise<ExtractedFact[]> {
  const choice = material.model;
  if (choice.provider === 'rehearsal') return extractByRules(material);
  return extractByModel({
    model: await openModel(choice),
    material,
    today: new Date().toISOString().slice(0, 10),
    signal: session.signal,
    onPaid: ({ call, usage }) => void bills.push({ kind: 'extraction', call, choice, usage }),
  });
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
  if (error instanceof ModelError) return `${error.kind}: ${error.message}`.slice(0, 500);
  return error instanceof Error ? error.name : 'unknown';
}
