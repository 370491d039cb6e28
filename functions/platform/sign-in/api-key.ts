import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { createId } from '../id.ts';

/**
 * API keys have the form `apx_live_<id>_<secret>_<checksum>`. Secret scanners recognise the prefix, the id finds the
 * row, the secret has 256 random bits, and the checksum rejects mistyped and invented keys without a query.
 *
 * Only the SHA-256 of the secret is stored. 256 random bits need no slow hash, and comparing hashes leaks nothing
 * through timing.
 */
export interface ApiKey {
  keyId: `key_${string}`;
  secretHash: string;
  /** The end of the key's text, by which its owner tells it from others. */
  lastFour: string;
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 62^43 is the first power above 2^256. */
const SECRET_LENGTH = 43;
const FORM = /^(apx_live_([0-7][0-9a-hjkmnp-tv-z]{25})_([0-9A-Za-z]{43}))_([0-9A-Za-z]{6})$/;

/** Creates a key. Its text is shown once and never stored. */
export function createApiKey(): ApiKey & { text: string } {
  const keyId = createId('key');
  const secret = randomBase62(SECRET_LENGTH);
  const start = `apx_live_${keyId.slice('key_'.length)}_${secret}`;
  const sum = checksum(start);
  return { keyId, ...tracesOf(secret, sum), text: `${start}_${sum}` };
}

/** Returns what the database needs to find and check the key, or undefined when the text is not a well-formed key. */
export function parseApiKey(text: string): ApiKey | undefined {
  const [, start, id, secret, sum] = FORM.exec(text) ?? [];
  if (start === undefined || secret === undefined || sum === undefined || checksum(start) !== sum) return undefined;
  return { keyId: `key_${id}`, ...tracesOf(secret, sum) };
}

/** Returns whether a bearer token is meant as an API key, well-formed or not. */
export function looksLikeApiKey(text: string): boolean {
  return text.startsWith('apx_');
}

/** Returns whether a bearer token is meant as an API key and cannot be one. */
export function isMistypedKey(text: string): boolean {
  return looksLikeApiKey(text) && parseApiKey(text) === undefined;
}

function tracesOf(secret: string, sum: string): { secretHash: string; lastFour: string } {
  return { secretHash: createHash('sha256').update(secret).digest('hex'), lastFour: sum.slice(-4) };
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

/**
 * Discards bytes from 248 upwards: 248 is the largest multiple of 62 in a byte, and the rest would make some digits
 * more likely.
 */
function randomBase62(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(64)) if (byte < 248 && text.length < length) text += BASE62.charAt(byte % 62);
  }
  return text;
}
