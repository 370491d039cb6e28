import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFacts } from '../../../functions/memory/search/find-facts.ts';
import { embedQuery } from '../../../functions/memory/search/query.ts';
import type { Database } from '../../../functions/platform/database/database.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { asOwner, createPerson, forever, insertFacts, type Person, scopeOf } from '../../entities/people.ts';

/**
 * Above 10,000 facts, frequent words are counted in a sample, and facts with only frequent words are read only to fill
 * up the result.
 */

const FACTS = 16_000;

let database: Database;
let anna: Person;
let ben: Person;

beforeAll(async () => {
  database = await openDatabase();
  anna = await createPerson(database);
  ben = await createPerson(database, 'member', anna.tenantId);
  await asOwner(database, (transaction) =>
    transaction.query({
      name: 'test_large_scope',
      text: `insert into memories (id, tenant_id, user_id, text, source_kind, author, trust, embedder)
        select 'mem_' || lpad(n::text, 26, '0'), $1, $2, 'Shelf ' || n || ' holds ' || case when n % 3 = 0 then 'a crate' else 'a box' end || '.', 'import', $2, 'trusted', 'none'
        from generate_series(1, $3::integer) n`,
      values: [anna.tenantId, anna.userId, FACTS],
    }),
  );
  // Outside of the sample: a rare word in the sample would count as 64 facts and use up the places.
  await asOwner(database, (transaction) =>
    transaction.query({
      name: 'test_rare_facts',
      text: `insert into memories (id, tenant_id, user_id, text, source_kind, author, trust, embedder)
        select free.id, $1, $2, fact.text, 'import', $2, 'trusted', 'none' from unnest($3::text[]) with ordinality as fact (text, n)
        cross join lateral (select made.id from generate_series(100 * n, 100 * n + 99) c cross join lateral (select 'mem_' || lpad(c::text, 26, 'm') as id) made
          where hashtext(made.id) & 63 <> 0 limit 1) free`,
      values: [anna.tenantId, anna.userId, ['The marmot sleeps behind a shelf.', 'A marmot eats grass.']],
    }),
  );
  await insertFacts(database, ben, ['The badger of Ben sleeps in a crate.'], { scope: 'user', scopeId: ben.userId });
}, 120_000);
afterAll(closeDatabase);

const search = async (person: Person, query: string, filter = {}) =>
  findFacts(database.as(scopeOf(person)), await embedQuery(database, person, query, forever), {
    limit: 5,
    ...filter,
  });
const texts = async (person: Person, query: string, filter = {}) =>
  (await search(person, query, filter)).map(({ text }) => text);

test('ranks facts with the rare word first, and the fact with both words at the top', async () => {
  const [first, second, third] = await search(anna, 'Behind which shelf does the marmot sleep?');
  expect(first?.text).toBe('The marmot sleeps behind a shelf.');
  expect(first?.why.coverage).toBe(1);
  expect(second?.text).toBe('A marmot eats grass.');
  // The remaining places go to facts with the frequent word, far behind.
  expect(third?.text).toMatch(/^Shelf \d+ holds/);
  expect(third?.score).toBeLessThan((second?.score ?? 0) / 2);
});

test('finds a number among thousands, and answers a query of frequent words only', async () => {
  expect((await texts(anna, 'What does shelf 15999 hold?'))[0]).toBe('Shelf 15999 holds a crate.');
  expect(await texts(anna, 'shelf')).toHaveLength(5);
  const both = await search(anna, 'shelf crate');
  expect(both).toHaveLength(5);
  for (const { text } of both) expect(text).toContain('crate');
});

test('an unknown word does not hide the others', async () => {
  const found = await search(anna, 'zyzzyva crate');
  expect(found).toHaveLength(5);
  expect(found[0]?.text).toContain('crate');
  expect(found[0]?.why.coverage).toBeLessThan(0.3);
});

test('finds shared facts and the user’s own, but nobody else’s', async () => {
  expect((await texts(ben, 'Where does the badger sleep?'))[0]).toBe('The badger of Ben sleeps in a crate.');
  expect((await texts(anna, 'Where does the badger sleep?')).filter((text) => text.includes('badger'))).toEqual([]);
  expect(await search(await createPerson(database), 'shelf marmot badger')).toEqual([]);
});

test('filters by scope and by time', async () => {
  expect(await texts(ben, 'badger crate', { scope: 'user' })).toEqual(['The badger of Ben sleeps in a crate.']);
  expect(await search(anna, 'shelf crate', { asOf: '2001-01-01T00:00:00Z' })).toEqual([]);
});
