import { z } from 'zod';
import { jsonText } from '../models/parse-json.ts';
import { type KeyEncryption, KeyServiceUnavailable } from './key-encryption.ts';

export interface CloudKmsOptions {
  endpoint?: string;
  accessToken?: () => Promise<string>;
}

const TIMEOUT_MS = 10_000;
/** Statuses of transient failures. Any other status is a configuration error, such as a missing permission. */
const PASSING = [408, 429, 500, 502, 503, 504];

const Checksum = z.coerce.number().int();
const Encrypted = z.object({
  ciphertext: z.base64(),
  ciphertextCrc32c: Checksum,
  verifiedPlaintextCrc32c: z.literal(true),
  verifiedAdditionalAuthenticatedDataCrc32c: z.literal(true),
});
const Decrypted = z.object({ plaintext: z.base64(), plaintextCrc32c: Checksum });

/**
 * Returns a key encryption that calls Cloud KMS over REST, because the client `@google-cloud/kms` adds 12 MB to the
 * image for two calls. Checksums are compared in both directions, as
 * https://cloud.google.com/kms/docs/data-integrity-guidelines requires: a bit flipped in transit would make a secret
 * unreadable for ever.
 * @param keyName `projects/P/locations/L/keyRings/R/cryptoKeys/K`
 */
export function cloudKms(keyName: string, options: CloudKmsOptions = {}): KeyEncryption {
  const { endpoint = 'https://cloudkms.googleapis.com', accessToken = ownToken } = options;
  const call = <Reply extends z.ZodType>(method: string, body: object, reply: Reply) =>
    post(`${endpoint}/v1/${keyName}:${method}`, accessToken, body, reply);
  return {
    keyName,
    wrap: async (dataKey, additionalData) => {
      const { ciphertext, ciphertextCrc32c } = await call(
        'encrypt',
        { ...checked('plaintext', dataKey), ...checked('additionalAuthenticatedData', additionalData) },
        Encrypted,
      );
      return verified(ciphertext, ciphertextCrc32c);
    },
    unwrap: async (wrapped, additionalData) => {
      const { plaintext, plaintextCrc32c } = await call(
        'decrypt',
        { ...checked('ciphertext', wrapped), ...checked('additionalAuthenticatedData', additionalData) },
        Decrypted,
      );
      return verified(plaintext, plaintextCrc32c);
    },
  };
}

function checked(field: string, bytes: Uint8Array): Record<string, string> {
  return { [field]: Buffer.from(bytes).toString('base64'), [`${field}Crc32c`]: String(crc32c(bytes)) };
}

function verified(base64: string, checksum: number): Buffer {
  const bytes = Buffer.from(base64, 'base64');
  if (crc32c(bytes) !== checksum) throw new KeyServiceUnavailable('An answer of Cloud KMS was damaged in transit');
  return bytes;
}

async function post<Reply extends z.ZodType>(
  url: string,
  accessToken: () => Promise<string>,
  body: object,
  reply: Reply,
): Promise<z.output<Reply>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await accessToken()}` },
    body: JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw new KeyServiceUnavailable('Cloud KMS could not be reached', { cause: error });
  });
  const text = await response.text().catch((error: unknown) => {
    throw new KeyServiceUnavailable('Cloud KMS did not complete its answer', { cause: error });
  });
  if (PASSING.includes(response.status)) throw new KeyServiceUnavailable(`Cloud KMS answered ${response.status}`);
  // The answer may repeat the request, which contains a data key, so it is in no message.
  if (response.status !== 200) throw new Error(`Cloud KMS refused with ${response.status}`);
  const parsed = jsonText(reply).safeParse(text);
  if (!parsed.success) throw new KeyServiceUnavailable('Cloud KMS did not confirm the checksums of the request');
  return parsed.data;
}

async function ownToken(): Promise<string> {
  const { GoogleAuth } = await import('google-auth-library');
  const token = await new GoogleAuth({ scopes: 'https://www.googleapis.com/auth/cloudkms' }).getAccessToken();
  if (!token) throw new KeyServiceUnavailable('There is no access token for Cloud KMS');
  return token;
}

/** The table of CRC32C (Castagnoli's polynomial, RFC 3720, appendix B.4). Node's own `crc32` has zlib's polynomial. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value >>> 0;
});

/**
 * Returns the CRC32C of the bytes as an unsigned 32-bit number. Cloud KMS uses it to detect bytes damaged in transit.
 */
export function crc32c(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = (CRC_TABLE[(value ^ byte) & 255] ?? 0) ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}
