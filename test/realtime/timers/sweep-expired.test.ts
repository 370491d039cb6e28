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

it('deletes expired tickets and old presence once and keeps the others', async () => {
  await asOwner(
    `insert into socket_tickets (ticket_hash, tenant_id, user_id, identity, expires_at)
      select h, $1, $2, '{}', now() + make_interval(secs => s) from (values ('old', -1), ('new', 20)) v (h, s)`,
    [ada.tenantId, ada.userId],
  );
  await asOwner(
    `insert into presence (tenant_id, channel, connection_id, user_id, display_name, state, seen_at)
      select $1, 'run:x', c, $2, 'Ada', 'viewing', now() - make_interval(secs => s)
      from (values ('old', 46), ('new', 10)) v (c, s)`,
    [ada.tenantId, ada.userId],
  );
  const sweep = async () => (await server.invoke('realtime-sweep-expired')).body;
  expect(await sweep()).toEqual({ status: 'done', tickets: 1, presence_rows: 1 });
  expect(await sweep()).toEqual({ status: 'done', tickets: 0, presence_rows: 0 });
  expect(await asOwner('select ticket_hash from socket_tickets')).toEqual([{ ticket_hash: 'new' }]);
  expect(await asOwner('select connection_id from presence')).toEqual([{ connection_id: 'new' }]);
});
