import { z } from 'zod';
import { insertAuditedChange } from '../../platform/audit.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { idSchema } from '../../platform/id.ts';
import { McpServer } from '../mcp/mcp-server.ts';
import { toMcpServer } from '../mcp/mcp-server-view.ts';
import { findMcpServer, updateMcpServerPinned } from '../sql/mcp-server.ts';

const NAME = 'tools-pin-mcp-server';

/**
 * Approves the tools that an MCP server lists. For admins. From then on the workers of the tenant may call exactly
 * these tools as they are described; what the server changes later waits for the next approval. The hash names the list
 * that the admin has seen: 409 when the server lists something else by now. 404 when there is no such server.
 */
export const pinMcpServer = endpoint({
  name: NAME,
  route: 'POST /api/v1/tenant/mcp-servers/{id}/pin',
  access: 'tenant:admin',
  summary: 'Approves the tools that an MCP server lists.',
  params: z.strictObject({ id: idSchema('mcp') }),
  body: z.strictObject({
    hash: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'must be the listed_hash of the server')
      .meta({ description: 'listed_hash of the list that you approve' }),
  }),
  reply: { 200: McpServer },
}).handle(async ({ params: { id }, body: { hash }, transaction, address, requestId }) => {
  const row = await updateMcpServerPinned(transaction, id, hash);
  if (row === undefined) {
    if ((await findMcpServer(transaction, id)) === undefined)
      throw new Problem('not-found', 'There is no such MCP server.');
    throw new Problem('conflict', 'The server lists other tools than the ones that you approve. Look at them again.');
  }
  const facts = { hash, tools: row.pinned?.length ?? 0 };
  await transaction.query(insertAuditedChange({ action: NAME, resource: row.name, address, requestId, facts }));
  return { status: 200, body: toMcpServer(row) };
});
