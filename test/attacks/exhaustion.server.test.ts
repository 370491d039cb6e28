import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../functions/platform/database/open.ts';
import { environment } from '../../functions/platform/environment.ts';
import { useQueue } from '../../functions/platform/queue/open-queue.ts';
import { createApiKey } from '../../functions/platform/sign-in/api-key.ts';
import { forgetRefusals } from '../../functions/platform/sign-in/rate-limit.ts';
import { changeFiles, storeContent } from '../../functions/tools/workspace.ts';
import { asOwner } from '../support/owner.ts';
import { type Person, startServer, type TestServer } from '../support/server.ts';

/** Tests what callers can hold or use up: bodies, replies that are not read, streams, refusals. */
const MIB = 1024 * 1024;
const CHUNK = Buffer.alloc(MIB, 0x20);

let server: TestServer;
let person: Person;
beforeAll(async () => {
  environment.RATE_LIMIT_PER_MINUTE = 1_000_000;
  server = await startServer();
  useQueue({ create: async () => undefined, close: async () => undefined });
  person = await server.signUp();
});
beforeEach(forgetRefusals);
const sockets = new Set<Socket>();
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
});
afterAll(() => server.close());

/** Opens a connection and sends a head. The test reads only what `onData` gets; without it nothing is read. */
function open(head: string, onData?: (text: string) => void): Socket {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  sockets.add(socket);
  socket.on('error', () => undefined);
  if (onData === undefined) socket.pause();
  else socket.on('data', (chunk) => onData(chunk.toString()));
  socket.write(head.replaceAll('\n', '\r\n'));
  return socket;
}

const postHead = (token: string, length: number) =>
  `POST /api/v1/memory/process-session HTTP/1.1\nHost: localhost\nAuthorization: Bearer ${token}\nContent-Type: application/json\nContent-Length: ${length}\n\n`;

/** Sends all but the last byte of a body. Returns the status of an answer that comes before the end of the body. */
function sendUnfinished(token: string, length: number): () => number | undefined {
  let text = '';
  const socket = open(postHead(token, length), (part) => {
    text += part;
  });
  for (let left = length - 1; left > 0; left -= CHUNK.length)
    socket.write(CHUNK.subarray(0, Math.min(left, CHUNK.length)));
  return () => (text === '' ? undefined : Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]));
}

const bytesHeld = () => process.memoryUsage().arrayBuffers;

async function countRows(): Promise<unknown> {
  const [row] = await asOwner(
    'select (select count(*) from audit_log) as lines, (select count(*) from rate_limits) as buckets',
  );
  return row;
}

describe('a wrong credential', () => {
  test('401 before the body is read, for a made-up key with a right checksum', async () => {
    const sent = sendUnfinished(createApiKey().text, 8 * MIB);
    await expect.poll(sent).toBe(401);
    const short = sendUnfinished(createApiKey().text, 2);
    await expect.poll(short).toBe(401);
  });

  test('is counted by address whatever the body is, and a known key of this address still works', async () => {
    const { body } = await server.call('POST', '/api/v1/auth/api-keys', {
      token: person.token,
      body: { name: 'a key' },
    });
    const profile = () => server.call('GET', '/api/v1/user/profile', { token: body.key });
    expect((await profile()).status).toBe(200);
    const answers: number[] = [];
    for (let count = 0; count < 100; count += 1)
      answers.push(
        (await server.call('POST', '/api/v1/memory/process-session', { token: createApiKey().text, body: '{' })).status,
      );
    expect(new Set(answers)).toEqual(new Set([401, 429]));
    expect((await profile()).status).toBe(200);
    // A key that was revoked meanwhile is refused like any other.
    await asOwner('update api_keys set revoked_at = now() where id = $1', [body.id]);
    expect([401, 429]).toContain((await profile()).status);
    expect((await profile()).status).toBe(429);
  });

  test('writes nothing when the checksum of a key is wrong', async () => {
    const before = await countRows();
    for (let count = 0; count < 100; count += 1) {
      const token = `${createApiKey().text.slice(0, -6)}000000`;
      expect([401, 429]).toContain((await server.call('GET', '/api/v1/user/profile', { token })).status);
    }
    expect(await countRows()).toEqual(before);
  });
});

describe('bodies that do not end', () => {
  test('429 above the share of a caller, while others can send', async () => {
    const before = bytesHeld();
    const other = await server.signUp('Grace');
    const sent = Array.from({ length: 20 }, () => sendUnfinished(person.token, 8 * MIB));
    await expect.poll(() => sent.filter((status) => status() === 429).length).toBeGreaterThanOrEqual(18);
    expect(bytesHeld() - before).toBeLessThan(100 * MIB);
    const body = { text: 'The sky is blue.' };
    expect((await server.call('POST', '/api/v1/memory', { token: other.token, body })).status).toBeLessThan(300);
  });

  test('the share is given back when the connections end', async () => {
    for (const socket of sockets) socket.destroy();
    await expect
      .poll(
        async () =>
          (await server.call('PATCH', '/api/v1/tenant', { token: person.token, body: { name: 'Mine' } })).status,
      )
      .toBe(200);
  });

  test('503 above the limit of the process', async () => {
    const people = await Promise.all(Array.from({ length: 6 }, () => server.signUp()));
    const sent = people.flatMap(({ token }) => [
      sendUnfinished(token, 8 * MIB - 1024),
      sendUnfinished(token, 8 * MIB - 1024),
    ]);
    await expect.poll(() => sent.filter((status) => status() === 503).length).toBeGreaterThanOrEqual(4);
  });
});

describe('readers who do not read', () => {
  let path: string;
  beforeAll(async () => {
    const { body: sprint } = await server.call('POST', '/api/v1/sprints', {
      token: person.token,
      body: { task: 'x', team: ['backend'] },
    });
    const stored = await storeContent(person.tenantId, Buffer.alloc(16 * MIB, 'a'));
    const upserts = [{ path: 'large.txt', mode: 'regular' as const, ...stored }];
    await (await openDatabase())
      .as({ kind: 'tenant', tenantId: person.tenantId, userId: person.userId })
      .queryAll(changeFiles({ runId: sprint.id, updatedBy: 'backend', upserts }));
    path = `/api/v1/sprints/${sprint.id}/files/large.txt`;
  });

  const get = (query: string) =>
    `GET ${path}${query} HTTP/1.1\nHost: localhost\nAuthorization: Bearer ${person.token}\n\n`;

  test('60 downloads of a file of 16 MB hold little memory', async () => {
    const before = bytesHeld();
    const waiting = Array.from({ length: 60 }, () => open(get('?raw=1')));
    await expect.poll(() => waiting.every((socket) => socket.bytesWritten > 0)).toBe(true);
    let most = 0;
    for (let count = 0; count < 20; count += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      most = Math.max(most, bytesHeld() - before);
    }
    expect(most).toBeLessThan(100 * MIB);
  });

  test('429 for more replies than a caller may leave unread', async () => {
    const statuses: string[] = [];
    for (let count = 0; count < 20; count += 1)
      open(get(''), (text) => text.startsWith('HTTP') && statuses.push(text.slice(9, 12))).pause();
    const before = bytesHeld();
    await expect.poll(() => bytesHeld() - before).toBeGreaterThan(MIB);
    for (const socket of sockets) socket.resume();
    await expect.poll(() => statuses.length).toBe(20);
    expect(new Set(statuses)).toEqual(new Set(['200', '429']));
    expect(statuses.filter((status) => status === '200').length).toBeLessThanOrEqual(10);
  });

  test('the whole file is received by a reader who reads', async () => {
    const headers = { authorization: `Bearer ${person.token}` };
    const raw = await (await fetch(`${server.url}${path}?raw=1`, { headers })).arrayBuffer();
    expect(Buffer.from(raw).equals(Buffer.alloc(16 * MIB, 'a'))).toBe(true);
  });
});

test('429 for more streams of events than a user may have', async () => {
  const { body: sprint } = await server.call('POST', '/api/v1/sprints', {
    token: person.token,
    body: { task: 'x', team: ['backend'] },
  });
  const statuses: string[] = [];
  const streamHead = `GET /api/v1/runs/${sprint.id}/events HTTP/1.1\nHost: localhost\nAuthorization: Bearer ${person.token}\n\n`;
  const stream = () => open(streamHead, (text) => text.startsWith('HTTP') && statuses.push(text.slice(9, 12)));
  const opened = Array.from({ length: 110 }, stream);
  await expect.poll(() => statuses.length).toBe(110);
  expect(statuses.filter((status) => status === '429')).toHaveLength(10);
  expect(statuses.filter((status) => status === '200')).toHaveLength(100);
  for (const socket of opened) socket.destroy();
  await expect
    .poll(async () => {
      stream();
      await expect.poll(() => statuses.length).toBeGreaterThan(110);
      return statuses.at(-1);
    })
    .toBe('200');
});

test('a conversation with times that cannot be stored is received without them', async () => {
  for (const time of [1e15, '9999-12-31T23:59:59-15:00', '0000-01-01T00:00:00Z', '2024-01-01T00:00:00+23:00']) {
    for (const conversation of [
      JSON.stringify([
        { role: 'user', content: 'I live in Rome.', timestamp: time },
        { role: 'assistant', content: 'Noted.', timestamp: time },
      ]),
      `[${time}] Ada: I live in Rome.\n[${time}] Bob: Noted.`,
    ]) {
      const answer = await server.call('POST', '/api/v1/memory/process-session', {
        token: person.token,
        body: { conversation },
      });
      expect.soft([conversation, answer.status < 500]).toEqual([conversation, true]);
    }
  }
});
