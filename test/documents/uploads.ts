import { deleteUpload } from '../../functions/documents/endpoints/delete-upload.ts';
import { finishUpload } from '../../functions/documents/endpoints/finish-upload.ts';
import { getUpload } from '../../functions/documents/endpoints/get-upload.ts';
import { listUploadsEndpoint } from '../../functions/documents/endpoints/list-uploads.ts';
import { putUploadContent } from '../../functions/documents/endpoints/put-upload-content.ts';
import { readPdf } from '../../functions/documents/endpoints/read-pdf.ts';
import { readUpload } from '../../functions/documents/endpoints/read-upload.ts';
import { startUpload } from '../../functions/documents/endpoints/start-upload.ts';
import { sweepUploads } from '../../functions/documents/timers/sweep-uploads.ts';
import { openObjects } from '../../functions/platform/objects/open-objects.ts';
import { type Answer, startServer, type TestServer } from '../support/server.ts';

interface Sender {
  token: string;
  tenantId: string;
}

export interface UploadServer extends TestServer {
  start(person: Sender, body: unknown): Promise<Answer>;
  /** Sends bytes as the body of the direct upload. */
  put(person: Sender, id: string, bytes: Uint8Array, headers?: Record<string, string>): Promise<Answer>;
  finish(person: Sender, id: string): Promise<Answer>;
  /** Starts an upload and sends its bytes. Returns its id. */
  send(person: Sender, filename: string, bytes: Uint8Array, announced?: object): Promise<string>;
  /** Starts, sends and finishes an upload. */
  upload(person: Sender, filename: string, bytes: Uint8Array, announced?: object): Promise<Answer>;
}

/** Serves everything that has to do with uploads. */
export async function startUploadServer(): Promise<UploadServer> {
  const server = await startServer([
    deleteUpload,
    finishUpload,
    getUpload,
    listUploadsEndpoint,
    putUploadContent,
    readPdf,
    readUpload,
    startUpload,
    sweepUploads,
  ]);
  const start: UploadServer['start'] = ({ token }, body) => server.call('POST', '/api/v1/uploads', { token, body });
  const put: UploadServer['put'] = async ({ token }, id, bytes, headers) => {
    const response = await fetch(`${server.url}/api/v1/uploads/${id}/content`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, ...headers },
      body: new Uint8Array(bytes),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  };
  const finish: UploadServer['finish'] = ({ token }, id) =>
    server.call('POST', `/api/v1/uploads/${id}/finish`, { token });
  const send: UploadServer['send'] = async (person, filename, bytes, announced = {}) => {
    const started = await start(person, { filename, size: bytes.length, ...announced });
    if (started.status !== 201) throw new Error(`${filename} was refused: ${JSON.stringify(started.body)}`);
    const sent = await put(person, started.body.id, bytes);
    if (sent.status !== 204) throw new Error(`The bytes of ${filename} were refused: ${JSON.stringify(sent.body)}`);
    return started.body.id;
  };
  const upload: UploadServer['upload'] = async (person, filename, bytes, announced) =>
    finish(person, await send(person, filename, bytes, announced));
  return { ...server, start, put, finish, send, upload };
}

/** Returns which objects of an upload are stored. */
export async function storedOf({ tenantId }: Sender, id: string): Promise<string[]> {
  const objects = await openObjects();
  const found = await Promise.all(
    ['content', 'text'].map((name) =>
      objects.get(`tenants/${tenantId}/uploads/${id}/${name}`).then(
        () => [name],
        () => [],
      ),
    ),
  );
  return found.flat();
}
