import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { register } from '../../../functions/identity/endpoints/register.ts';
import { getToolSchema } from '../../../functions/tools/endpoints/get-tool-schema.ts';
import { listTools } from '../../../functions/tools/endpoints/list-tools.ts';
import { type Person, startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let person: Person;
beforeAll(async () => {
  server = await startServer([register, listTools, getToolSchema]);
  person = await server.signUp();
});
afterAll(() => server.close());

describe('GET /api/v1/tools', () => {
  test('200: names what workers can do', async () => {
    const { status, body } = await server.call('GET', '/api/v1/tools', { token: person.token });
    expect(status).toBe(200);
    expect(body.next_cursor).toBeNull();
    expect(body.items).toHaveLength(7);
    expect(body.items).toContainEqual({
      name: 'delete_file',
      description: expect.stringContaining('Deletes'),
      safe_to_repeat: true,
    });
  });

  test('401: not signed in', async () => {
    expect((await server.call('GET', '/api/v1/tools')).status).toBe(401);
    expect((await server.call('GET', '/api/v1/tools/read_file/schema')).status).toBe(401);
    expect((await server.call('GET', '/api/v1/tools', { token: 'no.such.token' })).status).toBe(401);
  });
});

describe('GET /api/v1/tools/{name}/schema', () => {
  test('200: the JSON Schema that a model gets', async () => {
    const { status, body } = await server.call('GET', '/api/v1/tools/write_file/schema', { token: person.token });
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

  test('404: no such tool', async () => {
    for (const name of ['nothing', 'constructor', '__proto__']) {
      expect((await server.call('GET', `/api/v1/tools/${name}/schema`, { token: person.token })).status).toBe(404);
    }
  });
});
