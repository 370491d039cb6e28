import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { discoverFunctions } from '../../functions/platform/discover.ts';
import type { ServedFunction } from '../../functions/platform/http/served-function.ts';
import { minimumRole, SCOPES, type Scope } from '../../functions/platform/sign-in/access.ts';
import { forgetRefusals } from '../../functions/platform/sign-in/rate-limit.ts';
import { asOwner } from '../support/owner.ts';
import { fill, fillPath, fillSearch } from './fill.ts';
import { addMember, openWorld, type World } from './world.ts';

/** Calls every endpoint without the rights that its declaration requires. Such a call changes nothing and is logged. */
const signedIn = (await discoverFunctions()).flatMap(({ declaration }) => {
  const scope = SCOPES.find((known) => known === declaration.contract?.access);
  return scope === undefined ? [] : [{ name: declaration.name, scope, declaration }];
});

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

function ask({ route, contract }: ServedFunction, token: string, extra: Record<string, unknown> = {}) {
  const { known } = world.alice;
  const path = fillPath(route.path, contract?.params, known) + fillSearch(contract?.query, known);
  return world.server.call(route.method, path, {
    token,
    ...(contract?.body === undefined ? {} : { body: { ...fill(contract.body, known), ...extra } }),
  });
}

/** Returns the rows of the tenant, without the audit log, which grows, and without the last use of keys. */
async function state() {
  const { audit_log: _, api_keys: keys = [], ...rest } = await world.dump(world.alice);
  return { ...rest, keys: keys.map((line) => line.replace(/"last_used_at": ("[^"]*"|null)/, '')) };
}

async function refusals(): Promise<string[]> {
  const rows = await asOwner(`select action from audit_log where tenant_id = $1 and outcome = 'refused' order by id`, [
    world.alice.tenantId,
  ]);
  return rows.map(({ action }) => String(action));
}

async function expectRefused(name: string, declaration: ServedFunction, token: string): Promise<void> {
  const [before, known] = [await state(), await refusals()];
  const answer = await ask(declaration, token);
  expect(answer).toMatchObject({ status: 403, body: { type: 'urn:apexflow:problem:forbidden', status: 403 } });
  expect(await state()).toEqual(before);
  // The table may contain a row that the test world inserted.
  expect((await refusals()).slice(known.length)).toEqual([name]);
}

const of = (role: 'member' | 'admin') =>
  signedIn
    .filter(({ scope }) => minimumRole(scope) === role)
    .map(({ name, declaration }) => [name, declaration] as const);

describe('403, and the audit log has a line', () => {
  test.for(of('member'))('for a viewer who writes: %s', async ([name, declaration]) => {
    const { token } = await addMember(world.alice.tenantId, 'viewer');
    await expectRefused(name, declaration, token);
  });

  test.for(of('admin'))('for a member who administers: %s', async ([name, declaration]) => {
    const { token } = await addMember(world.alice.tenantId, 'member');
    await expectRefused(name, declaration, token);
  });

  test.for(signedIn.map(({ name, scope, declaration }) => [name, scope, declaration] as const))(
    'for a key without the scope of the endpoint: %s',
    async ([name, scope, declaration]) => {
      await expectRefused(name, declaration, await keyWith(SCOPES.filter((other) => other !== scope)));
    },
  );
});

describe('a disabled user or tenant', () => {
  // The refused requests of all endpoints would exceed the limit for guessing.
  beforeEach(forgetRefusals);

  test.for(signedIn.map(({ name, declaration }) => [name, declaration] as const))(
    '401 for a disabled user and their keys, 403 for all users of a disabled tenant: %s',
    async ([, declaration]) => {
      const { userId, token } = await addMember(world.alice.tenantId, 'admin');
      const key = await keyWith([...SCOPES], token);
      await asOwner('update users set disabled_at = now() where id = $1', [userId]);
      const { audit_log: _, ...before } = await world.dump(world.alice);
      expect([(await ask(declaration, token)).status, (await ask(declaration, key)).status]).toEqual([401, 401]);
      await asOwner('update tenants set disabled_at = now() where id = $1', [world.alice.tenantId]);
      const answers = [await ask(declaration, world.alice.token), await ask(declaration, world.alice.apiKey)];
      await asOwner('update tenants set disabled_at = null where id = $1', [world.alice.tenantId]);
      expect(answers.map(({ status }) => status)).toEqual([403, 403]);
      const { audit_log: __, ...after } = await world.dump(world.alice);
      expect(after).toEqual(before);
    },
  );
});

describe('a field that callers may not set', () => {
  const withBody = signedIn
    .filter(({ declaration }) => declaration.contract?.body !== undefined)
    .map(({ name, declaration }) => [name, declaration] as const);
  test.for(withBody)('422: %s', async ([, declaration]) => {
    const before = await state();
    const { tenantId, userId } = world.bob;
    const fields = {
      tenant_id: tenantId,
      owner_id: userId,
      user_id: userId,
      status: 'completed',
      role: 'admin',
      created_at: '2020-01-01T00:00:00Z',
      id: 'x',
      __proto__: undefined,
    };
    // An endpoint of memory takes the name of a subject; the id of another user is answered like an unknown one.
    const isSubject = (field: string) => field === 'user_id' && declaration.contract?.takesUserId === true;
    for (const [field, value] of Object.entries({ ...fields, constructor: {}, ['__proto__']: { role: 'admin' } })) {
      // A JSON-RPC request has an id of its own.
      if (field === 'id' && declaration.name === 'system-serve-mcp') continue;
      const answer = await ask(declaration, world.alice.token, Object.fromEntries([[field, value]]));
      expect
        .soft({ field, status: answer.status, type: answer.body.type })
        .toEqual(
          isSubject(field)
            ? { field, status: 404, type: 'urn:apexflow:problem:not-found' }
            : { field, status: 422, type: 'urn:apexflow:problem:invalid-request' },
        );
    }
    expect(await state()).toEqual(before);
  });
});

async function keyWith(scopes: Scope[], token = world.alice.token): Promise<string> {
  const { body } = await world.server.call('POST', '/api/v1/auth/api-keys', {
    token,
    body: { name: 'made for the test', scopes },
  });
  return body.key;
}
