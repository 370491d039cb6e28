import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ServedMcp, serveMcpServers } from '../mcp/served.ts';

let served: ServedMcp;
beforeAll(async () => {
  served = await serveMcpServers();
});
afterAll(() => served.close());

test('200: the servers of the tenant page by page, newest first; 403 and 401', async () => {
  const [first, second] = [await served.add(), await served.add()];
  const page = await served.call('GET', '?limit=1');
  expect(page.body.items.map(({ id }: { id: string }) => id)).toEqual([second]);
  const rest = await served.call('GET', `?limit=1&cursor=${page.body.next_cursor}`);
  expect(rest.body).toMatchObject({ items: [{ id: first }], next_cursor: null });
  const other = await served.signUp();
  expect((await served.call('GET', '', undefined, other.token)).body.items).toEqual([]);
  expect(await served.refusals('GET', '')).toEqual([403, 401]);
});
