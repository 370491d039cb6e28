import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem, problemOfDatabaseError } from '../../platform/errors.ts';
import { bearerToken } from '../../platform/http/request-head.ts';
import { isServedOrigin } from '../../platform/http/served-host.ts';
import { publicOrigin } from '../../platform/process/own-url.ts';
import { SCOPES } from '../../platform/sign-in/access.ts';
import { insufficientScope } from '../../platform/sign-in/challenge.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { readOperation } from '../mcp/api-operation.ts';
import { MCP_TOOLS } from '../mcp/mcp-tools.ts';

const ACCESS = 'tools:read';
const METADATA = '/.well-known/oauth-protected-resource/mcp';

/** A JSON-RPC request or notification. The SDK checks the rest. Batches left the protocol in 2025 and are refused. */
const Message = z.strictObject({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string().max(200), z.int()]).optional(),
  method: z.string().max(200),
  params: z.looseObject({ name: z.string().optional() }).optional(),
});

/**
 * Serves the Model Context Protocol over Streamable HTTP, without sessions: revision 2026-07-28, and clients of 2025
 * that send `initialize`. Sign in with an API key or an access token as bearer. A tool calls the operation of this API
 * that it names, with the caller's own token, and needs its scope; everything else needs `tools:read`. 401 and 403 say
 * in `WWW-Authenticate` how to sign in and which scope is missing. 403 for a web page of another origin.
 */
export const serveMcp = endpoint({
  name: 'system-serve-mcp',
  route: 'POST /mcp',
  access: ACCESS,
  summary: 'Serves the Model Context Protocol (MCP) for AI clients.',
  body: Message,
  resourceMetadata: METADATA,
  // A JSON-RPC request has its own id, and each tool passes an Idempotency-Key on as an argument.
  idempotent: false,
  deployment: { timeoutSeconds: 300 },
  reply: {
    200: 'application/json',
    202: null,
    400: 'application/json',
    404: 'application/json',
    406: 'application/json',
    500: 'application/json',
  },
}).serve(async ({ body, request, database, identity, signal }) => {
  if (!isServedOrigin(request)) throw new Problem('forbidden', 'Web pages of another origin may not call this.');
  const scope = await scopeOf(body);
  await enter(database, identity, scope).catch((error: unknown) => {
    const problem = error instanceof Problem ? error : problemOfDatabaseError(error);
    throw problem?.kind === 'forbidden' ? insufficientScope(problem, METADATA, scope) : error;
  });
  const token = bearerToken(request) ?? '';
  const { createMcpHandler } = await import('@modelcontextprotocol/server');
  const { createMcpServer } = await import('../mcp/create-mcp-server.ts');
  const handler = createMcpHandler(() => createMcpServer(token));
  const answer = await handler.fetch(toWebRequest(request.headers, signal), { parsedBody: body });
  return replyOf(answer);
});

/** Returns the scope that a message needs. */
async function scopeOf({ method, params }: z.output<typeof Message>): Promise<(typeof SCOPES)[number]> {
  const tool = method === 'tools/call' ? MCP_TOOLS.find(({ name }) => name === params?.name) : undefined;
  const needed = tool === undefined ? ACCESS : (await readOperation(tool.operation)).scope;
  return SCOPES.find((scope) => scope === needed) ?? ACCESS;
}

function toWebRequest(headers: NodeJS.Dict<string | string[]>, signal: AbortSignal): Request {
  const sent = new Headers();
  for (const [name, value] of Object.entries(headers))
    if (typeof value === 'string' && /^(accept|content-type|mcp-.*)$/.test(name)) sent.set(name, value);
  // The SDK takes `*/*` literally.
  if (/^$|\*\/\*/.test(sent.get('accept') ?? '')) sent.set('accept', 'application/json, text/event-stream');
  return new Request(`${publicOrigin()}/mcp`, { method: 'POST', headers: sent, signal });
}

function replyOf({ status, headers, body }: Response) {
  const type = headers.get('content-type');
  if (body === null || type === null) return { status: 202 } as const;
  const reply = { headers: { 'content-type': type }, stream: body };
  if (status === 400) return { status, ...reply } as const;
  if (status === 404) return { status, ...reply } as const;
  if (status === 406) return { status, ...reply } as const;
  return status >= 500 ? ({ status: 500, ...reply } as const) : ({ status: 200, ...reply } as const);
}
