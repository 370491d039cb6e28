import { z } from 'zod';

/** A key of a user's key-value memory. It is part of the URL. */
export const MemoryKeyName = z
  .string()
  .min(1)
  .max(200)
  .refine((key) => /^[\p{L}\p{N}][\p{L}\p{N} _.:@-]*$/u.test(key), 'must be letters, digits, spaces and _ . : @ -');

export const MemoryKey = z.strictObject({
  key: z.string(),
  value: z.unknown(),
  version: z.int().meta({ description: 'The number of writes; also the ETag' }),
  created_at: z.string(),
  updated_at: z.string(),
});

/** Returns the ETag of a version. */
export function tagOf(version: number): string {
  return `"${version}"`;
}
