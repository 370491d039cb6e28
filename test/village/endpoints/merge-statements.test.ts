import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createPerson, type Person } from '../../entities/people.ts';
import { createPeople, startVillage, untilLinked, type Village } from '../village-server.ts';

let village: Village;
let ada: Person;
let bo: Person;
beforeAll(async () => {
  village = await startVillage();
  ({ ada, bo } = await createPeople(await openDatabase(), 'ada', 'bo'));
});
afterAll(async () => {
  await village.close();
  await closeDatabase();
});

const merge = (who: Person, keep: string, discard: string) =>
  village.as(who, 'POST', '/health/merge', { keep, discard });

test('200: lists and searches leave the discarded statement out; its thread and its address still show it', async () => {
  const keep = await village.say(ada, 'The harbour opens at six.', { thread_title: 'Harbour' });
  const discard = await village.say(ada, 'At six the harbour opens.', { thread_id: keep.thread_id });
  await untilLinked(ada);
  expect(await merge(ada, keep.id, discard.id)).toMatchObject({
    status: 200,
    body: { id: keep.id, merged_into: null },
  });
  expect((await merge(ada, keep.id, discard.id)).status).toBe(200);
  for (const path of ['/knowledge', '/knowledge?query=harbour%20opens%20six'])
    expect(await village.read(bo, path)).toEqual([keep.content]);
  expect(await village.read(bo, `/threads/${keep.thread_id}`)).toEqual([keep.content, discard.content]);
  expect((await village.as(bo, 'GET', `/knowledge/${discard.id}`)).body).toMatchObject({ merged_into: keep.id });
});

test('convergence counts a merged statement no more, until the merge is taken back', async () => {
  const said = [
    await village.say(ada, 'The gate must be locked at night.'),
    await village.say(ada, 'The gate must be locked each night.'),
    await village.say(bo, 'At night the gate has to be locked.'),
  ].map(({ id }) => id);
  const [keep = '', discard = '', theirs = ''] = said;
  await untilLinked(ada);
  const agreed = async () => {
    const { body } = await village.as(bo, 'GET', '/convergence');
    return body.agreements[0].statements.map(({ id }: { id: string }) => id).toSorted();
  };
  expect(await agreed()).toEqual([keep, discard, theirs].toSorted());
  await merge(ada, keep, discard);
  expect(await agreed()).toEqual([keep, theirs].toSorted());
  await village.as(ada, 'DELETE', `/health/merges/${discard}`);
  expect(await agreed()).toEqual([keep, discard, theirs].toSorted());
});

test('a deleted statement gives back what was merged into it', async () => {
  const [keep, discard] = [await village.say(bo, 'Kept.'), await village.say(bo, 'Discarded.')];
  await merge(bo, keep.id, discard.id);
  await village.as(bo, 'DELETE', `/knowledge/${keep.id}`);
  expect(await village.read(bo, '/knowledge')).toContain('Discarded.');
});

test('409 for other agents, other readers, itself and a merged one; 403 for another user’s; 404 for an unseen one', async () => {
  const [one, two, three] = [
    await village.say(ada, 'One.'),
    await village.say(ada, 'Two.'),
    await village.say(ada, 'Three.'),
  ];
  const private_ = await village.say(ada, 'Private.', { realm: 'private' });
  const coder = await village.say(ada, 'Coder.', { agent: 'coder' });
  const ofBo = await village.say(bo, 'Of Bo.');
  const secret = await village.say(bo, 'Secret.', { realm: 'private' });
  for (const discard of [one, private_, coder]) expect((await merge(ada, one.id, discard.id)).status).toBe(409);
  expect((await merge(ada, one.id, two.id)).status).toBe(200);
  expect((await merge(ada, three.id, two.id)).status).toBe(409);
  expect((await merge(ada, two.id, three.id)).status).toBe(409);
  expect((await merge(ada, one.id, ofBo.id)).status).toBe(403);
  expect((await merge(ada, one.id, secret.id)).status).toBe(404);
  expect((await merge(await createPerson(await openDatabase()), one.id, three.id)).status).toBe(404);
});
