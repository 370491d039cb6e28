import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment } from '../../../functions/platform/environment.ts';
import { createId } from '../../../functions/platform/id.ts';
import { forgetRefusals } from '../../../functions/platform/sign-in/rate-limit.ts';
import { asOwner } from '../../support/owner.ts';
import { type Person, startServer, type TestServer } from '../../support/server.ts';
import { append, insertRun } from '../quiet-run.ts';
import { connectByTicket, connectWith, refusal, SocketClient } from '../socket-client.ts';

let server: TestServer;
let ada: Person;
let bob: Person;
let url: string;
beforeAll(async () => {
  environment.RATE_LIMIT_PER_MINUTE = 1_000_000;
  server = await startServer();
  [ada, bob] = [await server.signUp('Ada'), await server.signUp('Bob')];
  url = `${server.url}/api/v1/ws`;
});
afterAll(() => server.close());

const takeTicket = async (token: string): Promise<string> =>
  (await server.call('POST', '/api/v1/realtime/tickets', { token })).body.ticket;

describe('the handshake', () => {
  it('refuses a page of another origin, with and without a token: 403', async () => {
    const origin = 'https://evil.example';
    expect(await refusal(url, { origin })).toMatchObject({ status: 403 });
    const headers = { authorization: `Bearer ${ada.token}` };
    expect(await refusal(url, { origin, headers })).toMatchObject({ status: 403 });
    expect(await refusal(url, { origin: 'null' })).toMatchObject({ status: 403 });
  });

  it('refuses a client without an origin and without a bearer token: 401', async () => {
    expect(await refusal(url)).toEqual({ status: 401, type: 'urn:apexflow:problem:unauthenticated' });
    expect(await refusal(url, { headers: { authorization: 'Bearer wrong' } })).toMatchObject({ status: 401 });
  });

  it('refuses a ticket or anything else in the address: 422', async () => {
    const { origin } = new URL(url);
    expect(await refusal(`${url}?ticket=${await takeTicket(ada.token)}`, { origin })).toMatchObject({ status: 422 });
  });

  it('accepts a page of the public address of this installation', async () => {
    environment.PUBLIC_URL = 'https://apexflow.example/';
    const client = await connectByTicket(url, await takeTicket(ada.token), 'https://apexflow.example');
    expect(await client.ofType('ready')).toMatchObject({ user: { id: ada.userId, name: 'Ada' } });
    client.socket.close();
    environment.PUBLIC_URL = undefined;
  });

  it('answers 426 without a WebSocket, 404 for a path that no socket serves', async () => {
    const answer = await server.call('GET', '/api/v1/ws', { token: ada.token });
    expect(answer).toMatchObject({ status: 426, body: { type: 'urn:apexflow:problem:upgrade-required' } });
    expect(answer.headers.get('upgrade')).toBe('websocket');
    const { origin } = new URL(url);
    expect(await refusal(`${server.url}/api/v1/nothing`, { origin })).toMatchObject({ status: 404 });
    expect(await refusal(`${server.url}/api/v1/tenant`, { origin })).toMatchObject({ status: 401 });
  });
});

describe('a ticket', () => {
  it('signs in once: of two connections with one ticket, one is ready and the other is closed with 4401', async () => {
    const ticket = await takeTicket(ada.token);
    const both = await Promise.all([connectByTicket(url, ticket), connectByTicket(url, ticket)]);
    const ends = await Promise.all(
      both.map((client) =>
        Promise.race([client.closed, client.ofType('ready').then(({ type }) => type)]).catch(() => 0),
      ),
    );
    expect(ends.sort()).toEqual([4401, 'ready']);
    for (const client of both) client.socket.close();
    forgetRefusals();
  });

  it('is refused when it has expired, is unknown or is no ticket', async () => {
    await asOwner('delete from socket_tickets where tenant_id = $1', [ada.tenantId]);
    const expired = await takeTicket(ada.token);
    const [row] = await asOwner('update socket_tickets set expires_at = now() where tenant_id = $1 returning *', [
      ada.tenantId,
    ]);
    expect(JSON.stringify(row)).not.toContain(expired.slice('tkt_'.length));
    for (const ticket of [expired, `tkt_${'a'.repeat(43)}`, 'x', ada.token]) {
      const client = await connectByTicket(url, ticket);
      expect(await client.closed).toBe(4401);
      expect(client.frames).toMatchObject([{ type: 'error' }]);
    }
    forgetRefusals();
  });

  it('must be in the first frame: another frame is answered with an error and 4401', async () => {
    const client = await new SocketClient(url, { origin: new URL(url).origin }).opened();
    client.send({ type: 'subscribe', channel: 'run:x' });
    expect(await client.closed).toBe(4401);
    expect(client.frames).toMatchObject([{ type: 'error', error: 'invalid-request' }]);
  });

  it('gives the rights of the key that took it, and no more', async () => {
    const { body } = await server.call('POST', '/api/v1/auth/api-keys', {
      token: ada.token,
      body: { name: 'usage only', scopes: ['memory:read'] },
    });
    const run = await insertRun(ada);
    const client = await connectByTicket(url, await takeTicket(body.key));
    await client.ofType('ready');
    client.send({ type: 'subscribe', channel: `run:${run}` });
    expect(await client.ofType('error')).toMatchObject({ error: 'forbidden', channel: `run:${run}` });
    client.socket.close();
  });
});

describe('a signed-in connection', () => {
  it('gets the events after a number and then new ones, each once and in order', async () => {
    const run = await insertRun(ada);
    await append(run, { message: '1' }, { message: '2' }, { message: '3' });
    const client = await connectWith(url, ada.token);
    client.send({ type: 'subscribe', channel: `run:${run}`, after: 1 });
    await append(run, { message: '4' });
    await client.until((frame) => frame.seq === 4 && frame.type === 'event');
    await append(run, { message: '5' }, { message: '6' });
    await client.until((frame) => frame.seq === 6);
    expect(client.seqs(`run:${run}`)).toEqual([2, 3, 4, 5, 6]);
    expect(client.frames.find(({ type }) => type === 'subscribed')).toMatchObject({ channel: `run:${run}` });
    client.socket.close();
  });

  it('names the events of a run', async () => {
    const run = await insertRun(ada);
    const client = await connectWith(url, ada.token);
    client.send({ type: 'subscribe', channel: `run:${run}` });
    await client.ofType('subscribed');
    const call = { node: 'plan', turn: 0, index: 1, tool: 'calculate' };
    await append(
      run,
      { type: 'node_started', data: { node: 'plan' } },
      { type: 'tool_started', data: call },
      { type: 'tool_completed', data: { ...call, is_error: false, output: '4' } },
      { type: 'run_completed' },
    );
    const delta = {
      run_id: run,
      node: 'plan',
      source: 'chef',
      turn: 1,
      kind: 'text',
      at: 0,
      text: 'Hel',
      reset: false,
    };
    await asOwner(`select pg_notify('run_deltas', $1)`, [JSON.stringify(delta)]);
    await client.ofType('token');
    expect(client.frames.slice(2).filter(({ type }) => type !== 'presence')).toMatchObject([
      { type: 'agent_update', seq: 1, run_id: run, node: 'plan', status: 'running', event: 'node_started' },
      { type: 'tool_start', seq: 2, id: 'plan/0/1', tool: 'calculate', data: call },
      { type: 'tool_complete', seq: 3, id: 'plan/0/1', result: '4', is_error: false },
      { type: 'agent_update', seq: 4, node: null, status: 'completed' },
      { type: 'token', channel: `run:${run}`, content: 'Hel', node: 'plan', turn: 1 },
    ]);
    client.socket.close();
  });

  it('gets an error and stays open for what it may not or cannot have', async () => {
    const foreign = await insertRun(bob);
    const client = await connectWith(url, ada.token);
    const channels = [`run:${foreign}`, `run:${createId('run')}`, 'run:x', 'agent:abc123', `RUN:${foreign}`];
    for (const channel of channels) client.send({ type: 'subscribe', channel });
    for (const channel of channels)
      expect(await client.until((frame) => frame.channel === channel)).toMatchObject({
        type: 'error',
        error: 'not-found',
        detail: 'There is no such channel. Channels are run:<run id>, conversation:<chat id> and village:<tenant id>.',
      });
    const own = await insertRun(ada);
    client.send({ type: 'subscribe', channel: `run:${own}`, after: 1 });
    expect(await client.until((frame) => frame.channel === `run:${own}`)).toMatchObject({ error: 'malformed-request' });
    const faulty = ['{', '[]', '{"type":"chatter"}', '{"type":"ping","extra":1}', '{"type":"__proto__"}'];
    for (const text of faulty) client.send(text);
    await client.until(() => client.frames.filter(({ channel }) => channel === undefined).length > faulty.length);
    client.send({ type: 'ping' });
    expect(await client.ofType('pong')).toEqual({ type: 'pong' });
    client.socket.close();
  });

  it('follows 50 channels and no more, and can leave one', async () => {
    const client = await connectWith(url, ada.token);
    const runs = await Promise.all(Array.from({ length: 51 }, () => insertRun(ada)));
    for (const [index, run] of runs.entries()) {
      client.send({ type: 'subscribe', channel: `run:${run}` });
      await client.until(
        (frame) => frame.channel === `run:${run}` && frame.type === (index < 50 ? 'subscribed' : 'error'),
      );
    }
    client.send({ type: 'unsubscribe', channel: `run:${runs[0]}` });
    await client.ofType('unsubscribed');
    await append(runs[0] ?? '', {});
    await append(runs[1] ?? '', {});
    await client.until((frame) => frame.type === 'event');
    expect(client.seqs(`run:${runs[0]}`)).toEqual([]);
    client.socket.close();
  });

  it('is closed with 1009 for a frame of more than 64 KB, 1003 for bytes and 4429 for a flood', async () => {
    const [large, bytes, flood] = await Promise.all([1, 2, 3].map(() => connectWith(url, ada.token)));
    large?.send(`{"type":"ping","x":"${'x'.repeat(64 * 1024)}"}`);
    bytes?.socket.send(Buffer.from('{}'));
    for (let count = 0; count < 200; count += 1) flood?.send({ type: 'ping' });
    expect(await Promise.all([large?.closed, bytes?.closed, flood?.closed])).toEqual([1009, 1003, 4429]);
    const pings = await connectWith(url, ada.token);
    for (let count = 0; count < 200; count += 1) pings.socket.ping();
    // 1006: `ws` itself cuts a client that takes no answers.
    expect([4429, 1006]).toContain(await pings.closed);
  });

  it('is one of at most 20 of a user; a closed one makes room', async () => {
    const clients = await Promise.all(Array.from({ length: 20 }, () => connectWith(url, bob.token)));
    expect(await refusal(url, { headers: { authorization: `Bearer ${bob.token}` } })).toMatchObject({ status: 429 });
    const browser = await connectByTicket(url, await takeTicket(bob.token));
    expect(await browser.closed).toBe(4429);
    expect(browser.frames).toMatchObject([{ type: 'error', error: 'too-many-requests' }]);
    clients[0]?.socket.close();
    await clients[0]?.closed;
    clients[0] = await connectWith(url, bob.token);
    for (const client of clients) client.socket.close();
    await Promise.all(clients.map(({ closed }) => closed));
  });
});
