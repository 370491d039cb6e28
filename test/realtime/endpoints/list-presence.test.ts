import { afterAll, beforeAll, expect, it } from 'vitest';
import { asOwner } from '../../support/owner.ts';
import { type Person, startServer, type TestServer } from '../../support/server.ts';
import { insertRun } from '../quiet-run.ts';

let server: TestServer;
let ada: Person;
beforeAll(async () => {
  server = await startServer();
  ada = await server.signUp('Ada');
});
afterAll(() => server.close());

const list = (channel: string, token: string) =>
  server.call('GET', `/api/v1/realtime/presence?channel=${encodeURIComponent(channel)}`, { token });

it('200: lists who was seen in the last 45 seconds', async () => {
  const channel = `run:${await insertRun(ada)}`;
  await asOwner(
    `insert into presence (tenant_id, channel, connection_id, user_id, display_name, state, seen_at)
      select $1, $2, c, $3, 'Ada', 'typing', now() - make_interval(secs => s) from (values ('a', 44), ('b', 46)) v (c, s)`,
    [ada.tenantId, channel, ada.userId],
  );
  expect(await list(channel, ada.token)).toMatchObject({
    status: 200,
    body: { users: [{ id: ada.userId, name: 'Ada', state: 'typing' }] },
  });
  await asOwner(`update presence set seen_at = now() - interval '46 seconds' where channel = $1`, [channel]);
  expect((await list(channel, ada.token)).body).toEqual({ channel, users: [] });
});

it('404: for the run of another tenant, an unknown kind and no id', async () => {
  const bob = await server.signUp('Bob');
  for (const channel of [`run:${await insertRun(bob)}`, 'agent:x', 'run:'])
    expect((await list(channel, ada.token)).status).toBe(404);
});

it('403: for a key without the scope of the channel', async () => {
  const { body } = await server.call('POST', '/api/v1/auth/api-keys', {
    token: ada.token,
    body: { name: 'memory only', scopes: ['memory:read'] },
  });
  expect((await list(`run:${await insertRun(ada)}`, body.key)).status).toBe(403);
});
