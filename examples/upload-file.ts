import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { resultOf, SERVER, signUp } from './client.ts';

/**
 * Sends a file: an image, a PDF or a text. It is announced with its hash, its bytes go where the answer says (Cloud
 * Storage in the cloud, this server on a laptop), and `finish` tells what the file is by its content.
 *
 *     npx node examples/upload-file.ts photo.png
 */

const path = process.argv[2] ?? import.meta.filename;
const bytes = await readFile(path);
const { client, token } = await signUp('Somebody with a file');

const { id, upload } = resultOf(
  await client.POST('/api/v1/uploads', {
    body: {
      filename: basename(path),
      size: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    },
  }),
);

// An address of the store is signed and takes no token; an address of this server takes yours.
const isHere = upload.url.startsWith('/');
const sent = await fetch(new URL(upload.url, SERVER), {
  method: upload.method,
  headers: { ...upload.headers, ...(isHere ? { authorization: `Bearer ${token}` } : {}) },
  body: bytes,
});
if (!sent.ok) throw new Error(`The bytes were refused with ${sent.status}: ${await sent.text()}`);

const params = { path: { id } };
const file = resultOf(await client.POST('/api/v1/uploads/{id}/finish', { params }));
if (file.status !== 'ready') throw new Error(`The file is ${file.status}: ${'error' in file ? file.error : ''}`);
const what = file.image ? `${file.image.width} × ${file.image.height} px` : `${file.text?.length} characters`;
console.log(`${file.filename} is ${file.media_type} with ${what}`);

const { data: content } = await client.GET('/api/v1/uploads/{id}/content', { params, parseAs: 'arrayBuffer' });
// openapi-fetch types the content by the document, as a text; `parseAs` makes it bytes.
const isSame = Buffer.from(content as unknown as ArrayBuffer).equals(bytes);
console.log(isSame ? 'got it back unchanged' : 'got something else back');

await client.DELETE('/api/v1/uploads/{id}', { params });
console.log('deleted it');
