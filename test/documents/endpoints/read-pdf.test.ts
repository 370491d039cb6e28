import { afterAll, beforeAll, expect, test } from 'vitest';
import { invokerToken } from '../../../functions/platform/sign-in/oidc.ts';
import { pdf } from '../files.ts';
import { startUploadServer, type UploadServer } from '../uploads.ts';

let server: UploadServer;
beforeAll(async () => {
  server = await startUploadServer();
});
afterAll(() => server.close());

const read = async (bytes: Buffer, token?: string) =>
  fetch(`${server.url}/internal/documents/pdf`, {
    method: 'POST',
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    body: new Uint8Array(bytes),
  });

test('200: the text of a PDF, or why it has none', async () => {
  const token = await invokerToken('documents-read-pdf');
  const found = await read(pdf('text'), token);
  expect(await found.json()).toEqual({ status: 'read', text: 'text', pages: 1, note: null });
  expect(await (await read(Buffer.from('nothing'), token)).json()).toMatchObject({ status: 'failed' });
});

test('401, 413: refuses other callers and more bytes than a PDF may have', async () => {
  expect((await read(pdf('text'))).status).toBe(401);
  const token = await invokerToken('documents-read-pdf');
  expect((await read(Buffer.alloc(20 * 2 ** 20 + 1), token)).status).toBe(413);
});
