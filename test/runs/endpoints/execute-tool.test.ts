import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, startServer, type TestServer } from '../../support/server.ts';
import { type ServedMcp, serveMcpServers } from '../../tools/mcp/served.ts';

let server: TestServer;
let person: Person;
let mcp: ServedMcp;
beforeAll(async () => {
  // The server of the product is last, so that it has the queue.
  mcp = await serveMcpServers();
  server = await startServer();
  person = await server.signUp();
});
afterAll(async () => {
  await server.close();
  await mcp.close();
});

const execute = (body: unknown, { query = '', headers = {}, token = person.token } = {}) =>
  server.call('POST', `/api/v1/tools/execute${query}`, { token, body, headers });
const get = async (path: string) => (await server.call('GET', `/api/v1${path}`, { token: person.token })).body;
const SUM = { name: 'calculator', arguments: { expression: '0.1 + 0.2' } };

describe('POST /api/v1/tools/execute', () => {
  test('200: runs the call as a run without a model, which the run shows as its only turn', async () => {
    const { status, body, headers } = await execute(SUM);
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        run_id: expect.stringMatching(/^run_/),
        status: 'completed',
        output: '0.3',
        is_error: false,
        duration_ms: expect.any(Number),
        question_id: null,
      },
    });
    expect(headers.get('location')).toBe(`/api/v1/runs/${body.run_id}`);
    const run = await get(`/runs/${body.run_id}`);
    expect(run).toMatchObject({
      kind: 'call',
      status: 'completed',
      result: '0.3',
      query: 'calculator {"expression":"0.1 + 0.2"}',
      agent_type: 'caller',
      scripted: false,
      cost_usd: '0',
      tokens: { total: 0 },
      graph: { nodes: [{ id: 'call', worker: 'caller', status: 'completed', turns: 1 }] },
    });
    const { items } = await get(`/runs/${body.run_id}/turns`);
    expect(items).toMatchObject([{ turn: 0, node: 'call', tool_calls: 1, status: 'completed', cost_usd: '0' }]);
    expect(await get(`/runs/${body.run_id}/nodes/call/turns/0`)).toMatchObject({
      tool_calls: [{ tool: 'calculator', arguments: SUM.arguments, output: '0.3', status: 'completed' }],
    });
    const logs = (await get(`/runs/${body.run_id}/logs`)).items;
    expect(logs.map(({ type }: { type: string }) => type)).toEqual([
      'run_started',
      'tool_started',
      'tool_completed',
      'node_completed',
      'run_completed',
    ]);
  });

  test('200: a call that the tool refuses is an answer, and its run has failed', async () => {
    const { status, body } = await execute({ name: 'calculator', arguments: { expression: '1 / 0' } });
    expect({ status, body }).toMatchObject({ status: 200, body: { status: 'failed', is_error: true } });
    expect(body.output).toContain('division by zero');
  });

  test('200: tools for files and programs work on files of that call alone', async () => {
    const written = await execute({ name: 'write_file', arguments: { path: 'a.txt', content: 'a' } });
    expect(written.body).toMatchObject({ status: 'completed', is_error: false });
    expect((await get(`/runs/${written.body.run_id}/files`)).items).toMatchObject([{ path: 'a.txt' }]);
    const read = await execute({ name: 'read_file', arguments: { path: 'a.txt' } });
    expect(read.body).toMatchObject({ status: 'failed', is_error: true });
    const computed = await execute({ name: 'run_code', arguments: { language: 'javascript', code: '6 * 7' } });
    expect(computed.body.output).toContain('--- value\n42');
  });

  test('200: the same Idempotency-Key returns the first call; 422 for another body', async () => {
    const headers = { 'idempotency-key': 'once' };
    const uuid = { name: 'create_uuid', arguments: {} };
    const first = await execute(uuid, { headers });
    const second = await execute(uuid, { headers });
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotent-replay')).toBe('true');
    expect((await execute(SUM, { headers })).status).toBe(422);
  });

  test('200: a request that is repeated after its client went away gets the first call', async () => {
    const headers = { 'idempotency-key': 'lost' };
    const code = 'const begin = Date.now(); while (Date.now() < begin + 2000);';
    const slow = { name: 'run_code', arguments: { language: 'javascript', code } };
    const leaving = new AbortController();
    const lost = fetch(`${server.url}/api/v1/tools/execute`, {
      method: 'POST',
      headers: { ...headers, authorization: `Bearer ${person.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(slow),
      signal: leaving.signal,
    }).catch(() => undefined);
    const started = () => get('/runs?kind=call&q=begin');
    await expect.poll(async () => (await started()).items.length, { timeout: 20_000 }).toBe(1);
    leaving.abort();
    await lost;
    await expect.poll(async () => (await execute(slow, { headers })).status, { timeout: 20_000 }).toBe(200);
    expect((await started()).items).toHaveLength(1);
  });

  test('202: without waiting, and the run goes on', async () => {
    const { status, body } = await execute(SUM, { query: '?wait=0' });
    expect(status).toBe(202);
    expect(body.status).toMatch(/^(queued|running)$/);
    await expect.poll(() => get(`/runs/${body.run_id}`), { timeout: 20_000 }).toMatchObject({ status: 'completed' });
  });

  test('403: a viewer of another scope, and a host that the tenant does not allow', async () => {
    const created = await server.call('POST', '/api/v1/auth/api-keys', {
      token: person.token,
      body: { name: 'reader', scopes: ['tools:read', 'runs:write'] },
    });
    expect((await execute(SUM, { token: created.body.key })).status).toBe(403);
    expect((await execute({ ...SUM, allowed_hosts: ['example.org'] })).status).toBe(403);
  });

  test.each(['nothing', 'constructor', '__proto__'])('404: no tool has the name %s', async (name) => {
    expect((await execute({ name })).status).toBe(404);
  });

  test('422: wrong arguments name their paths, and there is no run', async () => {
    const before = (await get('/runs?kind=call&limit=200')).items.length;
    const wrong = { name: 'add_to_date', arguments: { date: '2026-11-30', amount: 1.5, unit: 'days', dayz: 1 } };
    const { status, body } = await execute(wrong);
    expect(status).toBe(422);
    expect(body.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
      'body.arguments',
      'body.arguments.amount',
    ]);
    expect((await execute({ ...SUM, budget_usd: 0 })).status).toBe(422);
    expect((await get('/runs?kind=call&limit=200')).items).toHaveLength(before);
  });

  test.each(['send_message', 'read_messages', 'submit_plan', 'ask_person', 'push_repository', 'deploy_project'])(
    '422: %s means nothing outside of a run',
    async (name) => {
      const { status, body } = await execute({ name });
      expect(status).toBe(422);
      expect(body.detail).toContain(`${name} cannot be called alone.`);
    },
  );

  test('tools of an MCP server are listed and called, and a call that may write waits for its approval', async () => {
    await mcp.approve({ name: 'words' });
    const { token } = mcp.admin;
    const listed = (await server.call('GET', '/api/v1/tools?family=mcp', { token })).body.items;
    expect(listed).toMatchObject([
      { name: 'mcp__words__look_up', source: 'mcp:words', needs_approval: false, executable: true },
      { name: 'mcp__words__publish', source: 'mcp:words', needs_approval: true, executable: true },
    ]);
    const read = await execute({ name: 'mcp__words__look_up', arguments: { word: 'lamp' } }, { token });
    expect(read).toMatchObject({ status: 200, body: { status: 'completed', is_error: false } });
    const publish = { name: 'mcp__words__publish', arguments: { text: 'x' } };
    const headers = { 'idempotency-key': 'publish' };
    const asked = await execute(publish, { token, headers });
    expect(asked).toMatchObject({ status: 202, body: { status: 'waiting_input', output: null } });
    expect(mcp.scripted.calls.map(({ name }) => name)).toEqual(['look_up']);
    const answer = { question_id: asked.body.question_id, response: 'approve' };
    const path = `/api/v1/runs/${asked.body.run_id}/input`;
    expect((await server.call('POST', path, { token, body: answer })).status).toBe(202);
    const done = await execute(publish, { token, headers });
    expect(done).toMatchObject({ status: 200, body: { run_id: asked.body.run_id, status: 'completed' } });
    expect(done.body.output).toContain('done');
    expect(mcp.scripted.calls.map(({ name }) => name)).toEqual(['look_up', 'publish']);
    expect((await execute(publish)).status).toBe(404);
  });

  test('a call is not among the runs, unless they are asked for', async () => {
    expect((await get('/runs')).items).toEqual([]);
    expect((await get('/runs?kind=call')).items.length).toBeGreaterThan(0);
  });
});
