import { afterAll, beforeAll, expect, test } from 'vitest';
import { MOST_SERVERS } from '../../../functions/tools/mcp/mcp-server.ts';
import { type ServedMcp, serveMcpServers, storedServer } from '../mcp/served.ts';

let served: ServedMcp;
beforeAll(async () => {
  served = await serveMcpServers();
});
afterAll(() => served.close());

test('201: stores the token and the headers encrypted, shows only their names, and connects to nothing', async () => {
  const { url } = served;
  const fields = { name: 'notes', url, token: 'secret-token-of-notes', headers: { 'x-team': 'secret-team' } };
  const { status, body } = await served.call('POST', '', fields);
  expect(status).toBe(201);
  expect(body).toMatchObject({
    name: 'notes',
    url,
    enabled: true,
    approval: 'writes',
    status: 'untested',
    header_names: ['authorization', 'x-team'],
    tools: { offered: 0, added: 0 },
    listed_hash: null,
  });
  expect(JSON.stringify(body)).not.toContain('secret');
  const stored = await storedServer(body.id);
  expect(stored).toContain('notes');
  expect(stored).not.toMatch(/secret-token|secret-team/);
  expect(served.scripted.headers).toEqual([]);
});

test('409: a name that the tenant has, and one server more than allowed; another tenant has its own names', async () => {
  const other = await served.signUp();
  const add = (name: string) => served.call('POST', '', { name, url: served.url }, other.token);
  expect((await add('notes')).status).toBe(201);
  expect((await add('notes')).status).toBe(409);
  for (let count = 1; count < MOST_SERVERS; count += 1) expect((await add(`s${count}`)).status).toBe(201);
  const tooMany = await add('one-more');
  expect(tooMany).toMatchObject({ status: 409, body: { detail: expect.stringContaining('maximum number') } });
});

test('422: a URL that is not https, names no host or has a password, a bad name, and a header of the transport', async () => {
  const { useMcpAccess } = await import('../../../functions/tools/mcp/mcp-access.ts');
  const { loopbackWeb } = await import('../web/web-server.ts');
  useMcpAccess(undefined);
  const add = async (fields: Record<string, unknown>) =>
    (await served.call('POST', '', { name: 'bad', url: 'https://tools.example.com/mcp', ...fields })).status;
  for (const url of [
    'http://tools.example.com/mcp',
    'http://tools.example.com:443/mcp',
    'https://tools.example.com:8443/mcp',
    'https://localhost/mcp',
    'https://me:secret@tools.example.com/mcp',
    'file:///etc/passwd',
  ])
    expect(await add({ url })).toBe(422);
  for (const name of ['Bad', 'a--b', 'a__b', '-a', 'a'.repeat(21), '']) expect(await add({ name })).toBe(422);
  for (const headers of [{ host: 'x' }, { 'mcp-session-id': 'x' }, { Cookie: 'x' }, { 'x-a': 'a\r\nx-b: c' }])
    expect(await add({ headers })).toBe(422);
  expect(await add({ token: 'two words' })).toBe(422);
  expect(await add({ approval: 'sometimes' })).toBe(422);
  useMcpAccess(loopbackWeb());
});

test('403 without the scope tenant:admin, 401 without a token', async () => {
  expect(await served.refusals('POST', '', { name: 'x', url: served.url })).toEqual([403, 401]);
});
