import { randomBytes } from 'node:crypto';
import { z } from 'zod';

/**
 * Ids say what they are and sort by time: a TypeID (https://github.com/jetify-com/typeid, spec 0.3) is a prefix and a UUIDv7 in
 * Crockford's base 32, `run_01j…`. Uniqueness comes from 74 random bits a millisecond; ids are no secrets.
 */

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** A new id with this prefix. */
export function createId<Prefix extends string>(prefix: Prefix): `${Prefix}_${string}` {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return `${prefix}_${encode(bytes)}`;
}

/** The schema of ids with this prefix; anything else is a fault of the caller. */
export function idSchema<Prefix extends string>(prefix: Prefix) {
  return z
    .string()
    .regex(new RegExp(`^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}$`), `must be a ${prefix}_… id`)
    .meta({ description: `TypeID with the prefix ${prefix}` });
}

/** 128 bits are 26 digits of 5 bits, the first of which holds only 3. */
function encode(bytes: Buffer): string {
  let value = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (let digit = 0; digit < 26; digit += 1) {
    text = ALPHABET.charAt(Number(value & 31n)) + text;
    value >>= 5n;
  }
  return text;
}
