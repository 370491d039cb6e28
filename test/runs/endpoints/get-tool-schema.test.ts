import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../../../functions/identity/endpoints/create-api-key.ts';
import { register } from '../../../functions/identity/endpoints/register.ts';
import { getToolSchema } from '../../../functions/runs/endpoints/get-tool-schema.ts';
import { type Person, startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let person: Person;
beforeAll(async () => {
  server = await startServer([register, createApiKey, getToolSchema]);
  person = await server.signUp();
});
afterAll(() => server.close());

const get = (name: string, options: { token?: string } = { token: person.token }) =>
  server.call('GET', `/api/v1/tools/${name}/schema`, options);

describe('GET /api/v1/tools/{name}/schema', () => {
  test('200: returns the JSON Schema that a model gets', async () => {
    const { status, body } = await get('write_file');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      name: 'write_file',
      parameters: {
        type: 'object',
        required: ['path', 'content'],
        properties: { path: { type: 'string', maxLength: 1024 } },
      },
    });
  });

  test('401: without a token', async () => {
    expect((await get('read_file', {})).status).toBe(401);
  });

  test('403: an API key without the scope tools:read', async () => {
    const body = { name: 'runs', scopes: ['runs:read'] };
    const { key } = (await server.call('POST', '/api/v1/auth/api-keys', { token: person.token, body })).body;
    expect((await get('read_file', { token: key })).status).toBe(403);
  });

  test.each(['nothing', 'constructor', '__proto__'])('404: no tool has the name %s', async (name) => {
    expect((await get(name)).status).toBe(404);
  });

  test('422: a name of more than 100 characters', async () => {
    expect((await get('x'.repeat(101))).status).toBe(422);
  });
});
