import { orWithoutModel } from '../entities/ask-model.ts';
import { type ExtractedFact, SessionMaterial } from '../entities/session.ts';
import type { Database, Scoped, Transaction } from '../platform/database/database.ts';
import { FenceLost } from '../platform/errors.ts';
import { createId } from '../platform/id.ts';
import { featureHashingEmbedder } from '../platform/models/embedding/feature-hashing.ts';
import type { Model } from '../platform/models/model.ts';
import { workOnClaim } from '../usage/claimed-work.ts';
import { buyEmbedding, type EmbeddedTexts, type EmbeddingPayer } from '../usage/embed-texts.ts';
import { FIRST_CONFIDENCE } from './confidence.ts';
import { extractFacts } from './extract-facts.ts';
import { compareFact, compareFacts } from './facts/compare-facts.ts';
import { validFromOf } from './facts/dates.ts';
import { type Comparison, type FactToWrite, writeFact } from './facts/write-fact.ts';
import { type SessionRow, sessionClaims, updateSessionLearned } from './sql/learning.ts';
import { lockScopes, type NewMemory } from './sql/memory-statement.ts';

export interface SessionToLearn {
  database: Database;
  tenantId: string;
  runId: string;
  signal: AbortSignal;
}

/**
 * Learns from an archived session: extracts its facts, embeds them, compares them with the known facts and writes them,
 * together with the session's end, in one transaction. Idempotent: any number of duplicate or concurrent calls write
 * the facts once. A session that does not exist or does not wait is a no-op.
 *
 * pending → learned, or failed; {@link workOnClaim} says when a failure is tried again.
 * @throws NotNow while another call works on the session, or until the next day
 * @throws FenceLost when another call took the session over
 */
export async function learnFromSession(session: SessionToLearn): Promise<void> {
  const { database, tenantId, runId } = session;
  const name = `The session ${runId}`;
  await workOnClaim(
    {
      name,
      id: runId,
      statements: sessionClaims,
      queryable: database.as({ kind: 'tenant', tenantId }),
      signal: session.signal,
      fields: fieldsOf(session),
    },
    async (claimed, signal) => {
      const scoped = database.as({ kind: 'tenant', tenantId, userId: claimed.user_id });
      const { facts, fault } = await prepareFacts({ ...session, signal }, claimed, scoped);
      await scoped.transaction(async (transaction) => {
        await lockScopes(
          transaction,
          facts.map(({ fact }) => fact),
        );
        if (!(await updateSessionLearned(transaction, claimed, { facts: facts.length, fault })))
          throw new FenceLost(name);
        for (const prepared of facts) {
          const comparisons = [...prepared.comparisons, ...(await compareWithNew(transaction, prepared))];
          await writeFact(transaction, { ...prepared, comparisons });
        }
      });
    },
  );
}

interface PreparedFact extends FactToWrite {
  /** When the model compared the fact; undefined: it did not. ISO 8601. */
  comparedAt: string | undefined;
}

/**
 * Compares a fact by rules with the facts that the model did not see: those of the same session, and those that others
 * wrote since. Call it when the scope is locked.
 */
async function compareWithNew(transaction: Transaction, { fact, comparedAt }: PreparedFact): Promise<Comparison[]> {
  const found = await compareFact(transaction, fact);
  if (comparedAt === undefined) return found;
  return found.filter(({ known }) => Date.parse(known.recorded_at) >= Date.parse(comparedAt));
}

/**
 * Makes all calls to providers, outside any transaction. Each call is booked when it ends. Where the model or the
 * embedder fails for good, its part is done as in a deployment without one; `fault` is why the model read nothing.
 */
async function prepareFacts(
  session: SessionToLearn,
  claimed: SessionRow,
  scoped: Scoped,
): Promise<{ facts: PreparedFact[]; fault: string | undefined }> {
  const material = SessionMaterial.parse(claimed.material);
  const payer = { tenantId: session.tenantId, userId: claimed.user_id, runId: session.runId };
  const reference = `${session.runId} attempt ${claimed.attempts}`;
  const paid = { payer: { ...payer, scoped }, reference };
  const asked = { ...paid, today: claimed.created_at, signal: session.signal, fields: fieldsOf(session) };
  const { fault, model, ...read } = await extractFacts(material, asked);
  const extracted = inOrder(read.facts);
  const texts = extracted.map(({ text }) => text);
  const { vectors, embedder } = await embed(session, payer, { texts, reference: `${reference} facts` });
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
  const compare = async (by: Model | undefined) => {
    if (by === undefined) return { comparisons: [], comparedAt: undefined };
    const comparedAt = new Date().toISOString();
    const asked = { model: by, choice: material.model, signal: session.signal, ...paid };
    return { comparisons: await compareFacts(scoped, facts, asked), comparedAt };
  };
  const { comparisons, comparedAt } = await orWithoutModel(
    fieldsOf(session),
    () => compare(model),
    () => compare(undefined),
  );
  const prepared = facts.map((fact, index) => ({
    fact,
    comparisons: comparisons[index] ?? [],
    comparedAt,
    correctsOthers: fact.trust === 'trusted' && claimed.author_role === 'admin',
  }));
  return { facts: prepared, fault };
}

const fieldsOf = ({ tenantId, runId }: SessionToLearn) => ({ tenant_id: tenantId, run_id: runId });

function embed(session: SessionToLearn, payer: EmbeddingPayer, bought: { texts: string[]; reference: string }) {
  const { database, signal } = session;
  return orWithoutModel<Pick<EmbeddedTexts, 'vectors' | 'embedder'>>(
    fieldsOf(session),
    () => buyEmbedding(database, payer, { ...bought, purpose: 'document', signal }),
    async () => {
      const { vectors } = await featureHashingEmbedder.embed(bought.texts, 'document', signal);
      return { vectors, embedder: featureHashingEmbedder.name };
    },
  );
}

/**
 * Returns a fact's scope, source and trust. They depend only on where the fact was read: words of a user's task are
 * trusted, words of a report are untrusted. A task's fact goes to the whole tenant only if its author is an admin, so
 * that starting a run is no way around the right to write there.
 */
function place(fact: ExtractedFact, session: SessionToLearn, claimed: SessionRow) {
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

/** Sorts facts by their words: concurrent writers of the same facts lock them in the same order and cannot deadlock. */
function inOrder(facts: ExtractedFact[]): ExtractedFact[] {
  const key = (fact: ExtractedFact) => `${fact.text.toLowerCase()} ${fact.scope}`;
  return facts.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
}
