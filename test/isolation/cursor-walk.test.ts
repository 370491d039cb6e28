import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publicEndpoints } from '../attacks/every-endpoint.ts';
import { expectRefused } from '../attacks/expect-refused.ts';
import { fillPath } from './fill.ts';
import { type Inhabitant, openWorld, type World } from './world.ts';

/** A cursor of any list is valid only for that list and for the caller that it was made for. */
const endpoints = await publicEndpoints();
const lists = endpoints.filter(({ contract }) => contract.query?.safeParse({ limit: '1', cursor: 'x' }).success);
const named = lists.map((endpoint) => [endpoint.name, endpoint] as const);

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

function page({ route, contract }: (typeof lists)[number], of: Inhabitant, token: string, cursor?: string) {
  const search = cursor === undefined ? 'limit=1' : `limit=1&cursor=${encodeURIComponent(cursor)}`;
  return world.server.call(route.method, `${fillPath(route.path, contract.params, of.known)}?${search}`, { token });
}

describe('a cursor', () => {
  test('exists for several lists', () => expect(named.length).toBeGreaterThan(4));

  test.for(named)(
    'is rejected with 400 for another tenant, credential or list, and when it was changed: %s',
    async ([, endpoint]) => {
      const { alice, bob } = world;
      const first = await page(endpoint, bob, bob.token);
      const cursor: string = first.body.next_cursor;
      expect(cursor).toEqual(expect.any(String));
      const next = await page(endpoint, bob, bob.token, cursor);
      expect(next.status).toBe(200);
      expect(next.body.items).not.toEqual(first.body.items);

      expectRefused(await page(endpoint, alice, alice.token, cursor), 400);
      expectRefused(await page(endpoint, bob, bob.apiKey, cursor), 400);
      for (const other of lists.filter(({ name }) => name !== endpoint.name))
        expectRefused(await page(other, bob, bob.token, cursor), 400);
      const bytes = Buffer.from(cursor, 'base64url');
      for (const index of [0, 31, 32, bytes.length - 1]) {
        const changed = Buffer.from(bytes);
        changed[index] = (changed[index] ?? 0) ^ 1;
        expectRefused(await page(endpoint, bob, bob.token, changed.toString('base64url')), 400);
      }
      // A cursor contains no text of the tenant.
      expect(bytes.toString('latin1')).not.toContain(bob.marker);
    },
  );
});
