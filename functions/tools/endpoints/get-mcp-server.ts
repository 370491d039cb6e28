import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { idSchema } from '../../platform/id.ts';
import { McpServer } from '../mcp/mcp-server.ts';
import { toMcpServer } from '../mcp/mcp-server-view.ts';
import { findMcpServer } from '../sql/mcp-server.ts';

/** Shows an MCP server of the tenant. For admins. 404 when there is no such server. */
export const getMcpServer = endpoint({
  name: 'tools-get-mcp-server',
  route: 'GET /api/v1/tenant/mcp-servers/{id}',
  access: 'tenant:admin',
  summary: 'Shows an MCP server of your tenant.',
  params: z.strictObject({ id: idSchema('mcp') }),
  reply: { 200: McpServer },
}).query(async ({ params: { id }, read }) => {
  const row = await findMcpServer(read, id);
  if (row === undefined) throw new Problem('not-found', 'There is no such MCP server.');
  return { status: 200, body: toMcpServer(row) };
});
