import { afterAll, beforeAll, expect, it } from 'vitest';
import { asOwner } from '../../support/owner.ts';
import { type Person, startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let ada: Person;
beforeAll(async () => {
  server = await startServer();
  ada = await server.signUp('Ada');
});
afterAll(() => server.close());

const take = (token?: string) => server.call('POST', '/api/v1/realtime/tickets', { token });

it('201: a ticket for a user and for a key of any scope, each another one, valid for 30 seconds', async () => {
  const { body: key } = await server.call('POST', '/api/v1/auth/api-keys', {
    token: ada.token,
    body: { name: 'documents', scopes: ['documents:read'] },
  });
  const answers = [await take(ada.token), await take(ada.token), await take(key.key)];
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
  expect(new Set(answers.map(({ body }) => body.ticket)).size).toBe(3);
  const rows = await asOwner(
    `select user_id, identity ->> 'kind' as kind, round(extract(epoch from expires_at - now())) as seconds
      from socket_tickets where tenant_id = $1 order by expires_at`,
    [ada.tenantId],
  );
  expect(rows.map(({ user_id, kind }) => [user_id, kind])).toEqual([
    [ada.userId, 'token'],
    [ada.userId, 'token'],
    [ada.userId, 'api-key'],
  ]);
  for (const { seconds } of rows) expect(Number(seconds)).toBeLessThanOrEqual(30);
});

it('401: without a credential and for a user who is disabled', async () => {
  expect((await take()).status).toBe(401);
  await asOwner('update users set disabled_at = now() where id = $1', [ada.userId]);
  expect((await take(ada.token)).status).toBe(401);
});
