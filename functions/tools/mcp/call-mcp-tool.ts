import { KeyServiceUnavailable } from '../../platform/secrets/key-encryption.ts';
import { SecretText } from '../../platform/secrets/secret-text.ts';
import { updateMcpServerListed } from '../sql/mcp-server.ts';
import { answer, type CompletedOutcome, failure, type ToolContext } from '../tool.ts';
import { listServerTools, type McpConnection, withMcpServer } from './connect-mcp-server.ts';
import { McpFault } from './guarded-fetch.ts';
import { hashOfList, type ListedTool, toListedTools } from './listed-tool.ts';
import { openMcpServer } from './open-mcp-server.ts';
import { frameOf, textOf } from './render-result.ts';

/**
 * Calls a tool of a tenant's MCP server. The server lists its tools first: a tool that says something else than what an
 * admin approved is not called, and the new list is stored for the admin. Failures are values that the model reads.
 */
export async function callMcpTool(
  serverId: string,
  tool: ListedTool,
  parameters: Record<string, unknown>,
  context: ToolContext,
): Promise<CompletedOutcome> {
  const { database, userId, runId, signal } = context;
  const use = { id: serverId, userId, runId, purpose: `call ${tool.name}` };
  const opened = await openMcpServer(database, use).catch(orNoKeys);
  if (opened === 'no keys') return failure('The credentials of this server cannot be opened now. Try again later.');
  const isApproved = opened?.row.pinned?.some(({ name, hash }) => name === tool.name && hash === tool.hash);
  if (opened === undefined || !opened.row.enabled || !isApproved)
    return failure('This tool was taken away by an admin, so it was not called.');
  const { row, target } = opened;
  const secrets = Object.values(target.headers).map((value) => new SecretText(value.replace(/^Bearer /, '')));
  const show = (text: string) =>
    frameOf(
      { server: row.name, tool: tool.name },
      secrets.reduce((shown, secret) => secret.redactFrom(shown), text),
    );
  try {
    return await withMcpServer(target, signal, async (connection) => {
      const refused = await refuseChanged(connection, tool, { id: row.id, listedHash: row.listed_hash });
      return refused ?? (await call(connection, tool, parameters, show));
    });
  } catch (error) {
    if (!(error instanceof McpFault)) throw error;
    const said = error.said === undefined ? [] : [show(error.said)];
    return failure([`The MCP server ${row.name} ${error.message}.`, ...said].join('\n'));
  }
}

function orNoKeys(error: unknown): 'no keys' {
  if (error instanceof KeyServiceUnavailable) return 'no keys';
  throw error;
}

/** Returns the failure for a tool that has changed or is gone. */
async function refuseChanged(
  connection: McpConnection,
  tool: ListedTool,
  { id, listedHash }: { id: string; listedHash: string | null },
): Promise<CompletedOutcome | undefined> {
  const { tools, isCut } = await listServerTools(connection);
  const listed = toListedTools(tools);
  if (listed.some(({ name, hash }) => name === tool.name && hash === tool.hash)) return undefined;
  const refused = failure(
    'The server describes this tool in another way than an admin approved, or has it no more, so it was not called. An admin must approve it again.',
  );
  const statements = hashOfList(listed) === listedHash ? [] : [updateMcpServerListed(id, { tools: listed, isCut })];
  return { ...refused, statements };
}

async function call(
  { client, options }: McpConnection,
  { name }: ListedTool,
  parameters: Record<string, unknown>,
  show: (text: string) => string,
): Promise<CompletedOutcome> {
  // Without an output schema: the client would check the result with the server's own patterns, in any time they take.
  const toolDefinition = { name, inputSchema: { type: 'object' as const } };
  const result = await client.callTool({ name, arguments: parameters }, { ...options, toolDefinition });
  const text = show(textOf(result));
  return result.isError ? failure(text) : answer(text);
}
