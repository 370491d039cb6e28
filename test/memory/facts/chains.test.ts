import { afterAll, expect, test } from 'vitest';
import { deleteMemory } from '../../../functions/memory/sql/memory.ts';
import { deleteSourceFacts, deleteSourceMemory } from '../../../functions/memory/sql/memory-source.ts';
import { insertMemory } from '../../../functions/memory/sql/memory-statement.ts';
import type { Transaction } from '../../../functions/platform/database/database.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { createPerson, type Person, scopeOf } from '../../entities/people.ts';

const database = await openDatabase();
afterAll(closeDatabase);

/** What a source says about a topic: from a day on it has a value. The later one of two for the same day counts. */
interface Statement {
  id: string;
  topic: number;
  value: string;
  day: number;
}

const CASES = Number(process.env.CHAINS_CASES ?? 150);
const SEED = Number(process.env.CHAINS_SEED ?? Date.now() % 1_000_000);
const DAYS = 8;
/** Half of the days are in the future. */
const NOON = Math.floor(Date.now() / 86_400_000) * 86_400_000 - (DAYS / 2) * 86_400_000;
const momentOf = (day: number) => new Date(NOON + day * 86_400_000).toISOString();

/** Returns numbers from 0 to below `below`, the same for the same seed (mulberry32). */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** The model: at a moment, a topic has the value of its last statement until then. */
function valuesAt(statements: readonly Statement[], moment: number): string[] {
  const last = new Map<number, Statement>();
  for (const statement of statements) {
    const before = last.get(statement.topic);
    if (Date.parse(momentOf(statement.day)) > moment) continue;
    if (before === undefined || statement.day >= before.day) last.set(statement.topic, statement);
  }
  return [...last.values()].map(({ topic, value }) => `${topic} ${value}`).toSorted();
}

const query = <Row extends object>(transaction: Transaction, name: string, text: string, values: unknown[]) =>
  transaction.query<Row>({ name: `test_${name}`, text, values });

async function state(transaction: Transaction, person: Person, name: string, { id, topic, value, day }: Statement) {
  // Any fact of the topic leads to its chain.
  const [known] = await query<{ id: string }>(
    transaction,
    'any_of_topic',
    'select id from memories where text like $1 order by md5(id || $2) limit 1',
    [`${name} ${topic} %`, id],
  );
  await insertMemory(
    transaction,
    {
      id: createId('mem'),
      tenantId: person.tenantId,
      userId: person.userId,
      text: `${name} ${topic} ${value}`,
      category: 'general',
      scope: 'user',
      scopeId: person.userId,
      source: 'a test',
      sourceKind: 'import',
      sourceId: `${name} ${id}`,
      author: person.userId,
      trust: 'trusted',
      confidence: 1,
      embedding: Array.from({ length: 768 }, (_, at) => (at === 0 ? 1 : 0)),
      embedder: 'test',
      validFrom: momentOf(day),
    },
    { related: known === undefined ? [] : [known.id], repeated: [], correctsOthers: false },
  );
}

/** Removes what a source said, or one fact. Returns the ids of the sources whose statements are gone. */
async function takeBack(transaction: Transaction, name: string, id: string, way: number): Promise<string[]> {
  // A fact is removed with everything that supports it, so the model asks which statements these are.
  const gone = await query<{ memory_id: string; source_id: string }>(
    transaction,
    'supporting',
    `select e.memory_id, e.source_id from memory_evidence e join memories m on m.id = e.memory_id
     where e.valid_from is not null and m.source_id = $1`,
    [`${name} ${id}`],
  );
  const [fact] = gone;
  if (way === 0 && fact !== undefined) expect(await deleteMemory(transaction, fact.memory_id)).toBe('deleted');
  else if (way === 1) await deleteSourceMemory(transaction, `${name} ${id}`);
  else await deleteSourceFacts(transaction, `${name} ${id}`, true);
  const removed = way === 0 && fact !== undefined ? gone.filter((line) => line.memory_id === fact.memory_id) : gone;
  return [
    ...removed.map((line) => line.source_id.slice(name.length + 1)),
    ...(way === 0 && fact !== undefined ? [] : [id]),
  ];
}

test(`at any time exactly one fact of a topic holds, in whatever order facts come and go (seed ${SEED})`, async () => {
  const person = await createPerson(database, 'member');
  for (let at = 0; at < CASES; at += 1) {
    const random = randomOf(SEED + at);
    const name = `Case ${at}`;
    const said: string[] = [];
    await database.as(scopeOf(person)).transaction(async (transaction) => {
      let statements: Statement[] = [];
      for (let step = 0; step < 4 + random(9); step += 1) {
        const id = String(step);
        if (statements.length > 0 && random(4) === 0) {
          const target = statements[random(statements.length)]?.id ?? '';
          const way = random(3);
          const gone = await takeBack(transaction, name, target, way);
          statements = statements.filter((statement) => !gone.includes(statement.id));
          said.push(`way ${way} takes back ${target}: ${gone}`);
        } else {
          const statement = { id, topic: random(2), value: 'ABC'.charAt(random(3)), day: random(DAYS) };
          await state(transaction, person, name, statement);
          statements.push(statement);
          said.push(`${id}: ${statement.topic} is ${statement.value} from day ${statement.day}`);
        }
        const moments = [
          Date.now(),
          ...Array.from({ length: DAYS + 1 }, (_, day) => NOON + day * 86_400_000 - random(2)),
        ];
        const found = await query<{ moment: string; text: string }>(
          transaction,
          'true_at',
          `select t.moment, m.text from unnest($1::timestamptz[]) with ordinality t (moment, at)
           join memories m on m.text like $2 and is_true_at(t.moment, m.valid_from, m.valid_to)`,
          [moments.map((moment) => new Date(moment).toISOString()), `${name} %`],
        );
        for (const moment of moments) {
          const values = found.filter((row) => Date.parse(row.moment) === moment).map(({ text }) => text);
          expect(
            values.map((text) => text.slice(name.length + 1)).toSorted(),
            `case ${at} at ${new Date(moment).toISOString()}:\n${said.join('\n')}`,
          ).toEqual(valuesAt(statements, moment));
        }
      }
    });
  }
});
