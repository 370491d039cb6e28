import type pg from 'pg';
import type { Person } from '../../support/server.ts';

/**
 * Inserts hundreds of thousands of facts in SQL: sentences of a vocabulary in which few words are frequent and most are
 * rare, and vectors around centres.
 */

const DIMENSIONS = 768;
const CENTRES = 500;
/** The distance of a fact from its centre; two different directions are added. */
const NOISE = 0.35;
const VOCABULARY = 20_000;
/** The words of a fact. */
const WORDS = 9;
const BATCH = 50_000;
/** More facts than any tenant has; the ids of a tenant's facts start at a multiple of it. */
const ONE_TENANT = 100_000_000;

export const QUESTIONS = Array.from(
  { length: 40 },
  (_, n) => `Where is ${wordOf(3 + n)} with ${wordOf(200 + n * 37)} and ${wordOf(5000 + n * 211)}?`,
);

function wordOf(place: number): string {
  return `zq${place.toString(16)}x`;
}

/** Returns the id of the nth fact of a tenant; `place` is the tenant's number. */
export function factId(place: number, n: number): string {
  return `mem_${String(place * ONE_TENANT + n).padStart(26, '0')}`;
}

/** Returns a pseudo-random unit vector, the same for the same seed. */
export function randomVector(seed: number): number[] {
  let state = (seed + 1) * 2654435761;
  const values = Array.from({ length: DIMENSIONS }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}

export async function fillFacts(
  client: pg.Client,
  people: readonly { person: Person; facts: number; place: number }[],
): Promise<void> {
  await client.query('set synchronous_commit = off');
  // Rows are inserted before indexes are built, as when a large table is restored. The vector index is built
  // afterwards, as the timer does.
  await client.query('drop index if exists memory_vectors_nearest');
  await client.query(
    `create temp table centres (place integer primary key, v vector(${DIMENSIONS}), noise vector(${DIMENSIONS}))`,
  );
  for (let n = 0; n < CENTRES; n += 1) {
    const vector = randomVector(n);
    const noise = vector.map((value) => value * NOISE);
    await client.query('insert into centres values ($1, $2, $3)', [n, `[${vector.join(',')}]`, `[${noise.join(',')}]`]);
  }
  for (const { person, facts, place } of people) {
    for (let first = 1; first <= facts; first += BATCH) {
      const last = Math.min(facts, first + BATCH - 1);
      await client.query(INSERT, [person.tenantId, person.userId, first, last, place * ONE_TENANT]);
    }
  }
  await client.query('vacuum analyze memories');
  await client.query('vacuum analyze memory_vectors');
}

const INSERT = `with facts as (
    insert into memories (id, tenant_id, user_id, text, source_kind, author, trust, embedder)
    select 'mem_' || lpad(($5::bigint + n)::text, 26, '0'), $1, $2,
      'Note ' || n || ': ' || (select string_agg('zq' || to_hex(1 + floor(${VOCABULARY} * power(random(), 4))::integer + 0 * w) || 'x', ' ') from generate_series(n * 0 + 1, ${WORDS}) w),
      'import', $2, 'trusted', 'bench-embedder'
    from generate_series($3::integer, $4::integer) n
  )
  insert into memory_vectors (tenant_id, memory_id, embedding)
  select $1, 'mem_' || lpad(($5::bigint + n)::text, 26, '0'), l2_normalize(c.v + (d.noise + e.noise))
  from generate_series($3::integer, $4::integer) n
  join centres c on c.place = (n::bigint * 7919) % ${CENTRES}
  join centres d on d.place = (n::bigint * 104729 + n / ${CENTRES}) % ${CENTRES}
  join centres e on e.place = (n::bigint * 1299709 + n / 77) % ${CENTRES}`;
