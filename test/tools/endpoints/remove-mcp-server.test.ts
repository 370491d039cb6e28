import { afterAll, beforeAll, expect, test } from 'vitest';
import { asOwner } from '../../support/owner.ts';
import { NOWHERE, type ServedMcp, serveMcpServers } from '../mcp/served.ts';

let served: ServedMcp;
beforeAll(async () => {
  served = await serveMcpServers();
});
afterAll(() => served.close());

test('204: removes the server with its token, frees the name and leaves a line in the audit log; then 404', async () => {
  const id = await served.approve({ name: 'gone', token: 'a-token' });
  expect((await served.call('DELETE', `/${id}`)).status).toBe(204);
  expect((await served.call('DELETE', `/${id}`)).status).toBe(404);
  expect(await asOwner('select id from mcp_servers where id = $1', [id])).toEqual([]);
  expect(await served.add({ name: 'gone' })).not.toBe(id);
  const lines = await asOwner(
    `select action from audit_log where tenant_id = $1 and resource = 'gone' and outcome = 'allowed' order by id`,
    [served.admin.tenantId],
  );
  expect(lines.map(({ action }) => action)).toEqual([
    'tools-add-mcp-server',
    'tools-use-mcp-server',
    'tools-pin-mcp-server',
    'tools-remove-mcp-server',
    'tools-add-mcp-server',
  ]);
});

test('404 for another tenant and an unknown id; 403 and 401', async () => {
  const id = await served.add();
  const other = await served.signUp();
  expect((await served.call('DELETE', `/${id}`, undefined, other.token)).status).toBe(404);
  expect((await served.call('DELETE', NOWHERE)).status).toBe(404);
  expect(await served.refusals('DELETE', `/${id}`)).toEqual([403, 401]);
  expect((await served.call('GET', `/${id}`)).status).toBe(200);
});
