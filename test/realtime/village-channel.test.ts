import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeDatabase, openDatabase } from '../../functions/platform/database/open.ts';
import { openSocket } from '../../functions/realtime/sockets/open-socket.ts';
import type { Person } from '../entities/people.ts';
import { createPeople, startVillage, type Village } from '../village/village-server.ts';
import { connectWith } from './socket-client.ts';

let village: Village;
let people: Record<'ada' | 'bo' | 'cy', Person>;
let channel: string;
beforeAll(async () => {
  village = await startVillage(openSocket);
  people = await createPeople(await openDatabase(), 'ada', 'bo', 'cy');
  channel = `village:${people.ada.tenantId}`;
});
afterAll(async () => {
  await village.close();
  await closeDatabase();
});

async function follow(person: Person, after?: number) {
  const client = await connectWith(`${village.url}/api/v1/ws`, person.token);
  client.send({ type: 'subscribe', channel, ...(after === undefined ? {} : { after }) });
  await client.ofType('subscribed');
  const told = () =>
    client.frames.flatMap(({ type, statement_id: id }) => (type.startsWith('statement_') ? [[type, id]] : []));
  return { client, told };
}

it('tells each follower what they see, live and when they resume', async () => {
  const hello = await village.say(people.bo, 'I am Bo.');
  const [ada, bo, cy] = await Promise.all([follow(people.ada), follow(people.bo), follow(people.cy)]);
  const own = await village.say(people.ada, 'For me.', { realm: 'private' });
  const shared = await village.say(people.ada, 'For Bo.', { realm: 'bridge', sides: [hello.agent.id] });
  const open = await village.say(people.ada, 'For all.', { thread_title: 'News' });
  await village.as(people.ada, 'DELETE', `/knowledge/${open.id}`);
  const added = (...ids: string[]) => ids.map((id) => ['statement_added', id]);
  const deleted = ['statement_deleted', open.id];
  for (const { client } of [ada, bo, cy]) await client.ofType('statement_deleted');
  expect(ada.told()).toEqual([...added(own.id, shared.id, open.id), deleted]);
  expect(bo.told()).toEqual([...added(shared.id, open.id), deleted]);
  expect(cy.told()).toEqual([...added(open.id), deleted]);
  const frame = await ada.client.until(({ statement_id: id }) => id === open.id);
  expect(frame).toMatchObject({ channel, thread_id: open.thread_id, agent_id: open.agent.id, realm: 'village' });
  const again = await follow(people.cy, 0);
  await again.client.ofType('statement_deleted');
  expect(again.told()).toEqual([...added(hello.id, open.id), deleted]);
  for (const { client } of [ada, bo, cy, again]) client.socket.close();
});
