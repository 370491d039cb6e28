import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { archiveTurns } from '../../../functions/entities/archive-turns.ts';
import { archiveSession } from '../../../functions/entities/session.ts';
import { findHits } from '../../../functions/memory/search/find-hits.ts';
import type { HitKind } from '../../../functions/memory/search/hit.ts';
import { embedQuery } from '../../../functions/memory/search/query.ts';
import type { Database } from '../../../functions/platform/database/database.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { createPerson, forever, insertFacts, type Person, scopeOf } from '../../entities/people.ts';

let database: Database;
let anna: Person;

const ask = async (person: Person, text: string, kinds: HitKind[] = ['fact', 'turn', 'block']) =>
  (await findHits(database.as(scopeOf(person)), { text, embedded: undefined }, { kinds, limit: 10 })).hits;
const firstText = async (text: string) => (await ask(anna, text, ['fact']))[0]?.text;

async function archive(person: Person, lines: readonly [speaker: string, text: string][]) {
  const { tenantId, userId } = person;
  const sessionId = createId('run');
  const turns = lines.map(([speaker, text]) => ({ speaker, text, said_at: '2026-03-01T10:00:00Z' }));
  const material = { task: '', reports: [], model: { provider: 'gemini' as const, model: 'gemini-2.5-flash' } };
  await database.as(scopeOf(person)).transaction(async (transaction) => {
    await archiveSession(transaction, { tenantId, userId, runId: sessionId, kind: 'transcript', material });
    await archiveTurns(transaction, { tenantId, userId, sessionId, turns });
  });
}

const FACTS = [
  'Die Haustürschlüssel hängen neben dem Kühlschrank.',
  "L'ostéopathe d'Inès reçoit le mardi.",
  'В подвале стоят старые велосипеды.',
  'La señora Muñoz alquila bicicletas.',
  'Søren Ångström sells sailing boats.',
  'Ma grand-mère préfère le thé.',
  'المكتبات مغلقة في العطلة',
  'राम दिल्ली में रहता है',
  'रमा मुंबई में रहती है',
  '図書館の猫は白い',
  '도서관에서 책을 빌렸다',
  'ร้านกาแฟอยู่ใกล้สถานี',
  'הספרים נמצאים במרתף',
  'parseHttpHeader drops empty values',
  'The qur’an stand is in O’Hara street',
  '兄は卵アレルギーです',
  '車は買えますか',
];

beforeAll(async () => {
  database = await openDatabase();
  anna = await createPerson(database);
  await insertFacts(database, anna, FACTS);
}, 60_000);
afterAll(closeDatabase);

describe('finds a fact in the words of an ordinary question', () => {
  it.each([
    ['Wo hängt der Haustürschlüssel?', 0],
    ['Haustür', 0],
    ['卵は食べられますか', 15],
    ['Quand vient l’osteopathe ?', 1],
    ['Ines', 1],
    ['Где мой старый велосипед?', 2],
    ['¿Quién alquilaba una bicicleta?', 3],
    ['munoz', 3],
    ['Soeren Aangstroem', 4],
    ['SØREN', 4],
    ['grand mere', 5],
    ['grandmère', 5],
    ['متى تغلق المكتبة؟', 6],
    ['राम कहाँ रहता है', 7],
    ['रमा', 8],
    ['猫', 9],
    ['図書館はどこ', 9],
    ['도서관', 10],
    ['กาแฟ', 11],
    ['ספרים', 12],
    ['parse http header', 13],
    ['parse_http_header', 13],
    ["qur'an", 14],
    ['ohara', 14],
  ] as const)('%s', async (question, place) => {
    expect(await firstText(question)).toBe(FACTS[place]);
  });
});

test('an Arabic word finds its plural and its singular before other words of the question', async () => {
  const person = await createPerson(database);
  const texts = ['عندي دراجة جديدة', 'حساسية من البيض', 'نظارتي زرقاء', 'شجرات الزيتون'];
  await insertFacts(database, person, texts);
  const found = async (text: string) => (await ask(person, text, ['fact']))[0]?.text;
  expect(await found('هل عندي حساسيات')).toBe(texts[1]);
  expect(await found('أين الشجرة؟')).toBe(texts[3]);
});

test('ranks the exact form of a word first', async () => {
  const person = await createPerson(database);
  const texts = ['We met at the resume desk.', 'We met at the résumé desk.', 'We met at the other desk.'];
  await insertFacts(database, person, texts);
  const found = async (text: string) => (await ask(person, text, ['fact'])).map((hit) => hit.text);
  expect(await found('résumé')).toEqual([texts[1], texts[0]]);
  expect(new Set(await found('resume'))).toEqual(new Set([texts[0], texts[1]]));
});

test('a question that is only a name answers with what that person said', async () => {
  const person = await createPerson(database);
  await archive(person, [
    ['Zoë', 'My parrot is ill.'],
    ['小明', '我喜欢下棋'],
  ]);
  await archive(person, [['小明', 'Zoë was late on Monday.']]);
  const speakers = async (text: string) =>
    (await ask(person, text, ['turn'])).map((hit) => 'speaker' in hit && hit.speaker);
  expect((await speakers('Zoë'))[0]).toBe('Zoë');
  expect((await speakers('zoe?'))[0]).toBe('Zoë');
  expect((await speakers('小明'))[0]).toBe('小明');
  expect(await speakers('What did Zoë mention?')).toContain('Zoë');
  expect(await speakers('Klaus')).toEqual([]);
});

test('finds the blocks of a file by its name and its aliases', async () => {
  const person = await createPerson(database);
  const insert = (path: string, names: string, text: string) =>
    database.as(scopeOf(person)).query({
      name: 'test_insert_named_block',
      text: `insert into memory_blocks (tenant_id, user_id, repository, path, block, heading, text, names, strength, always_load, commit_id, valid_from)
        values ($1, $2, 'rep', $3, 'state', 'State', $4, $5, 'medium', false, repeat('a', 40), now())`,
      values: [person.tenantId, person.userId, path, text, names],
    });
  await insert('memories/people/p7.md', 'Małgorzata Müller\nGosia', 'Sails every Sunday.');
  await insert('memories/people/p8.md', '田中さん\nTanaka', 'Bakes every Sunday.');
  for (const name of ['Malgorzata', 'Mueller', 'gosia', 'Gosja'])
    expect((await ask(person, name))[0]).toMatchObject({ path: 'memories/people/p7.md' });
  for (const name of ['田中', 'tanaka'])
    expect((await ask(person, name))[0]).toMatchObject({ path: 'memories/people/p8.md' });
});

test('a long question keeps its end, and no character is split', async () => {
  const person = await createPerson(database);
  await insertFacts(database, person, ['The sauna stands behind the barn.']);
  const filler = Array.from({ length: 200 }, (_, index) => `filler${index}`).join(' ');
  expect((await ask(person, `${filler}. Where is the sauna?`, ['fact'])).length).toBe(1);
  // Facts that share words with the talk around the question do not come before the answer.
  const talk =
    'We painted the fence, cleaned the gutters, baked bread, mended socks, walked the dog, fed the goats, watered';
  await insertFacts(database, person, [
    'We cleaned the gutters and mended the fence.',
    'We baked bread and fed the goats.',
  ]);
  for (const text of [`${talk}. Where is the sauna standing?`, `Where is the sauna standing? ${talk} and ${filler}`])
    expect((await ask(person, text, ['fact']))[0]?.text).toBe('The sauna stands behind the barn.');
  const query = await embedQuery(database, person, `Build a sauna. ${'🦊'.repeat(2000)} Where is it?`, forever);
  expect(query.text).toMatch(/^Build a sauna\. 🦊+\n🦊+ Where is it\?$/u);
  expect(query.text.length).toBeLessThanOrEqual(2000);
});
