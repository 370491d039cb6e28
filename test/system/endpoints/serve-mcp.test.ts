import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { localKey } from '../../../functions/platform/sign-in/local-key.ts';
import { forgetRefusals } from '../../../functions/platform/sign-in/rate-limit.ts';
import { MCP_TOOLS } from '../../../functions/system/mcp/mcp-tools.ts';
import { asOwner } from '../../support/owner.ts';
import { type Person, startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let ada: Person;
beforeAll(async () => {
  server = await startServer();
  ada = await server.signUp();
});
afterAll(() => server.close());
beforeEach(() => forgetRefusals());

const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
const METADATA = '/.well-known/oauth-protected-resource/mcp';

async function connect(token: string, mode: 'auto' | 'legacy' = 'auto'): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  const transport = new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  });
  await client.connect(transport);
  return client;
}

async function keyWith(...scopes: string[]): Promise<{ id: string; key: string }> {
  const body = { name: 'mcp', scopes };
  return (await server.call('POST', '/api/v1/auth/api-keys', { token: ada.token, body })).body;
}

const post = (token: string | undefined, body: unknown, headers: Record<string, string> = {}) =>
  server.call('POST', '/mcp', {
    token,
    body,
    headers: { accept: 'application/json, text/event-stream', ...headers },
  });

describe.each([
  ['auto', '2026-07-28'],
  ['legacy', '2025-11-25'],
] as const)('a client of the SDK that negotiates %s', (mode, version) => {
  it('lists the tools, calls them and reads resources', async () => {
    const client = await connect((await keyWith('tools:read', 'memory:read', 'memory:write', 'runs:read')).key, mode);
    expect(client.getNegotiatedProtocolVersion()).toBe(version);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(MCP_TOOLS.map(({ name }) => name));
    expect(JSON.stringify(tools)).not.toContain('$ref');
    expect(tools.find(({ name }) => name === 'search_memory')).toMatchObject({
      annotations: { readOnlyHint: true },
      inputSchema: { type: 'object', required: ['query'], additionalProperties: false },
    });
    const added = await client.callTool({ name: 'add_memory', arguments: { text: `The lamp of ${mode} is green` } });
    expect(added.structuredContent).toMatchObject({ text: `The lamp of ${mode} is green` });
    const found = await client.callTool({ name: 'search_memory', arguments: { query: `lamp of ${mode}` } });
    expect(JSON.stringify(found.content)).toContain('is green');
    expect((await client.listResourceTemplates()).resourceTemplates).toHaveLength(2);
    await client.close();
  });
});

it('answers what the API refuses as a result with title, status and detail', async () => {
  const client = await connect(ada.token);
  const missing = await client.callTool({ name: 'get_run', arguments: { id: 'run_01j00000000000000000000000' } });
  expect(missing).toMatchObject({ isError: true, content: [{ text: expect.stringMatching(/^Not found \(404\): /) }] });
  const wrong = await client.callTool({ name: 'list_runs', arguments: { limit: 100_000 } });
  expect(wrong.content).toMatchObject([{ text: expect.stringMatching(/\(422\).*\n- query\.limit: /) }]);
  const unknown = await client.callTool({ name: 'list_runs', arguments: { tenant_id: 'ten_1' } });
  expect(unknown).toMatchObject({
    isError: true,
    content: [{ text: 'The tool list_runs has no argument tenant_id.' }],
  });
  expect(await client.callTool({ name: 'get_run', arguments: {} })).toMatchObject({ isError: true });
  expect(await client.callTool({ name: 'nothing', arguments: {} })).toMatchObject({ isError: true });
  await client.close();
});

it('keeps the path of the operation whatever an argument holds', async () => {
  const client = await connect(ada.token);
  for (const id of ['..', '.', '../tenant', '%2e%2e', 'a/files/b'])
    expect(await client.callTool({ name: 'get_run', arguments: { id } })).toMatchObject({
      isError: true,
      content: [{ text: expect.stringMatching(/\((404|422)\)/) }],
    });
  await client.close();
});

it('shows runs and entities of the own tenant alone, page by page', async () => {
  const sprint = { task: 'Build a counter for the list of resources', team: ['backend'] };
  const { body: run } = await server.call('POST', '/api/v1/sprints', { token: ada.token, body: sprint });
  const client = await connect(ada.token);
  const uri = `apexflow://runs/${run.id}`;
  expect((await client.listResources()).resources).toContainEqual(expect.objectContaining({ uri }));
  const { contents } = await client.readResource({ uri });
  expect(contents).toMatchObject([{ uri, mimeType: 'application/json', text: expect.stringContaining(run.id) }]);
  const bob = await connect((await server.signUp()).token);
  expect((await bob.listResources()).resources).toEqual([]);
  for (const hidden of [uri, 'apexflow://runs/%', 'apexflow://entities/nobody.md', 'file:///etc/passwd'])
    await expect(bob.readResource({ uri: hidden })).rejects.toThrow(/not found/i);
  expect(await bob.callTool({ name: 'get_run', arguments: { id: run.id } })).toMatchObject({ isError: true });
  await expect(bob.listResources({ cursor: '7:x' })).rejects.toThrow('The cursor is not of this list');
  await Promise.all([client.close(), bob.close()]);
});

it('sends a chat message, waits for the answer and shows it again', async () => {
  const client = await connect((await keyWith('tools:read', 'chat:read', 'chat:write')).key);
  const sent = await client.callTool({ name: 'send_chat_message', arguments: { message: 'Hello from MCP' } });
  const Sent = z.object({ conversation_id: z.string(), message: z.object({ id: z.string(), content: z.string() }) });
  const { conversation_id: id, message } = Sent.parse(sent.structuredContent);
  expect(message.content).not.toBe('');
  const shown = await client.callTool({ name: 'get_chat_message', arguments: { id: message.id } });
  expect(shown.structuredContent).toMatchObject({ content: message.content });
  const { structuredContent } = await client.callTool({ name: 'get_conversation', arguments: { id } });
  expect(JSON.stringify(structuredContent)).toContain('Hello from MCP');
  const unknown = await client.callTool({ name: 'send_chat_message', arguments: { message: 'x', wait: 300 } });
  expect(unknown.content).toMatchObject([{ text: 'The tool send_chat_message has no argument wait.' }]);
  await client.close();
});

it('starts one run for calls with the same idempotency_key', async () => {
  const client = await connect(ada.token);
  const start = () =>
    client.callTool({
      name: 'start_sprint',
      arguments: { task: 'Build a counter once', team: ['backend'], idempotency_key: 'once' },
    });
  const [first, second] = [await start(), await start()];
  expect(first.structuredContent).toMatchObject({ id: expect.stringMatching(/^run_/) });
  expect(second.structuredContent).toEqual(first.structuredContent);
  await client.close();
});

describe('refuses', () => {
  it('401 without a token, and says where to learn how to sign in', async () => {
    const answer = await post(undefined, LIST);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe(`Bearer resource_metadata="${server.url}${METADATA}"`);
    const metadata = await server.call('GET', METADATA);
    expect(metadata).toMatchObject({
      status: 200,
      body: { resource: `${server.url}/mcp`, bearer_methods_supported: ['header'] },
    });
    expect(metadata.body.scopes_supported).toContain('runs:write');
  });

  it('401 for an expired and a revoked key that this process has seen before, and a token for another audience', async () => {
    const [expired, revoked] = [await keyWith('tools:read'), await keyWith('tools:read')];
    expect((await post(expired.key, LIST)).status).toBe(200);
    expect((await post(revoked.key, LIST)).status).toBe(200);
    await asOwner(`update api_keys set expires_at = now() - interval '1 second' where id = $1`, [expired.id]);
    await server.call('DELETE', `/api/v1/auth/api-keys/${revoked.id}`, { token: ada.token });
    const now = Math.floor(Date.now() / 1000);
    const claims = { sub: ada.userId, auth_time: now, iat: now, firebase: { sign_in_provider: 'password' } };
    const foreign = await localKey('user-tokens').sign({
      ...claims,
      iss: 'urn:apexflow:local-issuer',
      aud: 'another-service',
      exp: now + 3600,
    });
    for (const token of [expired.key, revoked.key, foreign, 'apx_live_nothing']) {
      const answer = await post(token, LIST);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token", resource_metadata="http/);
    }
  });

  it('403 for a key without the scope of the tool, and names the scope', async () => {
    const { key } = await keyWith('tools:read', 'runs:read');
    const start = { name: 'start_run', arguments: { query: 'anything' } };
    const answer = await post(key, { jsonrpc: '2.0', id: 1, method: 'tools/call', params: start });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toContain('error="insufficient_scope", scope="runs:write"');
    const listing = await post((await keyWith('runs:read')).key, LIST);
    expect(listing.status).toBe(403);
    expect(listing.headers.get('www-authenticate')).toContain('scope="tools:read"');
  });

  it('403 for a web page of another origin, and none for a page of this server', async () => {
    for (const origin of ['https://evil.example', 'null', 'http://localhost.evil.example', 'not a url'])
      expect((await post(ada.token, LIST, { origin })).status).toBe(403);
    expect((await post(ada.token, LIST, { origin: server.url })).status).toBe(200);
  });

  it('405 for GET and DELETE, which belong to sessions, 422 for a batch and 413 for a large body', async () => {
    for (const method of ['GET', 'DELETE']) {
      const answer = await server.call(method, '/mcp', { token: ada.token });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    }
    expect((await post(ada.token, [LIST, LIST])).status).toBe(422);
    const large = { ...LIST, params: { filler: 'x'.repeat(1024 * 1024) } };
    expect((await post(ada.token, large)).status).toBe(413);
    expect((await post(ada.token, { ...LIST, method: 'nothing/known' })).body).toMatch(/-32601/);
  });
});
