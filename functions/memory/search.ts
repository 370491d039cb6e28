import { type Correction, correctSpelling } from '../entities/search/correct-spelling.ts';
import { findBlocks, findTurns } from '../entities/search/find-hits.ts';
import type { Database, Queryable } from '../platform/database/database.ts';
import { askedTerms, type ReadQuestion, readQuestion } from '../platform/language/read-question.ts';
import { log } from '../platform/log.ts';
import { ModelError } from '../platform/models/model.ts';
import { buyEmbedding, type EmbeddedTexts, type EmbeddingPayer } from '../usage/embed-texts.ts';
import { OverBudget } from '../usage/meter.ts';
import type { HitKind, MemoryHit } from './hit.ts';
import { LONGEST_QUERY, type MemoryScope, type RecalledMemory } from './memory.ts';
import { mergeHits, packHits } from './merge-hits.ts';
import { rankingOf } from './ranking.ts';
import { type FoundMemory, searchMemories } from './sql/memory.ts';

/** A question with its vector; without one, when the embedder's provider failed or a budget does not cover it, the search goes by text alone. */
export interface Question {
  text: string;
  embedded: EmbeddedTexts | undefined;
}

/**
 * Makes a question of a text, outside any transaction, at the payer's cost. A provider that fails and a budget that is used up make the search worse and do
 * not stop it.
 */
export async function askQuestion(
  database: Database,
  payer: EmbeddingPayer,
  text: string,
  signal: AbortSignal,
): Promise<Question> {
  // A cut through a surrogate pair would leave half a character, which no database takes.
  const question = text.slice(0, LONGEST_QUERY).trim().toWellFormed().replaceAll('\0', ' ');
  try {
    const embedded = await buyEmbedding(database, payer, { texts: [question], purpose: 'query', signal });
    return { text: question, embedded };
  } catch (error) {
    if (!(error instanceof ModelError || error instanceof OverBudget)) throw error;
    log('warning', 'a question could not be embedded: the search goes by text alone', { error });
    return { text: question, embedded: undefined };
  }
}

interface FactFilter {
  limit: number;
  scope?: MemoryScope | undefined;
  runId?: string;
  worker?: string;
  asOf?: string | undefined;
}

/** The facts that answer a question best, among those that the queryable's person may see. */
export function findAnswers(queryable: Queryable, question: Question, filter: FactFilter): Promise<RecalledMemory[]> {
  return findFacts(queryable, question, readQuestion(question.text), filter);
}

/** The same, and a name that nothing in the person's memory has stands for those that differ from it by a letter; `corrected` says which. */
export async function findMendedAnswers(
  queryable: Queryable,
  question: Question,
  filter: FactFilter,
): Promise<{ facts: RecalledMemory[]; corrected: Correction[] }> {
  const { question: read, corrected } = await correctSpelling(queryable, readQuestion(question.text));
  return { facts: await findFacts(queryable, question, read, filter), corrected };
}

async function findFacts(
  queryable: Queryable,
  question: Question,
  read: ReadQuestion,
  filter: FactFilter,
): Promise<RecalledMemory[]> {
  const embedder = question.embedded?.embedder ?? '';
  const found = await searchMemories(queryable, {
    ...askedTerms(read),
    embedding: question.embedded?.vectors[0],
    embedder,
    ...rankingOf(embedder),
    ...filter,
  });
  return found.map(toRecalled);
}

function toRecalled({
  score,
  text_score,
  vector_score,
  bm25,
  similarity,
  coverage,
  ...memory
}: FoundMemory): RecalledMemory {
  return { ...memory, score, why: { text_score, vector_score, bm25, similarity, coverage } };
}

export interface MemoryQuestion {
  kinds: readonly HitKind[];
  /** Facts of this scope alone; blocks and turns are a person's own and of no other scope than his. */
  scope?: MemoryScope | undefined;
  asOf?: string | undefined;
  limit: number;
  /** Of the hits' texts together. */
  maxTokens?: number | undefined;
}

/**
 * Facts, evidence and blocks of the queryable's person as one list, best first, newest first on ties; nothing that scores nothing. `corrected`: what was
 * understood as the misspelling of a name.
 */
export async function findHits(
  queryable: Queryable,
  question: Question,
  { kinds, scope, asOf, limit, maxTokens }: MemoryQuestion,
): Promise<{ hits: MemoryHit[]; corrected: Correction[] }> {
  const { question: read, corrected } = await correctSpelling(queryable, readQuestion(question.text));
  const asksOwn = scope === undefined || scope === 'user';
  const lists: { hits: readonly MemoryHit[]; coverage: number }[] = [];
  if (kinds.includes('fact')) lists.push(toFacts(await findFacts(queryable, question, read, { limit, scope, asOf })));
  if (kinds.includes('block') && asksOwn) lists.push(await findBlocks(queryable, read, { limit, asOf }));
  if (kinds.includes('turn') && asksOwn) lists.push(await findTurns(queryable, read, { limit, asOf }));
  const hits = mergeHits(lists).slice(0, limit);
  return { hits: maxTokens === undefined ? hits : packHits(hits, maxTokens), corrected };
}

function toFacts(facts: readonly RecalledMemory[]) {
  const hits = facts.map((fact): MemoryHit => ({ kind: 'fact', ...fact }));
  return { hits, coverage: facts[0]?.why.coverage ?? 0 };
}
