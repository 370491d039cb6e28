import { z } from 'zod';

/** A key of a person's key-value memory; it stands in the path of its address. */
export const MemoryKeyName = z
  .string()
  .min(1)
  .max(200)
  .refine((key) => /^[\p{L}\p{N}][\p{L}\p{N} _.:@-]*$/u.test(key), 'must be letters, digits, spaces and _ . : @ -');

export const MemoryKey = z.strictObject({
  key: z.string(),
  value: z.unknown(),
  version: z.int().meta({ description: 'Counts the writes; also the ETag' }),
  created_at: z.string(),
  updated_at: z.string(),
});

/** The tag of a version, for `If-Match`. */
export function tagOf(version: number): string {
  return `"${version}"`;
}
