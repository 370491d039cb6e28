import { afterAll, beforeAll, expect, test } from 'vitest';
import { QUOTA } from '../../../functions/documents/upload-limits.ts';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { createPerson, type Person } from '../../entities/people.ts';
import { asOwner } from '../../support/owner.ts';
import { startUploadServer, type UploadServer } from '../uploads.ts';

let server: UploadServer;
let person: Person;
beforeAll(async () => {
  server = await startUploadServer();
  person = await createPerson(await openDatabase());
});
afterAll(() => server.close());

/** Gives a user rows that were never sent. */
const fillQuota = ({ tenantId, userId }: Person, count: number, size: number, status: string) =>
  asOwner(
    `insert into uploads (id, tenant_id, user_id, filename, size, status, expires_at, media_type, sha256)
     select $1 || '_' || n, $1, $2, 'x', $3, $4, case when $4 = 'ready' then null else now() + interval '1 day' end,
       'text/plain', repeat('a', 64) from generate_series(1, $5::int) n`,
    [tenantId, userId, size, status, count],
  );

test('201: answers a pending upload and the request that sends its bytes', async () => {
  const { status, body } = await server.start(person, {
    filename: ' notes.md ',
    size: 12,
    media_type: 'text/markdown',
  });
  expect(status).toBe(201);
  expect(body).toEqual({
    id: expect.stringMatching(/^upl_/),
    filename: 'notes.md',
    purpose: 'message',
    size: 12,
    status: 'pending',
    created_at: expect.any(String),
    expires_at: expect.any(String),
    upload: {
      method: 'PUT',
      url: `/api/v1/uploads/${body.id}/content`,
      headers: {},
      expires_at: expect.stringMatching(/Z$/),
    },
  });
  expect(Date.parse(body.expires_at) - Date.parse(body.created_at)).toBe(24 * 3_600_000);
});

test('401, 403: needs a member', async () => {
  expect((await server.call('POST', '/api/v1/uploads', { body: { filename: 'a', size: 1 } })).status).toBe(401);
  const viewer = await createPerson(await openDatabase(), 'viewer');
  expect((await server.start(viewer, { filename: 'a', size: 1 })).status).toBe(403);
});

test('413, 415: names the limit of a file that cannot be accepted, before it is sent', async () => {
  const tooLarge = await server.start(person, { filename: 'a.pdf', size: 20 * 2 ** 20 + 1 });
  expect(tooLarge).toMatchObject({ status: 413, body: { detail: expect.stringContaining('20971520 at most') } });
  const image = await server.start(person, { filename: 'a.png', size: 6 * 2 ** 20 });
  expect(image).toMatchObject({ status: 413, body: { detail: expect.stringContaining('5242880 at most') } });
  const archive = await server.start(person, { filename: 'a.zip', size: 1 });
  expect(archive).toMatchObject({ status: 415, body: { detail: expect.stringContaining('an archive') } });
});

test('413: refuses more bytes than a user may have together', async () => {
  const owner = await createPerson(await openDatabase());
  await fillQuota(owner, 1, QUOTA.bytes - 10, 'ready');
  expect((await server.start(owner, { filename: 'a', size: 10 })).status).toBe(201);
  const over = await server.start(owner, { filename: 'a', size: 1 });
  expect(over).toMatchObject({ status: 413, body: { detail: expect.stringContaining(String(QUOTA.bytes)) } });
  // The quota is of a user, and bytes of failed uploads are gone.
  expect((await server.start(person, { filename: 'a', size: 11 })).status).toBe(201);
});

test('422: rejects names and sizes that are none', async () => {
  for (const body of [
    {},
    { filename: 'a' },
    { filename: '', size: 1 },
    { filename: '  ', size: 1 },
    { filename: 'a'.repeat(256), size: 1 },
    { filename: '../a', size: 1 },
    { filename: 'a\\b', size: 1 },
    { filename: 'a\nb', size: 1 },
    { filename: 'exe.\u202egpj', size: 1 },
    { filename: 'a', size: 0 },
    { filename: 'a', size: 1.5 },
    { filename: 'a', size: -1 },
    { filename: 'a', size: '1' },
    { filename: 'a', size: 1, sha256: 'abc' },
    { filename: 'a', size: 1, status: 'ready' },
    { filename: 'a', size: 1, tenant_id: 'ten_1' },
  ])
    expect((await server.start(person, body)).status, JSON.stringify(body)).toBe(422);
});

test('429: a user has only so many unfinished uploads, of which concurrent starts get exactly the rest', async () => {
  const owner = await createPerson(await openDatabase());
  await fillQuota(owner, QUOTA.pending - 3, 1, 'pending');
  const answers = await Promise.all(Array.from({ length: 8 }, () => server.start(owner, { filename: 'a', size: 1 })));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 429, 429, 429, 429, 429]);
});

test('429: a user has only so many uploads, failed and deleted ones of the last day among them', async () => {
  const owner = await createPerson(await openDatabase());
  await fillQuota(owner, QUOTA.uploads, 1, 'deleted');
  const over = await server.start(owner, { filename: 'a', size: 1 });
  expect(over).toMatchObject({ status: 429, body: { detail: expect.stringContaining(String(QUOTA.uploads)) } });
});

test('201, 413: a JSON file for an import may have 200 MiB, whatever its name', async () => {
  const start = (size: number, purpose: string) => server.start(person, { filename: 'a.zip.json', size, purpose });
  expect((await start(200 * 2 ** 20, 'import')).status).toBe(201);
  expect((await start(200 * 2 ** 20 + 1, 'import')).status).toBe(413);
  expect((await start(200 * 2 ** 20, 'message')).status).toBe(413);
  expect((await start(1, 'other')).status).toBe(422);
});
