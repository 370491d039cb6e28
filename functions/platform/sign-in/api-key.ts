import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { createId } from '../id.ts';

/**
 * The form of API keys: `apx_live_<id>_<secret>_<checksum>`. The prefix is for secret scanners, the id finds the row, the secret has 256 random
 * bits, and the checksum tells a mistyped or made-up key from a real one without asking the database.
 *
 * Only the secret's SHA-256 is stored: 256 random bits need no slow hash, and comparing hashes tells a guesser nothing by its time.
 */
export interface ApiKey {
  keyId: `key_${string}`;
  secretHash: string;
  lastFour: string;
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 62^43 is the first power above 2^256. */
const SECRET_LENGTH = 43;
const FORM = /^(apx_live_([0-7][0-9a-hjkmnp-tv-z]{25})_([0-9A-Za-z]{43}))_([0-9A-Za-z]{6})$/;

/** A new key; its text is shown once and never stored. */
export function createApiKey(): ApiKey & { text: string } {
  const keyId = createId('key');
  const secret = randomBase62(SECRET_LENGTH);
  const start = `apx_live_${keyId.slice('key_'.length)}_${secret}`;
  return { keyId, ...tracesOf(secret), text: `${start}_${checksum(start)}` };
}

/** What the database needs to find and check a key, or undefined when the text is none. */
export function parseApiKey(text: string): ApiKey | undefined {
  const [, start, id, secret, sum] = FORM.exec(text) ?? [];
  if (start === undefined || secret === undefined || checksum(start) !== sum) return undefined;
  return { keyId: `key_${id}`, ...tracesOf(secret) };
}

/** Tells which credential a bearer token wants to be. */
export function looksLikeApiKey(text: string): boolean {
  return text.startsWith('apx_');
}

function tracesOf(secret: string): { secretHash: string; lastFour: string } {
  return { secretHash: createHash('sha256').update(secret).digest('hex'), lastFour: secret.slice(-4) };
}

function checksum(text: string): string {
  let value = crc32(text);
  let digits = '';
  for (let digit = 0; digit < 6; digit += 1) {
    digits = BASE62.charAt(value % 62) + digits;
    value = Math.floor(value / 62);
  }
  return digits;
}

/** Bytes from 248 upwards are thrown away: 248 is the largest multiple of 62, and the rest would favour some digits. */
function randomBase62(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(64)) if (byte < 248 && text.length < length) text += BASE62.charAt(byte % 62);
  }
  return text;
}
