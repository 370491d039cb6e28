import { afterAll, beforeAll, expect, it } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import { type Person, startServer, type TestServer } from '../../support/server.ts';
import { append, insertRun } from '../quiet-run.ts';
import { connectWith, refusal, SocketClient } from '../socket-client.ts';

let server: TestServer;
let ada: Person;
beforeAll(async () => {
  server = await startServer();
  ada = await server.signUp('Ada');
});
afterAll(() => server.close());

const urlOf = (id: string, search = '') => `${server.url}/api/v1/ws/sprints/${id}${search}`;

it('follows a sprint from its start, or from a number, without a frame of the client', async () => {
  const run = await insertRun(ada);
  await append(run, {}, {}, {});
  const all = await connectWith(urlOf(run), ada.token);
  const rest = await connectWith(urlOf(run, '?after=2'), ada.token);
  await append(run, {});
  await Promise.all([all, rest].map((client) => client.until(({ seq, type }) => seq === 4 && type === 'event')));
  expect(all.seqs(`run:${run}`)).toEqual([1, 2, 3, 4]);
  expect(rest.seqs(`run:${run}`)).toEqual([3, 4]);
  for (const client of [all, rest]) client.socket.close();
});

it('closes with 4404 for a run of another tenant and an unknown one', async () => {
  const bob = await server.signUp('Bob');
  for (const run of [await insertRun(bob), createId('run')]) {
    const client = new SocketClient(urlOf(run), { headers: { authorization: `Bearer ${ada.token}` } });
    expect(await client.closed).toBe(4404);
    expect(client.frames.at(-1)).toMatchObject({ type: 'error', error: 'not-found' });
  }
});

it('refuses an id of another form and a wrong number: 422', async () => {
  const headers = { authorization: `Bearer ${ada.token}` };
  expect(await refusal(urlOf('x'), { headers })).toMatchObject({ status: 422 });
  expect(await refusal(urlOf(createId('run'), '?after=-1'), { headers })).toMatchObject({ status: 422 });
});
