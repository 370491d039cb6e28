import { z } from 'zod';

export { findMemoryKey, upsertMemoryKey } from './sql/memory-key.ts';

/**
 * A key of a user's key-value memory, in any script. It is part of the URL. The same letters can be written composed or
 * decomposed ("é" is one code point or two), so a key is stored and found in NFC. The joiners are needed in Persian and
 * in scripts of India.
 */
export const MemoryKeyName = z
  .string()
  .max(400)
  .normalize('NFC')
  .min(1)
  .max(200)
  .refine(
    (key) => /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N} _.:@-]|\u200c|\u200d)*$/u.test(key),
    'must be letters, digits, spaces and _ . : @ -',
  );

export const MemoryKey = z.strictObject({
  key: z.string(),
  value: z.unknown(),
  version: z.int().meta({ description: 'The number of writes; also the ETag' }),
  created_at: z.string(),
  updated_at: z.string(),
});
