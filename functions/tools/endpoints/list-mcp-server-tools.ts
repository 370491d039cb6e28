import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { idSchema } from '../../platform/id.ts';
import { McpServerTool } from '../mcp/mcp-server.ts';
import { toMcpServerTools } from '../mcp/mcp-server-view.ts';
import { findMcpServer } from '../sql/mcp-server.ts';

/**
 * Lists the tools of an MCP server as it listed them at last, with the difference from what was approved. For admins.
 * All texts are the server's: data, not instructions. There are 200 at most, so there is only one page. 404 when there
 * is no such server.
 */
export const listMcpServerTools = endpoint({
  name: 'tools-list-mcp-server-tools',
  route: 'GET /api/v1/tenant/mcp-servers/{id}/tools',
  access: 'tenant:admin',
  summary: 'Lists the tools of an MCP server, with what differs from the approved list.',
  params: z.strictObject({ id: idSchema('mcp') }),
  reply: {
    200: z.strictObject({
      items: z.array(McpServerTool),
      listed_hash: z.string().nullable().meta({ description: 'Send it to approve exactly this list' }),
      next_cursor: z.null(),
    }),
  },
}).query(async ({ params: { id }, read }) => {
  const row = await findMcpServer(read, id);
  if (row === undefined) throw new Problem('not-found', 'There is no such MCP server.');
  return { status: 200, body: { items: toMcpServerTools(row), listed_hash: row.listed_hash, next_cursor: null } };
});
