import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { type CallToolResult, createMcpHandler, Server, type Tool } from '@modelcontextprotocol/server';
import { readBody, startHttpServer } from './scripted-server.ts';

/** An MCP server of the official SDK on loopback, whose tools and answers a test sets and changes. */
export interface ScriptedMcp {
  url: string;
  /** What `tools/list` answers. */
  tools: Tool[];
  /** What every `tools/list` names as the next page. */
  nextCursor: string | undefined;
  /** How often `tools/list` was asked. */
  lists: number;
  /** What `tools/call` answers; a string is one text. */
  result: CallToolResult | string;
  /** The calls of tools, oldest first. */
  calls: { name: string; arguments: Record<string, unknown> | undefined }[];
  /** The headers of every request, oldest first. */
  headers: IncomingMessage['headers'][];
  /** Answers instead of the MCP server. Returns false to let it answer. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  close(): Promise<void>;
}

export async function startScriptedMcp(tools: Tool[]): Promise<ScriptedMcp> {
  const handler = createMcpHandler(() => serverOf(scripted));
  const http = await startHttpServer((request, response) => {
    scripted.headers.push(request.headers);
    if (scripted.intercept?.(request, response)) return;
    void answer(request, response).catch(() => response.destroy());
  });
  async function answer(request: IncomingMessage, response: ServerResponse) {
    const { method = 'GET', headers } = request;
    const body = method === 'POST' ? { body: (await readBody(request)).toString('utf8') } : {};
    const sent = Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []));
    const init = { method, headers: Object.fromEntries(sent), ...body };
    const given = await handler.fetch(new Request(`http://localhost${request.url}`, init));
    response.writeHead(given.status, Object.fromEntries(given.headers));
    if (given.body === null) response.end();
    else Readable.from(given.body).pipe(response);
  }
  const scripted: ScriptedMcp = {
    url: `${http.url}/mcp`,
    tools,
    nextCursor: undefined,
    lists: 0,
    result: 'done',
    calls: [],
    headers: [],
    intercept: undefined,
    close: async () => {
      await handler.close();
      await http.close();
    },
  };
  return scripted;
}

function serverOf(scripted: ScriptedMcp): Server {
  const server = new Server({ name: 'scripted', version: '1.0.0' }, { capabilities: { tools: {} } });
  server.setRequestHandler('tools/list', () => {
    scripted.lists += 1;
    const { tools, nextCursor } = scripted;
    return nextCursor === undefined ? { tools } : { tools, nextCursor };
  });
  server.setRequestHandler('tools/call', ({ params }) => {
    scripted.calls.push({ name: params.name, arguments: params.arguments });
    const { result } = scripted;
    return typeof result === 'string' ? { content: [{ type: 'text', text: result }] } : result;
  });
  return server;
}

/** A tool that only reads, and one that writes. */
export const LOOK_UP: Tool = {
  name: 'look_up',
  description: 'Looks up a word',
  inputSchema: { type: 'object', properties: { word: { type: 'string' } }, required: ['word'] },
  annotations: { readOnlyHint: true },
};
export const PUBLISH: Tool = {
  name: 'publish',
  description: 'Publishes a text',
  inputSchema: { type: 'object', properties: { text: { type: 'string' } } },
};
