import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../../../functions/identity/endpoints/create-api-key.ts';
import { register } from '../../../functions/identity/endpoints/register.ts';
import { listTools } from '../../../functions/tools/endpoints/list-tools.ts';
import { type Person, startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let person: Person;
beforeAll(async () => {
  server = await startServer([register, createApiKey, listTools]);
  person = await server.signUp();
});
afterAll(() => server.close());

const list = (token?: string) => server.call('GET', '/api/v1/tools', token === undefined ? {} : { token });

describe('GET /api/v1/tools', () => {
  test('200: lists the tools in one page', async () => {
    const { status, body } = await list(person.token);
    expect(status).toBe(200);
    expect(body.next_cursor).toBeNull();
    expect(body.items).toHaveLength(7);
    expect(body.items).toContainEqual({
      name: 'delete_file',
      description: expect.stringContaining('Deletes'),
      safe_to_repeat: true,
    });
  });

  test('401: without a token, and with a wrong one', async () => {
    expect((await list()).status).toBe(401);
    expect((await list('no.such.token')).status).toBe(401);
  });

  test('403: an API key without the scope tools:read', async () => {
    const key = async (scope: string) => {
      const body = { name: scope, scopes: [scope] };
      return (await server.call('POST', '/api/v1/auth/api-keys', { token: person.token, body })).body.key;
    };
    expect((await list(await key('runs:read'))).status).toBe(403);
    expect((await list(await key('tools:read'))).status).toBe(200);
  });
});
