import pg from 'pg';
import { findFacts, vectorRankingOf } from '../../../functions/memory/search/find-facts.ts';
import { ensureVectorIndex } from '../../../functions/memory/vector-index.ts';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import type { Person, TestServer } from '../../support/server.ts';
import type { BenchDatabase } from '../database.ts';
import { quantile } from '../figures.ts';
import { factId, fillFacts, QUESTIONS, randomVector } from './scale-data.ts';
import { searchAll } from './served.ts';

export const RECALL_SCALE_AIM = 0.95;
const SEARCHES = 60;
const VECTOR_SEARCHES = 20;
/** The embedder of the inserted vectors. The search ranks it like a neural embedder. */
export const EMBEDDER = 'bench-embedder';

export interface ScaleResult {
  facts: number;
  rows: number;
  index: string;
  searches: { label: string; p50_ms: number; p95_ms: number; ratio: number }[];
  recalls: { label: string; share: number; recall: number }[];
}

/**
 * Measures searches of a tenant with many facts and of tenants with few, in a table of ten times as many rows, compared
 * with reads by primary key.
 */
export async function measureScale(server: TestServer, own: BenchDatabase, facts: number): Promise<ScaleResult> {
  const rows = facts * 10;
  const people = {
    large: { place: 1, person: await server.signUp(), facts },
    middle: { place: 2, person: await server.signUp(), facts: Math.round(facts / 10) },
    small: { place: 3, person: await server.signUp(), facts: Math.round(facts / 100) },
    tiny: { place: 4, person: await server.signUp(), facts: 100 },
    others: { place: 5, person: await server.signUp(), facts: 0 },
  };
  people.others.facts = rows - people.large.facts - people.middle.facts - people.small.facts - people.tiny.facts;
  const client = new pg.Client({ connectionString: own.url });
  await client.connect();
  try {
    await fillFacts(client, Object.values(people));
    await ensureVectorIndex('memory_vectors');
    const index = await describeIndex(client);
    const read = await timesOf(SEARCHES, (n) => readByKey(people.large.person, factId(people.large.place, n + 1)));
    const baseline = quantile(read, 0.95);
    const searches = [{ label: 'read by primary key', ...figures(read, baseline) }];
    for (const name of ['large', 'middle', 'tiny'] as const) {
      const { person, facts: count } = people[name];
      const times = await timesOf(SEARCHES, (n) => searchByWords(n, person));
      searches.push({ label: `search by words among ${count} facts`, ...figures(times, baseline) });
      const byBoth = await timesOf(VECTOR_SEARCHES, (n) => searchByVector(person, randomVector(n), wordsOf(n)));
      searches.push({ label: `the same with vectors among ${count}`, ...figures(byBoth, baseline) });
      const overHttp = await timesOf(SEARCHES, (n) => searchAll(server, person, wordsOf(n)));
      searches.push({ label: `POST /memory/search among ${count}`, ...figures(overHttp, baseline) });
    }
    const recalls: ScaleResult['recalls'] = [];
    for (const name of ['large', 'middle', 'small'] as const) {
      const { person, place, facts: count } = people[name];
      recalls.push({
        label: `a tenant of ${count}`,
        share: (100 * count) / rows,
        recall: await recallOf(client, person, place),
      });
    }
    return { facts, rows, index, searches, recalls };
  } finally {
    await client.end();
  }
}

const wordsOf = (n: number) => QUESTIONS[n % QUESTIONS.length] ?? '';

function scopeOf({ tenantId, userId }: Person) {
  return { kind: 'tenant' as const, tenantId, userId };
}

async function readByKey(person: Person, id: string): Promise<void> {
  const database = await openDatabase();
  const statement = { name: 'bench_read_fact', text: 'select text from memories where id = $1' };
  await database.as(scopeOf(person)).query({ ...statement, values: [id] });
}

async function searchByWords(n: number, person: Person): Promise<void> {
  const database = await openDatabase();
  await findFacts(database.as(scopeOf(person)), { text: wordsOf(n), embedded: undefined }, { limit: 10 });
}

async function searchByVector(person: Person, vector: number[], text: string) {
  const database = await openDatabase();
  const embedded = { vectors: [vector], embedder: EMBEDDER, paid: undefined };
  return findFacts(database.as(scopeOf(person)), { text, embedded }, { limit: 10 });
}

/** Computes the recall against an exact comparison of all vectors above the similarity floor. */
async function recallOf(client: pg.Client, person: Person, place: number): Promise<number> {
  let found = 0;
  let wanted = 0;
  for (let n = 0; n < VECTOR_SEARCHES; n += 1) {
    const vector = await nearSomeFact(client, factId(place, n + 1), n);
    const { rows } = await client.query<{ id: string }>(
      'select id from (select memory_id as id, embedding <=> $1::vector as distance from memory_vectors where tenant_id = $2 offset 0) m where 1 - distance > $3 order by distance, id limit 10',
      [`[${vector.join(',')}]`, person.tenantId, vectorRankingOf(EMBEDDER).similarityFloor],
    );
    const hits = await searchByVector(person, vector, '');
    const ids = new Set(hits.map(({ id }) => String(id)));
    found += rows.filter(({ id }) => ids.has(id)).length;
    wanted += rows.length;
  }
  return Math.round((1000 * found) / wanted) / 1000;
}

/** Returns a vector near one of the user's facts. */
async function nearSomeFact(client: pg.Client, id: string, n: number): Promise<number[]> {
  const { rows } = await client.query<{ embedding: string }>(
    'select embedding::text from memory_vectors where memory_id = $1',
    [id],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('The bench has no such fact');
  const noise = randomVector(n + 1001);
  return row.embedding
    .slice(1, -1)
    .split(',')
    .map((value, index) => Number(value) + 0.3 * (noise[index] ?? 0));
}

async function describeIndex(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ method: string }>(
    `select a.amname as method from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am a on a.oid = c.relam
      where i.indrelid = 'memory_vectors'::regclass and a.amname in ('hnsw', 'ivfflat', 'scann')`,
  );
  return rows.map(({ method }) => method).join(', ') || 'none';
}

async function timesOf(count: number, work: (n: number) => Promise<unknown>): Promise<number[]> {
  for (let n = 0; n < 3; n += 1) await work(n);
  const times: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const start = performance.now();
    await work(n);
    times.push(performance.now() - start);
  }
  return times;
}

function figures(times: readonly number[], baseline: number) {
  const rounded = (value: number) => Math.round(value * 100) / 100;
  const p95 = quantile([...times], 0.95);
  return { p50_ms: rounded(quantile([...times], 0.5)), p95_ms: rounded(p95), ratio: rounded(p95 / baseline) };
}
