import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { resultOf, signUp } from './client.ts';

/**
 * ApexFlow as an MCP server, used with the SDK of the Model Context Protocol. Any MCP client works like this: it gets
 * the URL and an API key, whose scopes decide what it may do.
 *
 *     npx node examples/mcp-client.ts "Build a counter"
 */

const [task = 'Build a counter: a page with a button, and a small API'] = process.argv.slice(2);
const { client: account } = await signUp('MCP example');
const { key } = resultOf(
  await account.POST('/api/v1/auth/api-keys', {
    body: { name: 'MCP client', scopes: ['tools:read', 'runs:read', 'runs:write'] },
  }),
);

const url = new URL('/mcp', process.env.APEXFLOW_URL ?? 'http://localhost:8080');
const mcp = new Client({ name: 'example', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
const headers = { authorization: `Bearer ${key}` };
await mcp.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers } }));
const { tools } = await mcp.listTools();
console.log(
  `MCP ${mcp.getNegotiatedProtocolVersion()}, ${tools.length} tools: ${tools.map(({ name }) => name).join(', ')}`,
);

/** Calls a tool. What the API refuses is a result for the model, with title, status and detail. */
async function call(name: string, parameters: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { isError, content, structuredContent } = await mcp.callTool({ name, arguments: parameters });
  if (isError || structuredContent === undefined) throw new Error(`${name}: ${JSON.stringify(content)}`);
  return structuredContent as Record<string, unknown>;
}

const { id } = await call('start_sprint', { task, idempotency_key: crypto.randomUUID() });
console.log(`started ${id}`);
let run = await call('get_run', { id });
while (run.status === 'queued' || run.status === 'running') {
  await new Promise((resolve) => setTimeout(resolve, 500));
  run = await call('get_run', { id });
}
console.log(`${run.status}: ${run.result}`);
console.log(JSON.stringify(await call('list_run_files', { id })));
await mcp.close();
