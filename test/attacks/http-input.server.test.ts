import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { environment } from '../../functions/platform/environment.ts';
import { asOwner } from '../support/owner.ts';
import { type Person, startServer, type TestServer } from '../support/server.ts';
import { callEndpoint, type Endpoint, publicEndpoints } from './every-endpoint.ts';
import { expectRefused } from './expect-refused.ts';

/** Tests malformed bodies, queries, cursors and times at every endpoint. */
const endpoints = await publicEndpoints();
const named = (some: Endpoint[]) => some.map((endpoint) => [endpoint.name, endpoint] as const);
const withBody = named(endpoints.filter(({ contract }) => contract.body !== undefined));
const withoutQuery = named(
  endpoints.filter(({ contract, name }) => contract.query === undefined && !/health|readiness/.test(name)),
);
const lists = named(endpoints.filter(({ contract }) => Object.keys(shapeOf(contract.query)).includes('limit')));

let server: TestServer;
let person: Person;
beforeAll(async () => {
  environment.RATE_LIMIT_PER_MINUTE = 1_000_000;
  server = await startServer();
  person = await server.signUp();
});
afterAll(() => server.close());

function shapeOf(schema: z.ZodType | undefined): Record<string, unknown> {
  return schema === undefined
    ? {}
    : (z
        .object({ properties: z.record(z.string(), z.unknown()).optional() })
        .parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })).properties ?? {});
}

async function countRows(): Promise<unknown> {
  const [row] = await asOwner(
    'select (select count(*) from sessions) as runs, (select count(*) from memories) as facts, (select count(*) from api_keys) as keys, (select count(*) from users) as users',
  );
  return row;
}

/** Endpoints with a higher body limit, because they receive transcripts. */
const LIMITS: Record<string, number> = {
  'entities-receive-session': 8 * 1024 * 1024,
  'entities-receive-and-commit': 8 * 1024 * 1024,
};

describe('bodies', () => {
  test.for(withBody)('400, 415, 422 and 413 without any change: %s', async ([, endpoint]) => {
    const before = await countRows();
    const send = (body: string, headers: Record<string, string> = {}) =>
      callEndpoint(server, endpoint, { token: person.token, body, headers });
    for (const cut of ['{', '{"a":', ' ', 'undefined', "{'a':1}", '{"a":1}}', 'NaN'])
      expectRefused(await send(cut), 400);
    if (!endpoint.contract.mayBeEmpty) expectRefused(await send(''), 400);
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonp',
      'text/json',
    ])
      expectRefused(await send('{}', { 'content-type': type }), 415);
    for (const encoding of ['gzip', 'br', 'deflate', 'gzip, identity'])
      expectRefused(await send('{}', { 'content-encoding': encoding }), 415);
    for (const other of [
      '[]',
      'null',
      '1',
      '"text"',
      'true',
      '[[[[]]]]',
      '{"": ""}',
      '['.repeat(100_000) + ']'.repeat(100_000),
    ])
      expectRefused(await send(other), 422);
    expectRefused(await send(`{"a":"${'\\u0000'}"}`), 422);
    expectRefused(await send(`{"a":"${'\\ud800'}"}`), 422);
    expectRefused(await send(JSON.stringify({ a: 'x'.repeat(LIMITS[endpoint.name] ?? 1024 * 1024) })), 413);
    expect(await countRows()).toEqual(before);
  });

  test.for([101, 2_000, 100_000])('422 for JSON that is nested %i times', async (depth) => {
    const deep = `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    for (const [method, path, body] of [
      ['PATCH', '/api/v1/tenant', `{"worker_config":${deep}}`],
      ['PUT', '/api/v1/memory/keys/deep', `{"value":${deep}}`],
    ] as const)
      expectRefused(await server.call(method, path, { token: person.token, body }), 422);
  });
});

describe('queries', () => {
  test.for(lists)('422 for invalid page parameters: %s', async ([, endpoint]) => {
    for (const search of [
      'limit=-1',
      'limit=0',
      'limit=201',
      'limit=1e9',
      'limit=1.5',
      'limit=abc',
      'limit=',
      'limit=NaN',
      'limit=Infinity',
      'limit=0x1g',
      'limit[]=1',
      'limit=1&limit=2',
      'limit=1%002',
      'cursor=',
      'unknown=1',
      '__proto__=1',
      'constructor=1',
      'tenant_id=x',
    ])
      expectRefused(await callEndpoint(server, endpoint, { token: person.token, search: `?${search}` }), 422);
  });

  test.for(lists)('400 for an invalid cursor: %s', async ([, endpoint]) => {
    for (const cursor of [
      'x',
      '%00',
      'null',
      'e30',
      `${'A'.repeat(2000)}`,
      '..%2f..',
      "'%20or%201=1--",
      Buffer.from(`${'x'.repeat(32)}{"id":"x"}`).toString('base64url'),
    ])
      expectRefused(await callEndpoint(server, endpoint, { token: person.token, search: `?cursor=${cursor}` }), 400);
  });

  test.for(withoutQuery)('422 for any query parameter at an endpoint without a query: %s', async ([, endpoint]) => {
    for (const search of ['x=1', '__proto__=x', 'api_key=x', `${'n'.repeat(10_000)}=1`])
      expectRefused(await callEndpoint(server, endpoint, { token: person.token, search: `?${search}` }), 422);
  });

  test('filters treat SQL, LIKE and text-search operators as plain text', async () => {
    const { body: sprint } = await server.call('POST', '/api/v1/sprints', {
      token: person.token,
      body: { task: 'x', team: ['backend'] },
    });
    await server.call('POST', `/api/v1/sprints/${sprint.id}/cancel`, { token: person.token });
    for (const sign of ["'", '%', '_', '\\', '&', '|', '!', ':*', "' or 1=1--", '$1', '$$', '\u202e']) {
      const text = encodeURIComponent(sign);
      for (const path of [
        `/api/v1/sprints/${sprint.id}/logs?source=${text}`,
        `/api/v1/sprints/${sprint.id}/files?prefix=${text}`,
        `/api/v1/memory?category=${text}`,
      ]) {
        const answer = await server.call('GET', path, { token: person.token });
        expect.soft([path, answer.status, answer.body.items]).toEqual([path, 200, []]);
      }
      const found = await server.call('POST', '/api/v1/memory/search', { token: person.token, body: { query: sign } });
      expect.soft([sign, found.status, found.body.items]).toEqual([sign, 200, []]);
    }
  });

  /** Returns the inputs of an endpoint that are a time (RFC 3339 with a zone): `query.as_of`. */
  const timesOf = ({ contract }: Endpoint): string[] =>
    (['query', 'body'] as const).flatMap((part) =>
      Object.entries(shapeOf(contract[part]))
        .filter(([, property]) => /"date-time"/.test(JSON.stringify(property)) && !acceptsText(property))
        .map(([name]) => `${part}.${name}`),
    );
  /** A conversation is a text, or messages with times. */
  const acceptsText = (property: unknown) => /"anyOf":\[\{"type":"string"(?!,"format")/.test(JSON.stringify(property));
  const timed = endpoints.filter((endpoint) => timesOf(endpoint).length > 0).map((one) => [one.name, one] as const);

  test('finds inputs that are times, and days only in sessions and the reports of usage', () => {
    expect(timed.length).toBeGreaterThan(3);
    const withDays = endpoints.filter(({ contract }) =>
      [contract.query, contract.body].some((schema) =>
        /"format":"(date|time|duration)"/.test(JSON.stringify(shapeOf(schema))),
      ),
    );
    const names = withDays.map(({ name }) => name).sort();
    expect(names).toEqual([
      'entities-receive-and-commit',
      'entities-receive-session',
      'usage-get-usage',
      'usage-get-usage-report',
    ]);
  });

  test.for(timed)('422 for an invalid time: %s', async ([, endpoint]) => {
    for (const time of [
      '2026-11-21T03:00:00', // no zone
      '2026-11-21',
      '2026-02-30T00:00:00Z',
      '2026-11-21T23:59:60Z', // a leap second that did not occur
      '2026-11-21T25:00:00Z',
      '2026-13-01T00:00:00Z',
      '10000-01-01T00:00:00Z',
      '9999-12-31T23:59:59-00:01', // in UTC the year 10000
      '0001-01-01T00:00:00+00:01', // in UTC the year 0
      `2026-12-31T23:59:59.${'9'.repeat(200)}Z`, // too long for PostgreSQL
      'now()',
      '1763694000',
      'infinity',
      '',
    ]) {
      for (const input of timesOf(endpoint)) {
        const [part = '', name = ''] = input.split('.');
        const sent = { [name]: time };
        const answer = await callEndpoint(server, endpoint, {
          token: person.token,
          ...(part === 'query' ? { search: `?${new URLSearchParams(sent)}` } : { body: sent }),
        });
        expect.soft([input, time, answer.status]).toEqual([input, time, 422]);
      }
    }
  });

  test.for([
    '2026-11-21T03:00:00Z',
    '2026-11-21T03:00:00.123456+05:30',
    '9999-12-31T23:59:59Z',
    '0001-01-01T00:00:00Z',
  ])('accepts the time %j', async (time) => {
    const body = { created_after: time };
    expect((await server.call('POST', '/api/v1/runs/replay', { token: person.token, body })).status).toBe(202);
  });

  test.for(['2026-02-30', '26-11-21', '2026-11-21T00:00:00Z', '20261121', 'infinity', '10000-01-01', ''])(
    '422 for the invalid day %j',
    async (day) => {
      for (const name of ['from', 'to']) {
        const path = `/api/v1/user/usage?${name}=${encodeURIComponent(day)}`;
        expect.soft((await server.call('GET', path, { token: person.token })).status).toBe(422);
      }
    },
  );
});
