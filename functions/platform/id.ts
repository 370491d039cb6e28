import { randomFillSync } from 'node:crypto';
import { z } from 'zod';

/**
 * Ids are TypeIDs (https://github.com/jetify-com/typeid, spec 0.3): a prefix and a UUIDv7 in Crockford's base 32,
 * `run_01j…`. They sort by time. 74 random bits per millisecond make them unique; they are not secrets.
 */

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * Random bytes for hundreds of ids at a time: a call of the generator costs 20 times as much as the bytes of one id.
 */
const pool = Buffer.alloc(4096);
let used = pool.length;

/** Returns a new id with this prefix. */
export function createId<Prefix extends string>(prefix: Prefix): `${Prefix}_${string}` {
  const bytes = Buffer.allocUnsafe(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  drawInto(bytes);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return `${prefix}_${encode(bytes)}`;
}

/** Returns the schema of ids with this prefix. */
export function idSchema<Prefix extends string>(prefix: Prefix) {
  return z
    .string()
    .regex(new RegExp(`^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}$`), `must be a ${prefix}_… id`)
    .meta({ description: `TypeID with the prefix ${prefix}` });
}

const RANDOM_BYTES = 10;

/** Fills the last ten bytes with random bytes. No byte of the pool is used twice. */
function drawInto(bytes: Buffer): void {
  if (used + RANDOM_BYTES > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  pool.copy(bytes, 6, used, used + RANDOM_BYTES);
  used += RANDOM_BYTES;
}

/** Encodes 128 bits as 26 digits of 5 bits. The first digit holds only 3 bits. */
function encode(bytes: Buffer): string {
  let text = '';
  let bits = 0;
  let waiting = 2; // Two leading zero bits make 130 bits, a multiple of five.
  for (const byte of bytes) {
    bits = (bits << 8) | byte;
    waiting += 8;
    while (waiting >= 5) {
      waiting -= 5;
      text += ALPHABET.charAt((bits >> waiting) & 31);
    }
    bits &= (1 << waiting) - 1;
  }
  return text;
}
