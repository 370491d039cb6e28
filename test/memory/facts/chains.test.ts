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
  source: string;
  topic: number;
  value: string;
  day: number;
}

const IS_LONG = process.env.CI === 'true' && process.env.DATABASE_URL !== undefined;
const CASES = Number(process.env.CHAINS_CASES ?? (IS_LONG ? 60 : 20));
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

async function state(transaction: Transaction, person: Person, name: string, { source, topic, value, day }: Statement) {
  // Any fact of the topic leads to its chain.
  const [known] = await query<{ id: string }>(
    transaction,
    'any_of_topic',
    'select id from memories where text like $1 order by md5(id || $2) limit 1',
    [`${name} ${topic} %`, source],
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
      sourceId: `${name} ${source}`,
      author: person.userId,
      trust: 'trusted',
      confidence: 1,
      embedding: Array.from({ length: 768 }, (_, at) => (at === 0 ? 1 : 0)),
      embedder: 'test',
      validFrom: momentOf(day),
    },
    { related: known === undefined ? [] : [known.id], repeated: [], recased: [], correctsOthers: false },
  );
}

/** Removes what a source said, or one fact. Returns a filter for the statements that remain. */
async function takeBack(transaction: Transaction, name: string, source: string, way: number) {
  // A fact is removed with all statements that support it. Which these are, the model asks.
  const supporting = await query<{ memory_id: string; source_id: string; text: string }>(
    transaction,
    'supporting',
    `select e.memory_id, e.source_id, m.text from memory_evidence e join memories m on m.id = e.memory_id
     where e.valid_from is not null and m.source_id = $1 order by m.text, e.memory_id`,
    [`${name} ${source}`],
  );
  const fact = way === 0 ? supporting[0]?.memory_id : undefined;
  if (fact !== undefined) expect(await deleteMemory(transaction, fact)).toBe('deleted');
  else if (way === 1) await deleteSourceMemory(transaction, `${name} ${source}`);
  else await deleteSourceFacts(transaction, `${name} ${source}`, true);
  const gone = supporting.filter((line) => fact === undefined || line.memory_id === fact);
  const keys = new Set(gone.map((line) => `${line.source_id} says ${line.text.slice(0, -2)}`));
  return (statement: Statement) =>
    !keys.has(`${name} ${statement.source} says ${name} ${statement.topic}`) &&
    (fact !== undefined || statement.source !== source);
}

/** Moments before, at and between the days, and now. */
const MOMENTS = [
  Date.now(),
  ...Array.from({ length: DAYS + 1 }, (_, day) => [-1, 0].map((by) => NOON + day * 86_400_000 + by)).flat(),
];

/** Expects that the facts which are true at each moment are those of the model. */
async function expectValues(transaction: Transaction, name: string, statements: Statement[], said: string[]) {
  const found = await query<{ moment: string; text: string }>(
    transaction,
    'true_at',
    `select t.moment, m.text from unnest($1::timestamptz[]) t (moment)
     join memories m on m.text like $2 and is_true_at(t.moment, m.valid_from, m.valid_to)`,
    [MOMENTS.map((moment) => new Date(moment).toISOString()), `${name} %`],
  );
  for (const moment of MOMENTS) {
    const values = found.filter((row) => Date.parse(row.moment) === moment).map(({ text }) => text);
    const what = `${name} at ${new Date(moment).toISOString()} (seed ${SEED}):\n${said.join('\n')}`;
    expect(values.map((text) => text.slice(name.length + 1)).toSorted(), what).toEqual(valuesAt(statements, moment));
  }
}

test(`at any time exactly one fact of a topic holds, in whatever order facts come and go (seed ${SEED})`, {
  timeout: 600_000,
}, async () => {
  const person = await createPerson(database, 'member');
  for (let at = 0; at < CASES; at += 1) {
    const random = randomOf(SEED + at);
    const name = `Case ${at}`;
    const said: string[] = [];
    await database.as(scopeOf(person)).transaction(async (transaction) => {
      let statements: Statement[] = [];
      for (let step = 0; step < 4 + random(9); step += 1) {
        const source = String(step);
        if (statements.length > 0 && random(4) === 0) {
          const target = statements[random(statements.length)]?.source ?? '';
          const way = random(3);
          statements = statements.filter(await takeBack(transaction, name, target, way));
          said.push(
            `way ${way} takes back ${target}, which leaves ${statements.map((one) => `${one.source}/${one.topic}`)}`,
          );
        } else {
          for (const topic of [[0], [1], [0, 1]][random(3)] ?? []) {
            const statement = { source, topic, value: 'ABC'.charAt(random(3)), day: random(DAYS) };
            await state(transaction, person, name, statement);
            statements.push(statement);
            said.push(`${source} says ${topic} is ${statement.value} from day ${statement.day} on`);
          }
        }
        if (step % 3 === 2) await expectValues(transaction, name, statements, said);
      }
      await expectValues(transaction, name, statements, said);
    });
  }
});
