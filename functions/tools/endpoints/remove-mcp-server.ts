import { z } from 'zod';
import { insertAuditedChange } from '../../platform/audit.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { idSchema } from '../../platform/id.ts';
import { deleteMcpServer } from '../sql/mcp-server.ts';

const NAME = 'tools-remove-mcp-server';

/**
 * Removes an MCP server of the tenant with its token and what was approved. For admins. Its tools are offered no more,
 * and a call that waits for an approval fails. 404 when there is no such server.
 */
export const removeMcpServer = endpoint({
  name: NAME,
  route: 'DELETE /api/v1/tenant/mcp-servers/{id}',
  access: 'tenant:admin',
  summary: 'Removes an MCP server of your tenant.',
  params: z.strictObject({ id: idSchema('mcp') }),
  reply: { 204: null },
}).handle(async ({ params: { id }, transaction, address, requestId }) => {
  const name = await deleteMcpServer(transaction, id);
  if (name === undefined) throw new Problem('not-found', 'There is no such MCP server.');
  await transaction.query(insertAuditedChange({ action: NAME, resource: name, address, requestId, facts: {} }));
  return { status: 204 };
});
