import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { crc32c } from '../../functions/platform/secrets/cloud-kms.ts';
import { readBody, sendJson, startHttpServer } from './scripted-server.ts';

/**
 * The part of Cloud KMS's REST API that the product uses: encrypt and decrypt with additional data and checksums. It
 * encrypts with AES-256-GCM, so only its own ciphertexts can be decrypted.
 */
export interface ScriptedKms {
  endpoint: string;
  /** `method key` and the token of each request. */
  requests: { path: string; authorization: string | undefined }[];
  /** When set, requests are answered with this status. */
  failWith: number | undefined;
  /**
   * A fault of the transport: bytes changed in the request or in the answer, a missing confirmation of the checksum, a
   * broken connection, or an answer that is not JSON.
   */
  fault: 'request' | 'answer' | 'unconfirmed' | 'hang up' | 'no JSON' | undefined;
  close(): Promise<void>;
}

const Crc = z.string().regex(/^\d+$/);
const Body = z.strictObject({
  plaintext: z.base64().optional(),
  plaintextCrc32c: Crc.optional(),
  ciphertext: z.base64().optional(),
  ciphertextCrc32c: Crc.optional(),
  additionalAuthenticatedData: z.base64(),
  additionalAuthenticatedDataCrc32c: Crc,
});

export async function startScriptedKms(): Promise<ScriptedKms> {
  const key = randomBytes(32);
  const server = await startHttpServer((request, response) => void answer(state, key, request, response));
  const state: ScriptedKms = {
    endpoint: server.url,
    requests: [],
    failWith: undefined,
    fault: undefined,
    close: server.close,
  };
  return state;
}

async function answer(
  state: ScriptedKms,
  key: Buffer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const text = String(await readBody(request));
  state.requests.push({ path: `${request.method} ${request.url}`, authorization: request.headers.authorization });
  if (state.fault === 'hang up') {
    request.socket.destroy();
    return;
  }
  if (state.fault === 'no JSON') return void response.end('<html>');
  if (state.failWith !== undefined) return sendJson(response, state.failWith, { error: { message: text } });
  const body = Body.parse(JSON.parse(text));
  const isEncryption = request.url?.endsWith(':encrypt') ?? false;
  const [field, crc] = isEncryption ? [body.plaintext, body.plaintextCrc32c] : [body.ciphertext, body.ciphertextCrc32c];
  const bytes = Buffer.from(field ?? '', 'base64');
  if (state.fault === 'request') bytes[0] = (bytes[0] ?? 0) ^ 1;
  const additionalData = Buffer.from(body.additionalAuthenticatedData, 'base64');
  if (String(crc32c(bytes)) !== crc || String(crc32c(additionalData)) !== body.additionalAuthenticatedDataCrc32c)
    return sendJson(response, 400, { error: { code: 400, status: 'INVALID_ARGUMENT' } });
  const out = isEncryption ? encrypt(key, bytes, additionalData) : decrypt(key, bytes, additionalData);
  if (out === undefined) return sendJson(response, 400, { error: { code: 400, status: 'INVALID_ARGUMENT' } });
  const checksum = String(crc32c(out));
  if (state.fault === 'answer') out[0] = (out[0] ?? 0) ^ 1;
  const confirmed = state.fault !== 'unconfirmed';
  sendJson(
    response,
    200,
    isEncryption
      ? {
          name: `${/projects.*(?=:)/.exec(request.url ?? '')?.[0]}/cryptoKeyVersions/1`,
          ciphertext: out.toString('base64'),
          ciphertextCrc32c: checksum,
          verifiedPlaintextCrc32c: confirmed,
          verifiedAdditionalAuthenticatedDataCrc32c: confirmed,
          protectionLevel: 'SOFTWARE',
        }
      : { plaintext: out.toString('base64'), plaintextCrc32c: checksum, usedPrimary: true },
  );
}

function encrypt(key: Buffer, plain: Buffer, additionalData: Buffer): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(additionalData);
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

function decrypt(key: Buffer, sealed: Buffer, additionalData: Buffer): Buffer | undefined {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).setAAD(additionalData);
    decipher.setAuthTag(sealed.subarray(12, 28));
    return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
  } catch {
    return undefined;
  }
}
