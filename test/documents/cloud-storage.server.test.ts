import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../functions/platform/database/open.ts';
import { environment } from '../../functions/platform/environment.ts';
import { createPerson } from '../entities/people.ts';
import { type ScriptedStorage, startScriptedStorage } from '../support/scripted-storage.ts';
import { pdf } from './files.ts';
import { startUploadServer, type UploadServer } from './uploads.ts';

/** Uploads with the object store of the cloud, which takes the bytes by a signed address. */
const BUCKET = 'objects';
const folder = mkdtempSync(join(tmpdir(), 'apexflow-credentials-'));
let storage: ScriptedStorage;
let server: UploadServer;
/** teeny-request 11.1 makes Node warn about listeners; see test/platform/objects/objects.unit.test.ts. */
const printers = process.listeners('warning');
beforeAll(async () => {
  process.removeAllListeners('warning');
  storage = await startScriptedStorage();
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  storage.signer = createPublicKey(publicKey);
  const account = {
    type: 'service_account',
    client_email: 'api@test.iam.gserviceaccount.com',
    private_key: privateKey,
  };
  writeFileSync(join(folder, 'key.json'), JSON.stringify({ ...account, project_id: 'test' }));
  process.env.GOOGLE_APPLICATION_CREDENTIALS = join(folder, 'key.json');
  process.env.STORAGE_EMULATOR_HOST = storage.endpoint;
  environment.STORAGE_BUCKET = BUCKET;
  server = await startUploadServer();
});
afterAll(async () => {
  await server.close();
  await storage.close();
  rmSync(folder, { recursive: true });
  for (const print of printers) process.on('warning', print);
});

test('bytes go to the signed address, are checked by finish, and are removed with the upload', async () => {
  const person = await createPerson(await openDatabase());
  const bytes = pdf('From the bucket');
  const { body } = await server.start(person, { filename: 'a.pdf', size: bytes.length });
  const { url, headers, method } = body.upload;
  const { host, pathname, search } = new URL(url);
  expect(host).toBe(`${BUCKET}.storage.googleapis.com`);
  expect((await server.finish(person, body.id)).status, 'nothing was sent').toBe(409);
  const put = (content: Buffer) =>
    fetch(storage.endpoint + pathname + search, {
      method,
      headers: { ...headers, 'x-test-host': host },
      body: new Uint8Array(content),
    });
  expect((await put(Buffer.concat([bytes, bytes]))).status, 'more bytes than announced').toBe(400);
  expect((await put(bytes)).status).toBe(200);
  const finished = await server.finish(person, body.id);
  expect(finished.body).toMatchObject({ status: 'ready', media_type: 'application/pdf', text: { length: 15 } });
  expect((await put(bytes)).status, 'checked bytes cannot be replaced').toBe(412);
  const read = await server.call('GET', `/api/v1/uploads/${body.id}/content`, { token: person.token });
  expect(read.body).toBe(bytes.toString('latin1'));
  expect(storage.objects.size).toBe(2);
  await server.call('DELETE', `/api/v1/uploads/${body.id}`, { token: person.token });
  expect([...storage.objects]).toEqual([]);
});

test('the direct way works beside it, for clients that reach only the API', async () => {
  const person = await createPerson(await openDatabase());
  const { body } = await server.upload(person, 'a.txt', Buffer.from('direct'));
  expect(body).toMatchObject({ status: 'ready', media_type: 'text/plain' });
  const short = await server.start(person, { filename: 'b.txt', size: 5 });
  expect((await server.put(person, short.body.id, Buffer.from('x'))).status).toBe(422);
  expect([...storage.objects.keys()].filter((key) => key.includes(short.body.id))).toEqual([]);
});
