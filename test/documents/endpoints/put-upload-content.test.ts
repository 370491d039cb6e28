import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { createPerson, type Person } from '../../entities/people.ts';
import { pdf, png } from '../files.ts';
import { startUploadServer, storedOf, type UploadServer } from '../uploads.ts';

let server: UploadServer;
let person: Person;
beforeAll(async () => {
  server = await startUploadServer();
  person = await createPerson(await openDatabase());
});
afterAll(() => server.close());

const pending = async (size: number): Promise<string> => {
  const { body } = await server.start(person, { filename: 'a', size });
  return body.id;
};

test('204: stores bytes of any content type, also more than a JSON body may have', async () => {
  for (const type of ['image/png', 'application/json', 'text/html', 'multipart/form-data; boundary=x']) {
    const id = await pending(3);
    expect((await server.put(person, id, Buffer.from('abc'), { 'content-type': type })).status, type).toBe(204);
    expect(await storedOf(person, id)).toEqual(['content']);
  }
  const large = Buffer.concat([pdf('x'), Buffer.alloc(18 * 2 ** 20)]);
  expect((await server.put(person, await pending(large.length), large)).status).toBe(204);
});

test('404: another user of the tenant cannot send', async () => {
  const id = await pending(1);
  const other = await createPerson(await openDatabase(), 'admin', person.tenantId);
  expect((await server.put(other, id, Buffer.from('x'))).status).toBe(404);
  expect((await server.put(person, createId('upl'), Buffer.from('x'))).status).toBe(404);
  expect(await storedOf(person, id)).toEqual([]);
});

test('409: content is sent once, and not for an upload that is finished', async () => {
  const id = await pending(png().length);
  expect((await server.put(person, id, png())).status).toBe(204);
  const again = await server.put(person, id, Buffer.alloc(png().length));
  expect(again).toMatchObject({ status: 409, body: { detail: expect.stringContaining('sent already') } });
  expect(await server.finish(person, id)).toMatchObject({ status: 200, body: { media_type: 'image/png' } });
  const late = await server.put(person, id, png());
  expect(late).toMatchObject({ status: 409, body: { detail: expect.stringContaining('is ready') } });
});

test('409: of concurrent requests one stores its bytes', async () => {
  const id = await pending(4);
  const answers = await Promise.all(['aaaa', 'bbbb', 'cccc'].map((text) => server.put(person, id, Buffer.from(text))));
  expect(answers.map(({ status }) => status).sort()).toEqual([204, 409, 409]);
});

test('413, 422: more or fewer bytes than announced are not stored, and the right ones still are', async () => {
  const id = await pending(10);
  const more = await server.put(person, id, Buffer.alloc(11));
  expect(more).toMatchObject({ status: 413, body: { detail: expect.stringContaining('10 bytes at most') } });
  const fewer = await server.put(person, id, Buffer.alloc(9));
  expect(fewer).toMatchObject({ status: 422, body: { detail: expect.stringContaining('9 bytes') } });
  expect((await server.put(person, id, Buffer.alloc(0))).status).toBe(422);
  expect(await storedOf(person, id)).toEqual([]);
  expect((await server.put(person, id, Buffer.from('0123456789'))).status).toBe(204);
});

test('413: a body without a length is cut off at the announced size', async () => {
  const id = await pending(100_000);
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)) });
  const answer = await fetch(`${server.url}/api/v1/uploads/${id}/content`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${person.token}` },
    body: endless,
    duplex: 'half',
  } as RequestInit).catch((error: Error) => error);
  // The server closes the connection while the client is still sending, so the client may miss the answer.
  if (answer instanceof Response) expect(answer.status).toBe(413);
  expect((await server.put(person, id, Buffer.alloc(100_000))).status).toBe(204);
});

test('415: refuses compressed bytes', async () => {
  const answer = await server.put(person, await pending(3), Buffer.from('abc'), { 'content-encoding': 'gzip' });
  expect(answer.status).toBe(415);
});

test('a connection that breaks in the middle stores nothing', async () => {
  const id = await pending(1_000);
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.write(
    `PUT /api/v1/uploads/${id}/content HTTP/1.1\r\nhost: ${hostname}:${port}\r\n` +
      `authorization: Bearer ${person.token}\r\ncontent-length: 1000\r\n\r\n${'x'.repeat(500)}`,
  );
  socket.on('error', () => undefined);
  // The next request of the same server is answered after the bytes of this one have arrived.
  await server.call('GET', `/api/v1/uploads/${id}`, { token: person.token });
  socket.destroy();
  const sent = await server.put(person, id, Buffer.alloc(1_000, 'y'));
  expect(sent.status).toBe(204);
});
