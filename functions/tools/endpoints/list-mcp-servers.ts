import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { idSchema } from '../../platform/id.ts';
import { McpServer } from '../mcp/mcp-server.ts';
import { toMcpServer } from '../mcp/mcp-server-view.ts';
import { listMcpServers as listRows } from '../sql/mcp-server.ts';

/** Lists the tenant's MCP servers, newest first. For admins. The answer contains no value of a header. */
export const listMcpServers = endpoint({
  name: 'tools-list-mcp-servers',
  route: 'GET /api/v1/tenant/mcp-servers',
  access: 'tenant:admin',
  summary: 'Lists the MCP servers of your tenant.',
  query: z.strictObject(pageQuery),
  reply: { 200: pageOf(McpServer) },
}).query(async ({ query, read, cursor }) => {
  const before = cursor.decode(query.cursor, idSchema('mcp'));
  const rows = await listRows(read, before, query.limit + 1);
  const items = rows.slice(0, query.limit);
  const last = items.at(-1);
  const hasMore = rows.length > query.limit && last !== undefined;
  return {
    status: 200,
    body: { items: items.map(toMcpServer), next_cursor: hasMore ? cursor.encode(last.id) : null },
  };
});
