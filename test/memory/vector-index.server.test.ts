import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFacts } from '../../functions/memory/search/find-facts.ts';
import { ensureVectorIndex } from '../../functions/memory/vector-index.ts';
import type { Database } from '../../functions/platform/database/database.ts';
import { closeDatabase, openDatabase } from '../../functions/platform/database/open.ts';
import { createPerson, type Person, scopeOf } from '../entities/people.ts';

let database: Database;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(closeDatabase);

async function asAdministrator<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  return work(client).finally(() => client.end());
}

/** Inserts facts around 100 centres, so that there are neighbours. */
const fill = (person: Person, count: number) =>
  asAdministrator(async (client) => {
    await client.query(
      `create temp table centres as select c as place, array_agg(random() - 0.5)::vector(768) as v from generate_series(0, 99) c, generate_series(1, 768) d group by c`,
    );
    await client.query(
      `with facts as (
          insert into memories (id, tenant_id, user_id, text, source_kind, author, trust, embedder)
          select 'mem_index_' || n, $1, $2, 'note ' || n, 'import', 'x', 'trusted', 'neural' from generate_series(1, $3::integer) n
        )
        insert into memory_vectors (tenant_id, memory_id, embedding)
        select $1, 'mem_index_' || n, l2_normalize(c.v + (select array_agg((random() - 0.5) * 0.5)::vector(768) from generate_series(n * 0 + 1, 768)))
        from generate_series(1, $3::integer) n join centres c on c.place = n % 100`,
      [person.tenantId, person.userId, count],
    );
    await client.query('analyze memories, memory_vectors');
  });

test('builds the index of a large scope once, and finds at least 95 % of the exact neighbours', async () => {
  const person = await createPerson(database);
  await fill(person, 10_500);
  expect(await Promise.all([ensureVectorIndex('memory_vectors'), ensureVectorIndex('memory_vectors')])).toContain(
    'made',
  );
  expect(await ensureVectorIndex('memory_vectors')).toBe('kept');
  let found = 0;
  for (let n = 1; n <= 10; n += 1) {
    const { embedding, nearest } = await asAdministrator(async (client) => {
      const asked = await client.query('select embedding::text from memory_vectors where memory_id = $1', [
        `mem_index_${n * 97}`,
      ]);
      const exact = await client.query(
        'select id from (select memory_id as id, embedding <=> $1 as distance from memory_vectors where tenant_id = $2 offset 0) m order by distance limit 10',
        [asked.rows[0]?.embedding, person.tenantId],
      );
      return { embedding: String(asked.rows[0]?.embedding), nearest: exact.rows.map(({ id }) => id) };
    });
    const vector = embedding.slice(1, -1).split(',').map(Number);
    const embedded = { vectors: [vector], embedder: 'neural', paid: undefined };
    const hits = await findFacts(database.as(scopeOf(person)), { text: 'zzz', embedded }, { limit: 10 });
    found += hits.filter(({ id }) => nearest.includes(id)).length;
  }
  expect(found).toBeGreaterThanOrEqual(95);
});
