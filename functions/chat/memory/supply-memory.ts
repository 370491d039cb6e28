import type { Correction } from '../../entities/search/correct-spelling.ts';
import { listShownPreferences } from '../../memory/preferences/recall-preferences.ts';
import { recordShown } from '../../memory/recall.ts';
import { findHits } from '../../memory/search/find-hits.ts';
import type { MemoryHit } from '../../memory/search/hit.ts';
import { embedQuery } from '../../memory/search/query.ts';
import type { Database, Scoped } from '../../platform/database/database.ts';
import { featureHashingEmbedder } from '../../platform/models/embedding/feature-hashing.ts';
import { hasMemory, listBlockSources } from '../sql/memory-use.ts';
import { listMutedTargets } from '../sql/muted-memory.ts';
import { type Candidate, chooseWithin, renderSupplied, type SuppliedMemory, wordsOfBlock } from './supplied-memory.ts';

/** The worker that answers in a chat: its own facts and preferences are found, those of other workers are not. */
const ASSISTANT = 'assistant';
/** The most facts and blocks, as many as a worker of a run is told. Each has a note beside the answer. */
const MOST_HITS = 12;

interface SupplyRequest {
  database: Database;
  tenantId: string;
  userId: string;
  runId: string;
  /** What the person asks: their message, with the one before where it is short. It is cut to 2,000 characters. */
  query: string;
  /** The most tokens of the block, by an estimate. */
  tokens: number;
  signal: AbortSignal;
}

/**
 * Finds what is remembered for an answer: the preferences of the user, and the facts and blocks of entity files that a
 * search finds, without what the user muted. Returns the block for the context, which is delimited, escaped data with
 * refs, and what it contains. Records which facts the run was shown, so that a revert finds what the run learned.
 *
 * Nothing of another user is found, except facts that the tenant shares. When the query cannot be embedded, the search
 * uses words only.
 */
export async function supplyMemory(request: SupplyRequest): Promise<{ text: string; supplied: SuppliedMemory[] }> {
  const { database, tenantId, userId, runId, tokens } = request;
  const scoped = database.as({ kind: 'tenant', tenantId, userId });
  // Together, because a person waits for the first word.
  const [muted, preferences, found] = await Promise.all([
    listMutedTargets(scoped),
    preferencesOf(request),
    searched(request, scoped),
  ]);
  const candidates = [...preferences, ...found];
  const wanted = candidates.filter(({ kind, target_id: id }) => !muted.has(`${kind} ${id}`));
  const supplied = chooseWithin(tokens, wanted);
  const facts = supplied.flatMap(({ kind, target_id: id }) => (kind === 'fact' ? [id] : []));
  await recordShown(scoped, runId, facts);
  return { text: renderSupplied(supplied), supplied };
}

async function preferencesOf({ database, tenantId, userId }: SupplyRequest): Promise<Candidate[]> {
  const preferences = await listShownPreferences(database, { tenantId, userId, worker: ASSISTANT });
  return preferences.map(({ name, value, updatedAt }) => ({
    kind: 'preference',
    target_id: name,
    block: '',
    text: `${name.slice(name.indexOf('/') + 1)}: ${value}`,
    source: 'a preference that the person accepted',
    source_kind: 'person',
    source_id: null,
    since: updatedAt,
    trust: 'trusted',
    flags: [],
    why: ['always'],
  }));
}

async function searched(request: SupplyRequest, scoped: Scoped): Promise<Candidate[]> {
  const { database, tenantId, userId, runId, signal } = request;
  // Nothing to find: no embedding is bought, and nobody waits for one.
  if (request.query.trim() === '' || !(await hasMemory(scoped))) return [];
  const query = await embedQuery(database, { tenantId, userId, runId }, request.query, signal);
  const { hits, corrected } = await findHits(scoped, query, {
    kinds: ['fact', 'block'],
    worker: ASSISTANT,
    runId,
    limit: MOST_HITS,
  });
  const commits = hits.flatMap((hit) => (hit.kind === 'block' ? [hit.commit_id] : []));
  const sources = await listBlockSources(scoped, [...new Set(commits)]);
  return hits.flatMap((hit): Candidate[] => {
    const why = reasonsOf(hit, corrected);
    if (hit.kind === 'fact') {
      const { id, text, source, source_kind, source_id, valid_from: since, trust, flags } = hit;
      return [
        { kind: 'fact', target_id: id, block: '', text, source, source_kind, source_id, since, trust, flags, why },
      ];
    }
    if (hit.kind !== 'block') return [];
    const { path, block, valid_from: since, trust } = hit;
    const { source_kind = 'session', source_id = null } = sources.get(hit.commit_id) ?? {};
    const text = wordsOfBlock(hit, source_id);
    const place = { target_id: path, block, source: path, source_kind, source_id, since };
    return [{ kind: 'entity', text, trust, flags: [], why, ...place }];
  });
}

/** Feature hashing compares words, so a vector of it finds no meaning. */
function reasonsOf(hit: MemoryHit, corrected: readonly Correction[]): string[] {
  const found = hit.text.toLowerCase();
  const isMeant = hit.kind === 'fact' && hit.why.vector_score > 0 && hit.embedder !== featureHashingEmbedder.name;
  const isWorded = hit.kind !== 'fact' || hit.why.text_score > 0 || !isMeant;
  const names = corrected.filter(({ name }) => found.includes(name.toLowerCase()));
  return [
    ...(isWorded ? ['words'] : []),
    ...(isMeant ? ['meaning'] : []),
    ...names.map(({ name, word }) => `name ${name} (written ${word})`),
  ];
}
