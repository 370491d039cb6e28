import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFacts } from '../../../functions/memory/search/find-facts.ts';
import { embedQuery } from '../../../functions/memory/search/query.ts';
import type { Database } from '../../../functions/platform/database/database.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { asOwner, createPerson, forever, insertFacts, type Person, scopeOf } from '../../entities/people.ts';

/** Above 1,000 facts, words are read through their index and vectors are compared separately. */

let database: Database;
let anna: Person;
let ben: Person;

const unit = (place: number) => Array.from({ length: 768 }, (_, index) => (index === place ? 1 : 0));

beforeAll(async () => {
  database = await openDatabase();
  anna = await createPerson(database);
  ben = await createPerson(database, 'member', anna.tenantId);
  await asOwner(database, (transaction) =>
    transaction.query({
      name: 'test_many_facts',
      text: `with facts as (
          insert into memories (id, tenant_id, user_id, text, source_kind, author, trust, embedder)
          select 'mem_' || lpad(n::text, 26, '0'), $1, $2, 'Shelf ' || n || ' holds box ' || n * 7 || '.', 'import', $2, 'trusted', 'neural'
          from generate_series(1, 1200) n
        )
        insert into memory_vectors (tenant_id, memory_id, embedding)
        select $1, 'mem_' || lpad(n::text, 26, '0'), (select array_agg(case when d = n % 700 then 1 else 0 end order by d) from generate_series(1, 768) d)::vector
        from generate_series(1, 1200) n`,
      values: [anna.tenantId, anna.userId],
    }),
  );
  const own = { scope: 'user', scopeId: ben.userId } as const;
  await insertFacts(database, ben, ['The marmot sleeps behind shelf 600.'], own);
  await insertFacts(database, anna, ['The piano tuner comes in October.']);
  await insertFacts(database, anna, ['To be or not to be.']);
}, 60_000);
afterAll(closeDatabase);

const search = async (person: Person, query: string, filter = {}) =>
  findFacts(database.as(scopeOf(person)), await embedQuery(database, person, query, forever), {
    limit: 5,
    ...filter,
  });

test('finds a fact by its words', async () => {
  expect((await search(anna, 'When does the piano tuner come?'))[0]?.text).toBe('The piano tuner comes in October.');
  expect((await search(anna, 'box 4207'))[0]?.text).toBe('Shelf 601 holds box 4207.');
});

test('finds shared facts and the user’s own, but nobody else’s', async () => {
  expect((await search(ben, 'Where is the marmot?'))[0]?.text).toContain('marmot');
  expect((await search(ben, 'piano'))[0]?.text).toContain('piano');
  expect((await search(anna, 'Where is the marmot?')).filter(({ text }) => text.includes('marmot'))).toEqual([]);
  const stranger = await createPerson(database);
  expect(await search(stranger, 'piano shelf box marmot')).toEqual([]);
});

test('compares neural vectors one by one', async () => {
  const embedded = { vectors: [unit(41)], embedder: 'neural', paid: undefined };
  const found = await findFacts(database.as(scopeOf(anna)), { text: 'zebra', embedded }, { limit: 5 });
  expect(found.map(({ text }) => text)).toEqual(['Shelf 742 holds box 5194.', 'Shelf 42 holds box 294.']);
});

test('answers a query of stop words by its vector', async () => {
  expect((await search(anna, 'to be or not to be')).map(({ text }) => text)).toEqual(['To be or not to be.']);
});

test('filters by scope and by time', async () => {
  expect(await search(anna, 'piano', { scope: 'user' })).toEqual([]);
  expect(await search(anna, 'piano', { asOf: '2001-01-01T00:00:00Z' })).toEqual([]);
});
