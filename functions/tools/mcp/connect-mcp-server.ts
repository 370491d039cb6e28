import type { Client, Tool as ServerTool } from '@modelcontextprotocol/client';
import { beforeAbort } from '../web/ask-host.ts';
import { guardedFetch, McpFault } from './guarded-fetch.ts';
import { mcpAccess } from './mcp-access.ts';

/** A server and the headers that it gets with every request, among them the tenant's credential. */
export interface McpTarget {
  url: string;
  headers: Record<string, string>;
}

export interface McpConnection {
  client: Client;
  /** Options of each request. */
  options: { signal: AbortSignal; timeout: number };
}

/**
 * Connects to a server with the official client and disconnects when `work` has ended. Everything together has 30 s.
 * The connection declares no capability, so the server can ask for neither a model nor a user.
 * @throws McpFault that says what is wrong with the server; the reason of the caller's signal
 */
export async function withMcpServer<Result>(
  { url, headers }: McpTarget,
  callerSignal: AbortSignal,
  work: (connection: McpConnection) => Promise<Result>,
): Promise<Result> {
  const { Client, StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client');
  const access = mcpAccess();
  const timeout = access.limits.totalMs;
  const ends = new AbortController();
  const signal = AbortSignal.any([callerSignal, AbortSignal.timeout(timeout), ends.signal]);
  const client = new Client({ name: 'apexflow', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
  // The text of such an error may quote the server. `work` sees the error of its own request.
  client.onerror = () => undefined;
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    fetch: guardedFetch(access, signal, (fault) => ends.abort(fault)),
    requestInit: { headers },
    reconnectionOptions: {
      maxRetries: 0,
      initialReconnectionDelay: 1_000,
      maxReconnectionDelay: 1_000,
      reconnectionDelayGrowFactor: 1,
    },
  });
  try {
    // The client does not always notice that a stream was cut off.
    const connected = client.connect(transport, { signal, timeout });
    return await beforeAbort(
      connected.then(() => work({ client, options: { signal, timeout } })),
      signal,
    );
  } catch (error) {
    callerSignal.throwIfAborted();
    ends.signal.throwIfAborted();
    if (signal.aborted) throw new McpFault(`took longer than ${timeout / 1000} s`);
    throw faultOf(error);
  } finally {
    // A server of 2025 would keep the session.
    if (transport.sessionId !== undefined) await transport.terminateSession().catch(() => undefined);
    await client.close().catch(() => undefined);
  }
}

/** The most tools of one server. */
export const MOST_TOOLS = 200;

/** Lists a server's tools, page by page. `isCut`: the server has more than {@link MOST_TOOLS}, and they are ignored. */
export async function listServerTools({ client, options }: McpConnection): Promise<{
  tools: ServerTool[];
  isCut: boolean;
}> {
  const tools: ServerTool[] = [];
  const asked = new Set<string | undefined>();
  let cursor: string | undefined;
  do {
    asked.add(cursor);
    const params = cursor === undefined ? {} : { cursor };
    const page = await client.request({ method: 'tools/list', params }, options);
    tools.push(...page.tools.slice(0, MOST_TOOLS + 1 - tools.length));
    // A server that sends new cursors for ever adds nothing.
    if (page.tools.length === 0) break;
    cursor = page.nextCursor;
    // Servers exist whose last page names itself, or an empty cursor, as the next one.
  } while (cursor !== undefined && !asked.has(cursor) && tools.length <= MOST_TOOLS);
  return { tools: tools.slice(0, MOST_TOOLS), isCut: tools.length > MOST_TOOLS };
}

/** Returns what went wrong. The text of the error is the server's, or contains an address. */
function faultOf(error: unknown): McpFault {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  if (status === 401 || status === 403)
    return new McpFault(`answered ${status}: a token or header is missing or not valid`);
  if (typeof status === 'number') return new McpFault(`answered ${status}`);
  // The code of a JSON-RPC error is a number; codes of the SDK are words.
  const isSaid = error instanceof Error && 'code' in error && typeof error.code === 'number';
  return isSaid ? new McpFault('answered with an error', error.message) : new McpFault('does not speak MCP');
}
