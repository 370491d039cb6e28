import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { environment } from '../../functions/platform/environment.ts';
import { useQueue } from '../../functions/platform/queue/open-queue.ts';
import { asOwner } from '../support/owner.ts';
import { type Person, startServer, type TestServer } from '../support/server.ts';

/** Tests request smuggling, upgrades, HEAD, numbers out of range, and event streams of users who lose their access. */
let server: TestServer;
let person: Person;
beforeAll(async () => {
  environment.RATE_LIMIT_PER_MINUTE = 1_000_000;
  server = await startServer();
  useQueue({ create: async () => undefined, close: async () => undefined });
  person = await server.signUp();
});
afterAll(() => server.close());

/** After an answer, the connection counts as finished when the server is silent for this long. */
const SILENCE_MS = 400;

/** Sends these bytes and returns everything until the server closes the connection or is silent. */
function send(bytes: string): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.setTimeout(20_000, () => socket.destroy());
    socket.on('data', (chunk) => {
      text += chunk;
      socket.setTimeout(SILENCE_MS);
    });
    socket.once('error', () => undefined);
    socket.once('close', () => resolve(text));
  });
}

const statusesIn = (text: string) => [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
const hidden = 'GET /api/v1/tenant HTTP/1.1\r\nHost: localhost\r\n\r\n';

describe('a request inside a request', () => {
  const post = 'POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
  test.for([
    ['two lengths', `${post}Content-Length: 2\r\nContent-Length: ${hidden.length + 2}\r\n\r\n{}${hidden}`],
    ['a length and chunks', `${post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`],
    ['chunks that are not the last encoding', `${post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${hidden}`],
    ['an unknown encoding', `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${hidden}`],
    ['a space before the colon', `${post}Content-Length : 2\r\n\r\n{}${hidden}`],
    ['a folded line', `${post}X-Folded: a\r\n b\r\nContent-Length: 2\r\n\r\n{}${hidden}`],
    ['a length with a sign', `${post}Content-Length: +2\r\n\r\n{}${hidden}`],
    ['a bare line feed', `${post}Content-Length: 2\nX: y\r\n\r\n{}${hidden}`],
    ['a chunk of a strange size', `${post}Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n${hidden}`],
  ] as const)(
    '%s: at most the first request is answered, with 400, and the connection is closed',
    async ([, bytes]) => {
      const statuses = statusesIn(await send(bytes));
      expect(statuses.length).toBeLessThanOrEqual(1);
      for (const status of statuses) expect(status).toBe(400);
    },
  );

  test('nothing more is read from a connection after a rejected request with an unread body', async () => {
    const unread = `POST /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`;
    expect(statusesIn(await send(unread))).toEqual([404]);
  });
});

test('400 for two Authorization or Host headers, of which a proxy could use the other one', async () => {
  const ask = (headers: string) => send(`GET /api/v1/tenant HTTP/1.1\r\n${headers}\r\n`);
  const [mine, other] = [`Authorization: Bearer ${person.token}\r\n`, 'AUTHORIZATION: Bearer x\r\n'];
  const host = 'Host: localhost\r\n';
  expect(statusesIn(await ask(host + mine))).toEqual([200]);
  for (const twice of [host + mine + other, host + other + mine, host + mine + mine, host + mine + host])
    expect(statusesIn(await ask(twice))).toEqual([400]);
});

test('an unsupported upgrade is handled as a plain request', async () => {
  const head = `GET /api/v1/tenant HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nAuthorization: Bearer ${person.token}\r\n\r\n`;
  expect(statusesIn(await send(head))).toEqual([200]);
  expect(statusesIn(await send(`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`))).toEqual([400]);
});

test('HEAD needs the same access as GET and has no body', async () => {
  const ask = (authorization: string) =>
    send(`HEAD /api/v1/tenant HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${authorization}\r\n`);
  const [refused, answered] = [await ask(''), await ask(`Authorization: Bearer ${person.token}\r\n`)];
  expect([statusesIn(refused), statusesIn(answered)]).toEqual([[401], [200]]);
  for (const text of [refused, answered]) expect(text.split('\r\n\r\n').at(1)).toBe('');
});

test('rejects numbers out of range', async () => {
  for (const budget of ['1e999', '-1e999', '1e-400', '0.0000001']) {
    const body = `{"task":"x","budget_usd":${budget}}`;
    const answer = await server.call('POST', '/api/v1/sprints', { token: person.token, body });
    expect([budget, answer.status]).toEqual([budget, 422]);
  }
});

test('an event stream is cut when its user is disabled or signs out', async () => {
  for (const end of [
    'update users set disabled_at = now() where id = $1',
    "update users set tokens_valid_after = now() + interval '1 hour' where id = $1",
  ]) {
    const reader = await server.signUp();
    const { body: sprint } = await server.call('POST', '/api/v1/sprints', {
      token: reader.token,
      body: { task: 'x', team: ['backend'] },
    });
    const response = await fetch(`${server.url}/api/v1/runs/${sprint.id}/events`, {
      headers: { authorization: `Bearer ${reader.token}` },
    });
    let heard = '';
    const listening = (async () => {
      for await (const chunk of response.body ?? []) heard += Buffer.from(chunk).toString();
    })();
    await expect.poll(() => heard, { timeout: 20_000 }).toContain('run_started');
    await asOwner(end, [reader.userId]);
    await asOwner(
      `select append_run_events($1, '[{"type": "note", "level": "info", "source": "system", "message": "a secret of later"}]')`,
      [sprint.id],
    );
    // The connection is cut, so a client sees a failure and not the end of the stream.
    await expect(listening).rejects.toThrow();
    expect(heard).not.toContain('a secret of later');
  }
});
