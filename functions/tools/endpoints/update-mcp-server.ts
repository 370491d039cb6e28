import { z } from 'zod';
import { insertAuditedChange } from '../../platform/audit.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { idSchema } from '../../platform/id.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { Approval, headersOf, McpServer, ServerHeaders, ServerToken } from '../mcp/mcp-server.ts';
import { toMcpServer } from '../mcp/mcp-server-view.ts';
import { sealHeaders } from '../mcp/seal-headers.ts';
import { findMcpServer, updateMcpServer as updateRow } from '../sql/mcp-server.ts';

const ACCESS = 'tenant:admin';
const NAME = 'tools-update-mcp-server';

/**
 * Changes an MCP server: switches it on or off, sets when a person is asked, or replaces its token and headers, all of
 * them at once. For admins. The URL cannot be changed, so that a stored token never goes to another host: remove the
 * server and add it again. 404 when there is no such server; 409 when its headers were changed concurrently; 502 when
 * the key service does not answer.
 */
export const updateMcpServer = endpoint({
  name: NAME,
  route: 'PATCH /api/v1/tenant/mcp-servers/{id}',
  access: ACCESS,
  summary: 'Changes an MCP server of your tenant.',
  params: z.strictObject({ id: idSchema('mcp') }),
  body: z
    .strictObject({
      enabled: z.boolean().optional(),
      approval: Approval.optional(),
      token: ServerToken.optional(),
      headers: ServerHeaders.optional(),
    })
    .refine((change) => Object.values(change).some((value) => value !== undefined), 'must change something'),
  reply: { 200: McpServer },
}).serve(async ({ params: { id }, body, database, identity, address, requestId }) => {
  const caller = await enter(database, identity, ACCESS);
  const { enabled, approval } = body;
  const known = await findMcpServer(caller, id);
  if (known === undefined) throw new Problem('not-found', 'There is no such MCP server.');
  const replaces = body.token !== undefined || body.headers !== undefined;
  const headers = replaces ? await seal(headersOf(body), caller.caller.tenantId, known) : undefined;
  const row = await caller.transaction(async (transaction) => {
    const updated = await updateRow(transaction, id, { enabled, approval, headers });
    if (updated === undefined) throw new Problem('conflict', 'The server was changed concurrently. Try again.');
    const facts = { enabled, approval, ...(headers ? { headers: headers.names } : {}) };
    await transaction.query(insertAuditedChange({ action: NAME, resource: updated.name, address, requestId, facts }));
    return updated;
  });
  return { status: 200, body: toMcpServer(row) };
});

async function seal(headers: Record<string, string>, tenantId: string, known: { id: string; version: number }) {
  const version = known.version + 1;
  return { ...(await sealHeaders(headers, { tenantId, id: known.id, version })), names: Object.keys(headers), version };
}
