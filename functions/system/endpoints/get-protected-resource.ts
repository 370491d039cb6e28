import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { publicOrigin } from '../../platform/process/own-url.ts';
import { SCOPES } from '../../platform/sign-in/access.ts';

/**
 * Returns the metadata of the MCP endpoint (RFC 9728): how a client sends its token, and which scopes exist. Anyone may
 * call it. It names no authorization server, because users sign in with the identity provider of this installation and
 * programs with API keys.
 */
export const getProtectedResource = endpoint({
  name: 'system-get-protected-resource',
  route: 'GET /.well-known/oauth-protected-resource/mcp',
  access: 'public',
  summary: 'The metadata of the MCP endpoint (RFC 9728).',
  reply: {
    200: z.strictObject({
      resource: z.url(),
      resource_name: z.string(),
      resource_documentation: z.url(),
      scopes_supported: z.array(z.string()),
      bearer_methods_supported: z.array(z.literal('header')),
    }),
  },
}).compute(async () => ({
  status: 200,
  body: {
    resource: `${publicOrigin()}/mcp`,
    resource_name: 'ApexFlow',
    resource_documentation: `${publicOrigin()}/docs`,
    scopes_supported: [...SCOPES],
    bearer_methods_supported: ['header'],
  },
}));
