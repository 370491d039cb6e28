import { afterAll, beforeAll, expect, test } from 'vitest';
import { NOWHERE, type ServedMcp, serveMcpServers } from '../mcp/served.ts';

let served: ServedMcp;
beforeAll(async () => {
  served = await serveMcpServers();
});
afterAll(() => served.close());

test('200 for an admin of the tenant, 404 for another tenant and an unknown id, 403 and 401', async () => {
  const id = await served.approve();
  expect(await served.call('GET', `/${id}`)).toMatchObject({
    status: 200,
    body: { id, status: 'approved', tools: { offered: 2, added: 0, changed: 0, removed: 0, unusable: 0 } },
  });
  const other = await served.signUp();
  expect((await served.call('GET', `/${id}`, undefined, other.token)).status).toBe(404);
  expect((await served.call('GET', NOWHERE)).status).toBe(404);
  expect(await served.refusals('GET', `/${id}`)).toEqual([403, 401]);
});
