import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../../../functions/identity/endpoints/create-api-key.ts';
import { register } from '../../../functions/identity/endpoints/register.ts';
import { listTools } from '../../../functions/runs/endpoints/list-tools.ts';
import { type Person, startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let person: Person;
beforeAll(async () => {
  server = await startServer([register, createApiKey, listTools]);
  person = await server.signUp();
});
afterAll(() => server.close());

const list = (query = '', token: string | undefined = person.token) =>
  server.call('GET', `/api/v1/tools${query}`, { token });
const namesOf = ({ body }: { body: { items: { name: string }[] } }) => body.items.map(({ name }) => name);

describe('GET /api/v1/tools', () => {
  test('200: lists every tool of the workers with who uses it', async () => {
    const { status, body } = await list();
    expect(status).toBe(200);
    expect(body.next_cursor).toBeNull();
    expect(new Set(body.items.map(({ family }: { family: string }) => family))).toEqual(
      new Set([
        'data',
        'dates',
        'delivery',
        'files',
        'identifiers',
        'memory',
        'numbers',
        'programs',
        'team',
        'text',
        'village',
        'web',
      ]),
    );
    const find = (name: string) => body.items.find((tool: { name: string }) => tool.name === name);
    expect(find('calculator')).toEqual({
      name: 'calculator',
      family: 'numbers',
      description: expect.stringContaining('exactly'),
      source: 'built_in',
      used_by: ['chat', 'coder', 'retriever', 'thinker'],
      safe_to_repeat: true,
      needs_approval: false,
      executable: true,
      not_executable_because: null,
    });
    expect(find('push_repository')).toMatchObject({ needs_approval: true, executable: false });
    expect(find('send_message')).toMatchObject({
      executable: false,
      not_executable_because: expect.stringContaining('other workers'),
    });
  });

  test('200: filters by family and text, and pages', async () => {
    expect(namesOf(await list('?family=dates'))).toEqual([
      'add_to_date',
      'convert_time_zone',
      'current_time',
      'parse_date',
      'subtract_dates',
    ]);
    expect(namesOf(await list('?q=JSONata'))).toEqual(['query_json']);
    expect(namesOf(await list('?family=nothing'))).toEqual([]);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: Awaited<ReturnType<typeof list>> = await list(`?limit=15${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...namesOf(page));
      cursor = page.body.next_cursor;
    }
    expect(seen).toEqual(namesOf(await list()));
  });

  test('401: without a token, and with a wrong one', async () => {
    expect((await server.call('GET', '/api/v1/tools', {})).status).toBe(401);
    expect((await list('', 'no.such.token')).status).toBe(401);
  });

  test('403: an API key without the scope tools:read', async () => {
    const key = async (scope: string) => {
      const body = { name: scope, scopes: [scope] };
      return (await server.call('POST', '/api/v1/auth/api-keys', { token: person.token, body })).body.key;
    };
    expect((await list('', await key('runs:read'))).status).toBe(403);
    expect((await list('', await key('tools:read'))).status).toBe(200);
  });
});
