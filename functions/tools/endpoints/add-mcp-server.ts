import { z } from 'zod';
import { insertAuditedChange } from '../../platform/audit.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { createId } from '../../platform/id.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import {
  Approval,
  headersOf,
  McpServer,
  MOST_SERVERS,
  ServerHeaders,
  ServerName,
  ServerToken,
  ServerUrl,
} from '../mcp/mcp-server.ts';
import { toMcpServer } from '../mcp/mcp-server-view.ts';
import { sealHeaders } from '../mcp/seal-headers.ts';
import { insertMcpServer, refuseTooManyMcpServers } from '../sql/mcp-server.ts';

const ACCESS = 'tenant:admin';
const NAME = 'tools-add-mcp-server';

/**
 * Adds an MCP server of the tenant. For admins. Nothing is connected to yet: test the server, look at its tools, and
 * approve them. The token and headers are encrypted in this process. 409 when the name is taken or the tenant has 20
 * servers; 502 when the key service does not answer, and nothing is stored then.
 */
export const addMcpServer = endpoint({
  name: NAME,
  route: 'POST /api/v1/tenant/mcp-servers',
  access: ACCESS,
  summary: 'Adds an MCP server whose tools your workers may use after you have approved them.',
  body: z.strictObject({
    name: ServerName,
    url: ServerUrl,
    token: ServerToken.optional(),
    headers: ServerHeaders.optional(),
    approval: Approval.default('writes'),
  }),
  reply: { 201: McpServer },
}).serve(async ({ body, database, identity, address, requestId }) => {
  const caller = await enter(database, identity, ACCESS);
  const { name, url, approval } = body;
  const { tenantId } = caller.caller;
  const headers = headersOf(body);
  const id = createId('mcp');
  const envelope = await sealHeaders(headers, { tenantId, id, version: 1 });
  const row = await caller.transaction(async (transaction, entered) => {
    // The caller may have moved to another tenant meanwhile; the envelope is bound to the first one.
    if (entered?.tenantId !== tenantId) throw new Problem('conflict', 'Your tenant has changed. Try again.');
    await transaction.query(refuseTooManyMcpServers(MOST_SERVERS));
    const stored = await insertMcpServer(transaction, {
      ...envelope,
      id,
      name,
      url,
      approval,
      headerNames: Object.keys(headers).sort(),
    });
    if (stored === undefined) throw new Problem('conflict', `Your tenant has an MCP server ${name} already.`);
    await transaction.query(insertAuditedChange({ action: NAME, resource: name, address, requestId, facts: { url } }));
    return stored;
  });
  return { status: 201, body: toMcpServer(row) };
});
