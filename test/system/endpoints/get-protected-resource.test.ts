import { afterAll, beforeAll, expect, it } from 'vitest';
import { SCOPES } from '../../../functions/platform/sign-in/access.ts';
import { getProtectedResource } from '../../../functions/system/endpoints/get-protected-resource.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer([getProtectedResource]);
});
afterAll(() => server.close());

it('200 for anyone: the resource, how a token is sent, and every scope', async () => {
  const { status, body } = await server.call('GET', '/.well-known/oauth-protected-resource/mcp');
  expect(status).toBe(200);
  expect(body).toEqual({
    resource: `${server.url}/mcp`,
    resource_name: 'ApexFlow',
    resource_documentation: `${server.url}/docs`,
    scopes_supported: SCOPES,
    bearer_methods_supported: ['header'],
  });
});
