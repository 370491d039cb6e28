import { createHash, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cloudStorageObjects } from '../../../functions/platform/objects/cloud-storage.ts';
import { folderObjects } from '../../../functions/platform/objects/folder.ts';
import { blobKey, NoSuchObject, type ObjectStore } from '../../../functions/platform/objects/objects.ts';
import { openObjects } from '../../../functions/platform/objects/open-objects.ts';
import { type ScriptedStorage, startScriptedStorage } from '../../support/scripted-storage.ts';

const folder = mkdtempSync(join(tmpdir(), 'apexflow-objects-'));
let storage: ScriptedStorage;
/**
 * teeny-request 11.1 pipes a response into several streams, and Node warns about the number of listeners. The tests do
 * not cause it.
 */
const printers = process.listeners('warning');
beforeAll(async () => {
  process.removeAllListeners('warning');
  storage = await startScriptedStorage();
});
beforeEach(() => {
  storage.corruptDownloads = false;
  storage.failWith = undefined;
});
afterAll(async () => {
  await storage.close();
  rmSync(folder, { recursive: true });
  for (const print of printers) process.on('warning', print);
});

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const cloud = () =>
  cloudStorageObjects('blobs', {
    projectId: 'test',
    apiEndpoint: storage.endpoint,
    retryOptions: { autoRetry: false },
  });

describe.each<[string, () => ObjectStore]>([
  ['a folder', () => folderObjects(folder)],
  ['Cloud Storage', cloud],
])('objects in %s', (_name, open) => {
  it('are read unchanged: empty, small, large, as a buffer and as a stream', async () => {
    const objects = open();
    for (const bytes of [Buffer.alloc(0), Buffer.from('text'), randomBytes(3_000_000)]) {
      const key = blobKey('ten_a', sha256(bytes));
      await objects.put(key, bytes);
      expect((await objects.get(key)).equals(bytes)).toBe(true);
      expect((await buffer(objects.open(key))).equals(bytes)).toBe(true);
    }
  });

  it('are stored once: a second put and eight concurrent puts succeed and change nothing', async () => {
    const objects = open();
    const bytes = randomBytes(100_000);
    const key = blobKey('ten_a', sha256(bytes));
    await Promise.all(Array.from({ length: 8 }, () => objects.put(key, bytes)));
    await objects.put(key, Buffer.from('other bytes under a key that is taken'));
    expect((await objects.get(key)).equals(bytes)).toBe(true);
  });

  it('are written from a stream, once, and not when the stream fails', async () => {
    const objects = open();
    const key = blobKey('ten_a', sha256(randomBytes(9)));
    async function* broken() {
      yield randomBytes(200_000);
      throw new Error('the stream broke');
    }
    await expect(objects.write(key, broken())).rejects.toThrow('the stream broke');
    await expect(objects.get(key)).rejects.toBeInstanceOf(NoSuchObject);
    const bytes = randomBytes(300_000);
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += 70_000) yield bytes.subarray(at, at + 70_000);
    }
    expect(await objects.write(key, pieces())).toBe(true);
    async function* other() {
      yield Buffer.from('other bytes under a key that is taken');
    }
    expect(await objects.write(key, other())).toBe(false);
    expect((await objects.get(key)).equals(bytes)).toBe(true);
  });

  it('are stored from a view of a larger buffer with only its bytes', async () => {
    const objects = open();
    const view = new Uint8Array(new ArrayBuffer(8), 4, 0);
    const bytes = Buffer.from('--hello--').subarray(2, 7);
    await objects.put('tenants/ten_a/view', bytes);
    await objects.put('tenants/ten_a/empty-view', view);
    expect((await objects.get('tenants/ten_a/view')).toString()).toBe('hello');
    expect(await objects.get('tenants/ten_a/empty-view')).toHaveLength(0);
  });

  it('that do not exist: get and open fail with NoSuchObject, remove succeeds', async () => {
    const objects = open();
    const key = blobKey('ten_a', sha256(randomBytes(9)));
    await expect(objects.get(key)).rejects.toBeInstanceOf(NoSuchObject);
    await expect(buffer(objects.open(key))).rejects.toBeInstanceOf(NoSuchObject);
    await objects.remove(key);
    await objects.removePrefix('tenants/ten_nobody/');
  });

  it('are removed by prefix, and objects of a tenant with a similar id stay', async () => {
    const objects = open();
    const keys = ['ten_b', 'ten_bb'].map((tenant) => blobKey(tenant, sha256(Buffer.from(tenant))));
    for (const key of keys) await objects.put(key, Buffer.from('x'));
    await objects.removePrefix('tenants/ten_b/');
    await expect(objects.get(keys[0] ?? '')).rejects.toBeInstanceOf(NoSuchObject);
    expect(await objects.get(keys[1] ?? '')).toHaveLength(1);
  });

  it.each([
    '../outside',
    'a/../../b',
    '/etc/passwd',
    'a//b',
    'a/.',
    '',
    'a\\..\\b',
    'a/\0',
    'tenants/*',
    '.hidden',
    'x'.repeat(600),
  ])('have plain keys: %j is rejected by every call', async (key) => {
    const objects = open();
    await expect(objects.put(key, Buffer.from('x'))).rejects.toThrow('object key');
    await expect((async () => objects.get(key))()).rejects.toThrow('object key');
    expect(() => objects.open(key)).toThrow('object key');
    await expect((async () => objects.remove(key))()).rejects.toThrow('object key');
    await expect((async () => objects.removePrefix(`${key}/`))()).rejects.toThrow('object key');
  });

  it('are not removed by a prefix that does not end with a slash', async () => {
    await expect((async () => open().removePrefix('tenants/ten_b'))()).rejects.toThrow('must end with a slash');
    await expect((async () => open().removePrefix('/'))()).rejects.toThrow('object key');
  });
});

describe('Cloud Storage', () => {
  it('rejects bytes that do not match their checksum', async () => {
    const objects = cloud();
    await objects.put('tenants/ten_a/checked', Buffer.from('right'));
    storage.corruptDownloads = true;
    await expect(objects.get('tenants/ten_a/checked')).rejects.toThrow(/checksum|crc32c|match/i);
    await expect(buffer(objects.open('tenants/ten_a/checked'))).rejects.toThrow(/checksum|crc32c|match/i);
  });

  it('fails when an upload fails', async () => {
    storage.failWith = 403;
    await expect(cloud().put('tenants/ten_a/refused', Buffer.from('x'))).rejects.toThrow();
    await expect(cloud().get('tenants/ten_a/refused')).rejects.not.toBeInstanceOf(NoSuchObject);
  });

  it('creates an object in one request, with the precondition that it is new', async () => {
    storage.requests.length = 0;
    await cloud().put('tenants/ten_a/once', Buffer.from('x'));
    expect(storage.requests).toEqual(['POST /upload/storage/v1/b/blobs/o']);
  });
});

describe('a signed upload to Cloud Storage', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const credentials = { client_email: 'api@test.iam.gserviceaccount.com', private_key: privateKey };
  const signer = () => cloudStorageObjects('blobs', { projectId: 'test', apiEndpoint: storage.endpoint, credentials });
  const key = 'tenants/ten_a/uploads/upl_1/content';
  async function send(upload: { url: string; headers: Record<string, string> } | undefined, body: string, more = {}) {
    if (upload === undefined) throw new Error('There is no signed upload');
    const { host, pathname, search } = new URL(upload.url);
    const headers = { ...upload.headers, 'x-test-host': host, ...more };
    return (await fetch(storage.endpoint + pathname + search, { method: 'PUT', headers, body })).status;
  }

  it('names the bucket in its host, needs no token and binds size, type and existence of the object', async () => {
    storage.signer = createPublicKey(publicKey);
    const upload = await signer().signUpload(key, { bytes: 5, seconds: 60 });
    expect(new URL(upload?.url ?? '').origin).toBe('https://blobs.storage.googleapis.com');
    expect(upload?.headers).toEqual({
      'content-type': 'application/octet-stream',
      'x-goog-content-length-range': '5,5',
      'x-goog-if-generation-match': '0',
    });
    expect(await send(upload, '123456'), 'another size').toBe(400);
    expect(await send(upload, '12345', { 'content-type': 'text/html' }), 'another type').toBe(403);
    expect(await send(upload, '123456', { 'x-goog-content-length-range': '0,9' }), 'another range').toBe(403);
    expect(await send(upload, '12345')).toBe(200);
    expect(await send(upload, '54321'), 'a second time').toBe(412);
    expect((await signer().get(key)).toString()).toBe('12345');
  });

  it('is for one key', async () => {
    const upload = await signer().signUpload(`${key}-2`, { bytes: 5, seconds: 60 });
    const other = { url: upload?.url.replace('upl_1', 'upl_2') ?? '', headers: upload?.headers ?? {} };
    expect(await send(other, '12345')).toBe(403);
  });

  it('does not exist for a folder', async () => {
    expect(await folderObjects(folder).signUpload(key, { bytes: 5, seconds: 60 })).toBeUndefined();
  });
});

describe('a folder', () => {
  it('has no partial objects: a draft that a crash left has no key', async () => {
    const objects = folderObjects(folder);
    writeFileSync(join(folder, '.draft-crashed'), 'half');
    await expect((async () => objects.get('.draft-crashed'))()).rejects.toThrow('object key');
    await objects.put('tenants/ten_a/whole', Buffer.from('whole'));
    expect(readdirSync(folder).filter((name) => name.startsWith('.draft-'))).toEqual(['.draft-crashed']);
  });
});

describe('blobKey', () => {
  it('consists of the tenant’s folder, two digits and the hash', () => {
    const hash = sha256(Buffer.from('x'));
    expect(blobKey('ten_1', hash)).toBe(`tenants/ten_1/blobs/${hash.slice(0, 2)}/${hash}`);
    expect(() => blobKey('ten_1', 'ABC')).toThrow();
    expect(() => blobKey('../ten_1', hash)).toThrow();
  });
});

describe('openObjects', () => {
  it('returns the folder of the laptop when no bucket is set', async () => {
    await (await openObjects()).put('tenants/ten_a/local', Buffer.from('x'));
    expect(readdirSync(join(process.env.APEXFLOW_HOME ?? '', 'objects/tenants/ten_a'))).toEqual(['local']);
  });
});
