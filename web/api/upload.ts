import { attachmentsText } from '../text/attachments.ts';
import { type Answer, api } from './client.ts';
import { ApiError, dataOf, errorOf } from './problem.ts';
import { authorizedFetch } from './session.ts';

/** An upload as the server describes it. */
export type Upload = Answer<'/api/v1/uploads/{id}', 'get'>;
export type ReadyUpload = Extract<Upload, { status: 'ready' }>;
type SendRequest = Answer<'/api/v1/uploads', 'post'>['upload'];

/** What an attachment needs of the server. Every call may throw an {@link ApiError}, and stops with its signal. */
export interface UploadServer {
  /** Announces a file. */
  start(file: File, sha256: string, signal: AbortSignal): Promise<{ id: string; request: SendRequest }>;
  /** Sends the bytes. `onProgress` gets the share that was sent, from 0 to 1. Bytes that arrived before are fine. */
  send(request: SendRequest, file: File, onProgress: (share: number) => void, signal: AbortSignal): Promise<void>;
  finish(id: string, signal: AbortSignal): Promise<Upload>;
  remove(id: string): Promise<void>;
}

export const uploadServer: UploadServer = {
  start: async (file, sha256, signal) => {
    const body = {
      filename: file.name,
      size: file.size,
      sha256,
      ...(file.type === '' ? {} : { media_type: file.type }),
    };
    const { id, upload: request } = await dataOf(api.POST('/api/v1/uploads', { body, signal }));
    return { id, request };
  },
  send: (request, file, onProgress, signal) =>
    request.url.startsWith('/') ? sendHere(request, file, signal) : sendToStore(request, file, onProgress, signal),
  finish: (id, signal) => dataOf(api.POST('/api/v1/uploads/{id}/finish', { params: { path: { id } }, signal })),
  remove: async (id) => {
    await api.DELETE('/api/v1/uploads/{id}', { params: { path: { id } } });
  },
};

/** Sends a file for an import, and returns the id of its upload. It is not hashed: it may be larger than the memory. */
export async function sendImport(
  file: File,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<string> {
  const body = { filename: file.name, size: file.size, purpose: 'import' as const };
  const { id, upload } = await dataOf(api.POST('/api/v1/uploads', { body, signal }));
  await uploadServer.send(upload, file, onProgress, signal);
  await uploadServer.finish(id, signal);
  return id;
}

/** Statuses for bytes that arrived with an earlier request, whose answer was lost. `finish` compares their hash. */
const IS_THERE = [409, 412];

/** Sends the bytes to this server with the access token. It is near, so there is no progress to show. */
async function sendHere({ url, method, headers }: SendRequest, file: File, signal: AbortSignal): Promise<void> {
  const response = await authorizedFetch(new Request(url, { method, headers, body: file, signal })).catch(() => {
    signal.throwIfAborted();
    throw new ApiError(0, undefined);
  });
  if (!response.ok && !IS_THERE.includes(response.status)) throw await errorOf(response);
}

/** Sends the bytes to Cloud Storage. The address is signed, so no token leaves. `fetch` reports no progress. */
function sendToStore(
  { url, method, headers }: SendRequest,
  file: File,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const call = new XMLHttpRequest();
  const abort = () => call.abort();
  call.open(method, url);
  for (const [name, value] of Object.entries(headers)) call.setRequestHeader(name, value);
  call.upload.addEventListener('progress', ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0));
  call.addEventListener('abort', () => reject(signal.reason));
  call.addEventListener('error', () => reject(new Error(attachmentsText.notSent)));
  call.addEventListener('load', () => {
    const isStored = (call.status >= 200 && call.status < 300) || IS_THERE.includes(call.status);
    if (isStored) resolve();
    else reject(new Error(attachmentsText.refused(call.status)));
  });
  call.addEventListener('loadend', () => signal.removeEventListener('abort', abort));
  signal.addEventListener('abort', abort);
  if (signal.aborted) reject(signal.reason);
  else call.send(file);
  return promise;
}
