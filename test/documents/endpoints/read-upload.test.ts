import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { createPerson, type Person } from '../../entities/people.ts';
import { pdf, png } from '../files.ts';
import { startUploadServer, type UploadServer } from '../uploads.ts';

let server: UploadServer;
let person: Person;
beforeAll(async () => {
  server = await startUploadServer();
  person = await createPerson(await openDatabase());
});
afterAll(() => server.close());

const read = ({ token }: Person, id: string) =>
  fetch(`${server.url}/api/v1/uploads/${id}/content`, { headers: { authorization: `Bearer ${token}` } });

test.each([
  ['photo.png', png(), 'image/png', 'inline'],
  ['report.pdf', pdf('x'), 'application/pdf', 'attachment'],
  ['page.html', Buffer.from('<script>alert(document.cookie)</script>'), 'text/plain', 'attachment'],
  ['drawing.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>'), 'text/plain', 'attachment'],
])('200: %s comes back unchanged, and no browser runs it', async (filename, bytes, mediaType, disposition) => {
  const { body } = await server.upload(person, filename, bytes);
  const answer = await read(person, body.id);
  expect(answer.status).toBe(200);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': mediaType,
    'content-length': String(bytes.length),
    'content-disposition': `${disposition}; filename*=UTF-8''${filename}`,
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'private, no-store',
  });
  expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
});

test('200: a name cannot leave its header', async () => {
  const { body } = await server.upload(person, `a"; x=(1)*'ü'.txt`, Buffer.from('a'));
  expect((await read(person, body.id)).headers.get('content-disposition')).toBe(
    "attachment; filename*=UTF-8''a%22%3B%20x%3D%281%29%2a%27%C3%BC%27.txt",
  );
});

test('404, 409: nothing of another user, and nothing that is not ready', async () => {
  const pending = await server.send(person, 'a.txt', Buffer.from('a'));
  expect((await read(person, pending)).status).toBe(409);
  await server.finish(person, pending);
  expect((await read(person, pending)).status).toBe(200);
  expect((await read(await createPerson(await openDatabase(), 'admin', person.tenantId), pending)).status).toBe(404);
});
