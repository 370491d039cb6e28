import { afterAll, beforeAll, expect, it } from 'vitest';
import { discoverFunctions } from '../../functions/platform/discover.ts';
import { environment } from '../../functions/platform/environment.ts';
import { socket } from '../../functions/platform/socket.ts';
import { receiveSignedIn } from '../../functions/realtime/sign-in.ts';
import { asOwner } from '../support/owner.ts';
import { type Person, startServer, type TestServer } from '../support/server.ts';
import { append, insertRun } from './quiet-run.ts';
import { connectByTicket, connectWith } from './socket-client.ts';

/** Rights are checked again while a connection lives. Here each 50 ms instead of each minute. */
const hasty = socket({ name: 'realtime-hasty', route: 'GET /api/v1/hasty' }).handle(({ connection, database }) =>
  receiveSignedIn({ connection, database, recheckMs: 50 }),
);

let server: TestServer;
let ada: Person;
let url: string;
beforeAll(async () => {
  environment.RATE_LIMIT_PER_MINUTE = 1_000_000;
  server = await startServer([...(await discoverFunctions()).map(({ declaration }) => declaration), hasty]);
  ada = await server.signUp('Ada');
  url = `${server.url}/api/v1/hasty`;
});
afterAll(() => server.close());

const createKey = async () =>
  (await server.call('POST', '/api/v1/auth/api-keys', { token: ada.token, body: { name: 'k', scopes: ['runs:read'] } }))
    .body;

it('is closed with 4401 when the key is revoked', async () => {
  const { id, key } = await createKey();
  const run = await insertRun(ada);
  const client = await connectWith(url, key);
  client.send({ type: 'subscribe', channel: `run:${run}` });
  await client.ofType('subscribed');
  await server.call('DELETE', `/api/v1/auth/api-keys/${id}`, { token: ada.token });
  expect(await client.closed).toBe(4401);
  await append(run, { message: 'not for the key' });
  expect(client.seqs(`run:${run}`)).toEqual([]);
});

it('is closed with 4401 when the user or the tenant is disabled', async () => {
  for (const [off, on, id] of [
    [
      'update users set disabled_at = now() where id = $1',
      'update users set disabled_at = null where id = $1',
      ada.userId,
    ],
    [
      'update tenants set disabled_at = now() where id = $1',
      'update tenants set disabled_at = null where id = $1',
      ada.tenantId,
    ],
  ] as const) {
    const client = await connectWith(url, ada.token);
    await asOwner(off, [id]);
    expect(await client.closed).toBe(4401);
    await asOwner(on, [id]);
  }
});

it('loses a channel, and not the connection, when the run is deleted', async () => {
  const run = await insertRun(ada);
  const client = await connectWith(url, ada.token);
  client.send({ type: 'subscribe', channel: `run:${run}` });
  await client.ofType('subscribed');
  await asOwner('delete from sessions where id = $1', [run]);
  expect(await client.ofType('error')).toMatchObject({ error: 'not-found', channel: `run:${run}` });
  client.send({ type: 'ping' });
  await client.ofType('pong');
  client.socket.close();
});

it('is closed with 4401 when the user signs out, and the ticket from before is refused', async () => {
  const eve = await server.signUp('Eve');
  const { body } = await server.call('POST', '/api/v1/realtime/tickets', { token: eve.token });
  const client = await connectWith(url, eve.token);
  await server.call('POST', '/api/v1/auth/logout', { token: eve.token });
  expect(await client.closed).toBe(4401);
  expect(await (await connectByTicket(url, body.ticket)).closed).toBe(4401);
});
