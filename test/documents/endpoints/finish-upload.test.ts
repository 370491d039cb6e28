import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { useLocalGateway } from '../../../functions/platform/process/own-url.ts';
import { createPerson, type Person } from '../../entities/people.ts';
import { encryptedPdf, gif, pdf, png, zipEnd } from '../files.ts';
import { startUploadServer, storedOf, type UploadServer } from '../uploads.ts';

let server: UploadServer;
let person: Person;
beforeAll(async () => {
  server = await startUploadServer();
  person = await createPerson(await openDatabase());
});
afterAll(() => server.close());

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('200', () => {
  test('an image is ready with its size in pixels', async () => {
    const bytes = png(640, 480);
    const { status, body } = await server.upload(person, 'photo.png', bytes, { sha256: sha256(bytes) });
    expect(status).toBe(200);
    expect(body).toEqual({
      id: expect.any(String),
      filename: 'photo.png',
      purpose: 'message',
      size: bytes.length,
      created_at: expect.any(String),
      status: 'ready',
      media_type: 'image/png',
      sha256: sha256(bytes),
      image: { width: 640, height: 480 },
      text: null,
    });
  });

  test('a text and a PDF are ready with the length of their text', async () => {
    const page = await server.upload(person, 'page.html', Buffer.from('<b>ü</b>'));
    expect(page.body).toMatchObject({
      media_type: 'text/plain',
      image: null,
      text: { length: 8, pages: null, note: null },
    });
    const report = await server.upload(person, 'report.pdf', pdf('one', 'two'));
    expect(report.body).toMatchObject({ media_type: 'application/pdf', text: { length: 8, pages: 2, note: null } });
    expect(await storedOf(person, report.body.id)).toEqual(['content', 'text']);
  });

  test('repeated and concurrent calls answer the same', async () => {
    const id = await server.send(person, 'report.pdf', pdf('once'));
    const answers = await Promise.all([1, 2, 3].map(() => server.finish(person, id)));
    for (const { status, body } of [...answers, await server.finish(person, id)])
      expect({ status, body }).toEqual({ status: 200, body: answers[0]?.body });
  });

  test('a PDF that cannot be read has failed with a reason, and nothing of it is kept', async () => {
    const { status, body } = await server.upload(person, 'secret.pdf', encryptedPdf());
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { status: 'failed', error: 'The PDF is encrypted. Remove its password and upload it again.' },
    });
    expect(await storedOf(person, body.id)).toEqual([]);
    expect((await server.finish(person, body.id)).body).toEqual(body);
  });
});

test('404: another user of the tenant cannot finish', async () => {
  const id = await server.send(person, 'a.txt', Buffer.from('a'));
  const other = await createPerson(await openDatabase(), 'admin', person.tenantId);
  expect((await server.finish(other, id)).status).toBe(404);
});

test('409: nothing was sent; afterwards it can be', async () => {
  const { body } = await server.start(person, { filename: 'a.txt', size: 1 });
  const early = await server.finish(person, body.id);
  expect(early).toMatchObject({ status: 409, body: { detail: expect.stringContaining('Nothing was sent') } });
  await server.put(person, body.id, Buffer.from('a'));
  expect((await server.finish(person, body.id)).body.status).toBe('ready');
});

describe('a rejected content is removed, and the same problem is answered again', () => {
  test.each([
    [
      'another hash than announced',
      422,
      'a.txt',
      Buffer.from('b'),
      { sha256: sha256(Buffer.from('a')) },
      'was announced',
    ],
    [
      'a content that differs from its name',
      415,
      'a.png',
      gif(),
      {},
      'image/gif by its content and image/png by its name',
    ],
    ['a polyglot', 415, 'a.png', Buffer.concat([png(), zipEnd()]), {}, 'at the same time'],
    ['bytes of no accepted type', 415, 'a', Buffer.from([0, 1, 2]), {}, 'application/octet-stream'],
    ['too many pixels', 422, 'a.png', png(9_000, 1), {}, '9000 × 1 pixels'],
    ['too many bytes for its type', 413, 'a', Buffer.alloc(3 * 2 ** 20, 'x'), {}, '2097152 at most'],
  ])('%s: %i', async (_what, status, filename, bytes, announced, detail) => {
    const id = await server.send(person, filename, bytes, announced);
    const first = await server.finish(person, id);
    expect(first).toMatchObject({ status, body: { detail: expect.stringContaining(detail) } });
    expect(await storedOf(person, id)).toEqual([]);
    const again = await server.finish(person, id);
    expect(again.body).toMatchObject({ status, detail: first.body.detail });
    const shown = await server.call('GET', `/api/v1/uploads/${id}`, { token: person.token });
    expect(shown.body).toMatchObject({ status: 'failed', error: first.body.detail });
  });
});

test('503: while the service that reads PDFs is away, the upload stays pending', async () => {
  const id = await server.send(person, 'a.pdf', pdf('later'));
  useLocalGateway('http://127.0.0.1:1');
  try {
    const away = await server.finish(person, id);
    expect(away.status).toBe(503);
    expect(away.headers.get('retry-after')).toBe('5');
  } finally {
    useLocalGateway(server.url);
  }
  expect((await server.finish(person, id)).body).toMatchObject({ status: 'ready', text: { length: 5 } });
});

test('200, 415, 422: a file for an import begins as JSON in any encoding; its name does not matter', async () => {
  const purpose = 'import';
  for (const text of ['[]', '\ufeff {"a": 1', ' \n[1]']) {
    const { status, body } = await server.upload(person, 'a.txt', Buffer.from(text), { purpose });
    expect([status, body.media_type, body.text]).toEqual([200, 'application/json', null]);
  }
  const wide = await server.upload(person, 'wide', Buffer.from('\ufeff[1]', 'utf16le'), { purpose });
  expect(wide.status).toBe(200);
  for (const bytes of [Buffer.from('hello'), png(), Buffer.from('"text"')])
    expect((await server.upload(person, 'a.json', bytes, { purpose })).status).toBe(415);
  const archive = await server.upload(person, 'export.zip', Buffer.from('PK\x03\x04 and more'), { purpose });
  expect(archive.body.detail).toBe(
    'export.zip is application/zip by its content. Unpack it and send the JSON files in it.',
  );
  expect((await server.upload(person, 'a', Buffer.from('[]'), { purpose, sha256: 'a'.repeat(64) })).status).toBe(422);
});
