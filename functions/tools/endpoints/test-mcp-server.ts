import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { idSchema } from '../../platform/id.ts';
import { KeyServiceUnavailable } from '../../platform/secrets/key-encryption.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { listServerTools, type McpTarget, withMcpServer } from '../mcp/connect-mcp-server.ts';
import { McpFault } from '../mcp/guarded-fetch.ts';
import { type ListedTool, toListedTools } from '../mcp/listed-tool.ts';
import { McpServer } from '../mcp/mcp-server.ts';
import { toMcpServer } from '../mcp/mcp-server-view.ts';
import { openMcpServer } from '../mcp/open-mcp-server.ts';
import { findMcpServer, updateMcpServerError, updateMcpServerListed } from '../sql/mcp-server.ts';

const ACCESS = 'tenant:admin';

/**
 * Connects to an MCP server and lists its tools. For admins. What it lists is stored and shown; nothing is approved by
 * it. A server that cannot be used is answered with 200 and `error`, and the earlier list stays. 404 when there is no
 * such server; 502 when the key service does not answer.
 */
export const testMcpServer = endpoint({
  name: 'tools-test-mcp-server',
  route: 'POST /api/v1/tenant/mcp-servers/{id}/test',
  access: ACCESS,
  summary: 'Connects to an MCP server and lists its tools.',
  params: z.strictObject({ id: idSchema('mcp') }),
  // Only the account of the steps may decrypt the token.
  deployment: { identity: 'worker' },
  reply: { 200: McpServer },
}).serve(async ({ params: { id }, database, identity, signal }) => {
  const caller = await enter(database, identity, ACCESS);
  const use = { id, userId: caller.caller.userId, purpose: 'test' };
  const opened = await openMcpServer(caller, use).catch(explain);
  if (opened === undefined) throw new Problem('not-found', 'There is no such MCP server.');
  const found = await listTools(opened.target, signal);
  if ('error' in found) await updateMcpServerError(caller, id, found.error);
  else await caller.query(updateMcpServerListed(id, found));
  const row = await findMcpServer(caller, id);
  if (row === undefined) throw new Problem('not-found', 'There is no such MCP server.');
  return { status: 200, body: toMcpServer(row) };
});

async function listTools(
  target: McpTarget,
  signal: AbortSignal,
): Promise<{ tools: ListedTool[]; isCut: boolean } | { error: string }> {
  try {
    const { tools, isCut } = await withMcpServer(target, signal, listServerTools);
    return { tools: toListedTools(tools), isCut };
  } catch (error) {
    if (!(error instanceof McpFault)) throw error;
    return { error: `The server ${error.message}.` };
  }
}

function explain(error: unknown): never {
  if (!(error instanceof KeyServiceUnavailable)) throw error;
  const detail = 'The key service does not answer, so the server was not tested. Try again later.';
  throw new Problem('upstream-failed', detail, { cause: error });
}
