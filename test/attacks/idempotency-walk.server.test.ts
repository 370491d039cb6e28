import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { useQueue } from '../../functions/platform/queue/open-queue.ts';
import { fill, fillPath, type Known } from '../isolation/fill.ts';
import { openWorld, type World } from '../isolation/world.ts';
import { asOwner } from '../support/owner.ts';
import { type Endpoint, publicEndpoints } from './every-endpoint.ts';

/** Calls every POST that takes an Idempotency-Key again, also those that are added later. */
const posts = (await publicEndpoints()).filter(({ route }) => route.method === 'POST');
const keyed = posts.filter(({ contract }) => contract.idempotent);
/** They delete or decide what other endpoints need, so they come last. */
const LAST = ['memory-decide-proposal', 'memory-revert-source', 'memory-erase-memory'];

let world: World;
beforeAll(async () => {
  world = await openWorld();
  // Tasks are not delivered any more, so only the requests change rows.
  useQueue({ create: async () => undefined, close: async () => undefined });
});
afterAll(() => world.close());

/** Texts for a second body that differs from the first one. */
const OTHER = {
  text: 'Quite another text',
  query: 'another query',
  task: 'another task',
  session_id: 'another-session',
  conversation: 'another talk',
  memory_input: 'another talk',
  source_id: 'another-source',
  name: 'another_name',
  response: 'another answer',
};

function send({ route, contract }: Endpoint, key: string | undefined, more: Record<string, string> = {}) {
  const known: Known = { ...world.bob.known, names: { ...world.bob.known.names, ...more } };
  // Nothing ends, because no task is delivered.
  const waits = contract.query !== undefined && 'wait' in (z.toJSONSchema(contract.query).properties ?? {});
  const path = `${fillPath(route.path, contract.params, world.bob.known)}${waits ? '?wait=0' : ''}`;
  return world.server.call('POST', path, {
    token: world.bob.token,
    ...(contract.body === undefined ? {} : { body: fill(contract.body, known) }),
    headers: key === undefined ? {} : { 'idempotency-key': key },
  });
}

test('every POST that may write takes a key, except signing out, creating an API key, and sending a message', () => {
  const without = posts.filter(({ contract }) => !contract.idempotent && /:(write|admin)$/.test(contract.access));
  // The answer of a message is a stream; its body has a client_id instead.
  const names = ['chat-send-message', 'identity-create-api-key', 'identity-logout'];
  expect(without.map(({ name }) => name).sort()).toEqual(names);
  expect(keyed.length).toBeGreaterThan(20);
});

describe('the same key', () => {
  const ordered = keyed.toSorted((one, other) => LAST.indexOf(one.name) - LAST.indexOf(other.name));
  test.for(ordered.map((endpoint) => [endpoint.name, endpoint] as const))('%s', async ([name, endpoint]) => {
    const first = await send(endpoint, name);
    expect(first.status, JSON.stringify(first.body)).toBeLessThan(300);
    const before = await world.dump(world.bob);

    const again = await send(endpoint, name);
    expect([again.status, again.body, again.headers.get('idempotent-replay')]).toEqual([
      first.status,
      first.body,
      'true',
    ]);
    const { body } = endpoint.contract;
    const texts = Object.keys(body === undefined ? {} : fill(body, world.bob.known)).filter((field) => field in OTHER);
    if (texts.length > 0) {
      const other = await send(endpoint, name, OTHER);
      expect([other.status, other.body.type]).toEqual([422, 'urn:apexflow:problem:key-reused']);
    }
    expect(await world.dump(world.bob)).toEqual(before);

    await asOwner('update idempotency_keys set status = null, created_at = now() where key = $1', [name]);
    const early = await send(endpoint, name);
    expect([early.status, early.headers.get('retry-after'), early.body.type]).toEqual([
      409,
      '1',
      'urn:apexflow:problem:in-progress',
    ]);
  });
});
