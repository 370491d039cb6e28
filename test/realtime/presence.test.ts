import { afterAll, beforeAll, expect, it } from 'vitest';
import { environment } from '../../functions/platform/environment.ts';
import { addMember } from '../isolation/world.ts';
import { asOwner } from '../support/owner.ts';
import { type Person, startServer, type TestServer } from '../support/server.ts';
import { insertRun } from './quiet-run.ts';
import { connectWith, type Frame } from './socket-client.ts';

let server: TestServer;
let ada: Person;
let url: string;
beforeAll(async () => {
  environment.RATE_LIMIT_PER_MINUTE = 1_000_000;
  server = await startServer();
  ada = await server.signUp('Ada');
  url = `${server.url}/api/v1/ws`;
});
afterAll(() => server.close());

const shows =
  (...users: [name: string, state: string][]) =>
  ({ type, users: shown }: Frame) =>
    type === 'presence' &&
    JSON.stringify(shown.map(({ name, state }: Frame) => [name, state])) === JSON.stringify(users);

it('shows who is in a channel, once each, what they do, and when they leave', async () => {
  const channel = `run:${await insertRun(ada)}`;
  const member = await addMember(ada.tenantId, 'member');
  const [first, tab] = await Promise.all([connectWith(url, ada.token), connectWith(url, ada.token)]);
  first.send({ type: 'subscribe', channel });
  await first.until(shows(['Ada', 'viewing']));
  // A newcomer is told who is there although nobody new came.
  tab.send({ type: 'subscribe', channel });
  await tab.until(shows(['Ada', 'viewing']));
  const other = await connectWith(url, member.token);
  other.send({ type: 'subscribe', channel });
  await first.until(shows(['Ada', 'viewing'], ['Member', 'viewing']));
  other.send({ type: 'presence', channel, state: 'typing' });
  await first.until(shows(['Ada', 'viewing'], ['Member', 'typing']));
  const listed = await server.call('GET', `/api/v1/realtime/presence?channel=${channel}`, { token: ada.token });
  expect(listed.body).toEqual({
    channel,
    users: [
      { id: ada.userId, name: 'Ada', state: 'viewing' },
      { id: member.userId, name: 'Member', state: 'typing' },
    ],
  });
  first.frames.length = 0;
  other.socket.close();
  await first.until(shows(['Ada', 'viewing']));
  for (const client of [first, tab]) client.socket.close();
  await expect.poll(() => asOwner('select * from presence where channel = $1', [channel])).toEqual([]);
});

it('says nothing about a channel that the connection does not follow', async () => {
  const client = await connectWith(url, ada.token);
  client.send({ type: 'presence', channel: `run:${await insertRun(ada)}`, state: 'typing' });
  expect(await client.ofType('error')).toMatchObject({ error: 'not-found' });
  client.socket.close();
});

it('ends the presence in a channel that a client may not follow again', async () => {
  const run = await insertRun(ada);
  const channel = `run:${run}`;
  const client = await connectWith(url, ada.token);
  client.send({ type: 'subscribe', channel });
  await client.until(shows(['Ada', 'viewing']));
  await asOwner('delete from sessions where id = $1', [run]);
  client.send({ type: 'subscribe', channel, after: 0 });
  expect(await client.ofType('error')).toMatchObject({ error: 'not-found', channel });
  await expect.poll(() => asOwner('select * from presence where channel = $1', [channel])).toEqual([]);
  client.socket.close();
});
