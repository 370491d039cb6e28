import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { discoverFunctions } from '../../functions/platform/discover.ts';
import type { ServedFunction } from '../../functions/platform/http/served-function.ts';
import { createId } from '../../functions/platform/id.ts';
import { CHANNEL_KINDS } from '../../functions/realtime/channels/kinds.ts';
import { connectWith } from '../realtime/socket-client.ts';
import type { Answer } from '../support/server.ts';
import { fill, fillPath, fillSearch, type Known } from './fill.ts';
import { openWorld, untilQuiet, type World } from './world.ts';

/**
 * Calls every declared function, also those that are added later, with credentials and ids of another tenant. A
 * function whose parameters the test cannot fill fails the test.
 */
const functions = (await discoverFunctions()).map(({ declaration }) => declaration);
const endpoints = functions.filter(({ contract }) => contract !== undefined);
const signedIn = endpoints.filter(({ contract }) => contract?.access !== 'public' && contract?.access !== 'internal');
const internal = functions.filter(
  ({ kind, contract }) => kind !== 'socket' && (contract === undefined || contract.access === 'internal'),
);
/**
 * Tool schemas are the same for all tenants. Secrets and keys are stored under a name that other tenants may use too.
 */
const SAME_FOR_ALL = ['runs-get-tool-schema', 'identity-put-secret', 'memory-put-key'];
/** Streams without an end, such as that of a council that is under way; their tests read them. */
const ENDLESS = ['chat-stream-conversation', 'agents-stream-council'];
/** Answers of numbers; without a watermark the changes have no items. Built-in tools are the same for all. */
const NUMBERS_ONLY = [
  'memory-get-health',
  'village-get-health',
  'runs-count-runs',
  'runs-list-changed-runs',
  'runs-list-tools',
];
const isQueried = ({ contract }: ServedFunction) => contract?.query?.safeParse({}).success === false;
const isNamed = (declaration: ServedFunction) => declaration.route.path.includes('{') || isQueried(declaration);
const withParameters = signedIn.filter(
  (declaration) => isNamed(declaration) && !SAME_FOR_ALL.includes(declaration.name),
);
const withoutParameters = signedIn.filter((declaration) => !isNamed(declaration));

const NOBODY: Known = {
  ids: {
    run: createId('run'),
    mem: createId('mem'),
    key: createId('key'),
    dead: createId('dead'),
    job: createId('job'),
    usr: createId('usr'),
    prop: createId('prop'),
    lrn: createId('lrn'),
    chat: createId('chat'),
    msg: createId('msg'),
    pref: createId('pref'),
    con: createId('con'),
    upl: createId('upl'),
    imp: createId('imp'),
    mcp: createId('mcp'),
    council: createId('council'),
    note: createId('note'),
    know: createId('know'),
    thread: createId('thread'),
    ten: createId('ten'),
    agent: createId('agent'),
  },
  names: {
    channel: `run:${createId('run')}`,
    path: 'backend/server.js',
    node: 'backend',
    name: 'write_file',
    secret: 'nobody_one',
    entity: 'memories/people/nobody.md',
    session_id: 'nobodys-session',
    source_id: 'nobodys-session',
    user_id: 'nobody',
    key: 'nobodys key',
    field: 'nobodys.field',
    value: 'anything',
    hash: 'b'.repeat(64),
    agent_type: 'nobodys',
    target_id: 'mem_nobodys',
  },
};

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

function ask({ route, contract }: ServedFunction, known: Known, token?: string): Promise<Answer> {
  const path = fillPath(route.path, contract?.params, known) + fillSearch(contract?.query, known);
  return world.server.call(route.method, path, {
    ...(token === undefined ? {} : { token }),
    ...(contract?.body === undefined ? {} : { body: fill(contract.body, known) }),
  });
}

/** Returns an answer without the fields that identify the request. */
function withoutRequestId({ status, body }: Answer) {
  return { status, body: { ...body, instance: '', request_id: '' } };
}

test('the other tenant has rows in every table', async () => {
  const empty = Object.entries(await world.dump(world.bob)).filter(([, rows]) => rows.length === 0);
  expect(empty).toEqual([]);
});

test('only these endpoints are public', () => {
  expect(
    endpoints
      .filter(({ contract }) => contract?.access === 'public')
      .map(({ name }) => name)
      .sort(),
  ).toEqual([
    'identity-login',
    'identity-login-with-github',
    'identity-refresh-token',
    'identity-register',
    'system-get-docs',
    'system-get-health',
    'system-get-openapi',
    'system-get-protected-resource',
    'system-get-readiness',
  ]);
  expect(withParameters.length).toBeGreaterThan(8);
});

describe('without a credential', () => {
  test.for(signedIn.map((declaration) => [declaration.name, declaration] as const))(
    '401: %s',
    async ([, declaration]) => {
      const answer = await ask(declaration, world.bob.known);
      expect(answer).toMatchObject({
        status: 401,
        body: { type: 'urn:apexflow:problem:unauthenticated', status: 401 },
      });
      const metadata = `resource_metadata="${world.server.url}/.well-known/oauth-protected-resource/mcp"`;
      const challenge = declaration.name === 'system-serve-mcp' ? `Bearer ${metadata}` : 'Bearer';
      expect(answer.headers.get('www-authenticate')).toBe(challenge);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    },
  );
});

describe('an internal function', () => {
  test.for(internal.map((declaration) => [declaration.name, declaration] as const))(
    '401 for users: %s',
    async ([, { route }]) => {
      const before = await world.dump(world.bob);
      const body = { tenant_id: world.bob.tenantId, run_id: world.bob.known.ids.run };
      // Any client can send the headers of Cloud Tasks.
      const headers = {
        'x-cloudtasks-queuename': 'apexflow-model',
        'x-cloudtasks-taskname': 'x',
        'user-agent': 'Google-Cloud-Tasks',
      };
      for (const token of [undefined, world.bob.token, world.bob.apiKey]) {
        const answer = await world.server.call(route.method, route.path, {
          body,
          headers,
          ...(token === undefined ? {} : { token }),
        });
        expect(answer.status).toBe(401);
        expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      }
      // The refusals are in no tenant's log, because the caller's tenant was not verified.
      expect(await world.dump(world.bob)).toEqual(before);
    },
  );
});

describe('a channel', () => {
  test.for(CHANNEL_KINDS.map((kind) => [kind.prefix, kind] as const))(
    'of another tenant is like one that does not exist: %s',
    async ([prefix, kind]) => {
      const channelOf = ({ ids }: Known) => `${prefix}:${Object.values(ids).find((id) => kind.isId(id))}`;
      const [foreign, unknown] = [channelOf(world.bob.known), channelOf(NOBODY)];
      const follow = async (token: string, channel: string) => {
        const client = await connectWith(`${world.server.url}/api/v1/ws`, token);
        client.send({ type: 'subscribe', channel, after: 0 });
        const answer = await client.until((frame) => frame.channel === channel);
        client.socket.close();
        return { ...answer, channel: '', request_id: '' };
      };
      expect(await follow(world.bob.token, foreign)).toMatchObject({ type: 'subscribed' });
      const refused = await follow(world.alice.token, foreign);
      expect(refused).toMatchObject({ type: 'error', error: 'not-found' });
      expect(refused).toEqual(await follow(world.alice.token, unknown));
    },
  );
});

async function cancel(id: string): Promise<void> {
  const { status } = await world.server.call('POST', `/api/v1/runs/${id}/cancel`, { token: world.alice.token });
  expect(status).toBeLessThan(300);
}

describe('with the ids of another tenant', () => {
  test.for(withParameters.map((declaration) => [declaration.name, declaration] as const))(
    '404: %s',
    async ([, declaration]) => {
      const before = await world.dump(world.bob);
      for (const token of [world.alice.token, world.alice.apiKey]) {
        const answer = await ask(declaration, world.bob.known, token);
        expect(answer.status).toBe(404);
        expect(answer.headers.get('content-type')).toContain('application/problem+json');
        // The answer does not tell whether the id belongs to another tenant or does not exist.
        expect(withoutRequestId(answer)).toEqual(withoutRequestId(await ask(declaration, NOBODY, token)));
      }
      expect(await world.dump(world.bob)).toEqual(before);
    },
  );

  test('succeeds for the tenant that owns the ids, so the calls above were correct', async () => {
    // Calls that change something come last.
    const order = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
    // An upload takes its bytes once, before it is finished; put-upload-content.test.ts sends them.
    const sorted = withParameters
      .filter(({ contract, name }) => !contract?.takesBytes && !ENDLESS.includes(name))
      .toSorted((one, other) => order.indexOf(one.route.method) - order.indexOf(other.route.method));
    for (const declaration of sorted) {
      const { status, headers } = await ask(declaration, world.bob.known, world.bob.token);
      expect.soft({ name: declaration.name, status, isFound: status < 300 }).toMatchObject({ isFound: true });
      expect.soft(headers.get('cache-control')).toBe('private, no-store');
      expect.soft(headers.get('x-content-type-options')).toBe('nosniff');
    }
    // A replayed run continues in the background.
    await untilQuiet(world.bob.tenantId);
  });
});

describe('without parameters', () => {
  test('no answer contains data of another tenant, and no data of another tenant changes', async () => {
    const { alice, bob } = world;
    const before = await world.dump(bob);
    // Signing out comes last, because it ends the sign-in.
    const sorted = withoutParameters.toSorted(
      (one, other) => Number(one.name === 'identity-logout') - Number(other.name === 'identity-logout'),
    );
    for (const declaration of sorted) {
      // A run returns its own query. A search must find no data of the other tenant.
      const query = declaration.name === 'runs-start-run' ? 'anything' : bob.marker;
      const known = { ...alice.known, names: { ...alice.known.names, query } };
      const answer = await ask(declaration, known, alice.token);
      expect
        .soft({ name: declaration.name, status: answer.status, isFine: answer.status < 300 })
        .toMatchObject({ isFine: true });
      expect.soft(answer.headers.get('cache-control')).toBe('private, no-store');
      const text = JSON.stringify(answer.body);
      for (const trace of [bob.marker, bob.tenantId, bob.userId, bob.email, ...Object.values(bob.known.ids)]) {
        expect.soft(text.includes(trace), `${declaration.name} shows ${trace}`).toBe(false);
      }
      const runId = answer.body.run_id ?? answer.body.id;
      if (runId?.startsWith('run_')) await cancel(runId);
    }
    expect(await world.dump(bob)).toEqual(before);
  });

  test('lists show the marker to the tenant that owns it, so the check above works', async () => {
    const { bob } = world;
    const lists = withoutParameters.filter(
      ({ name, route, contract }) =>
        route.method === 'GET' && contract?.query !== undefined && !NUMBERS_ONLY.includes(name),
    );
    expect(lists.length).toBeGreaterThan(2);
    for (const declaration of lists) {
      const answer = await ask(declaration, bob.known, bob.token);
      expect.soft(JSON.stringify(answer.body).includes(bob.marker), declaration.name).toBe(true);
    }
  });
});
