import { z } from 'zod';
import { storableJson } from '../storable.ts';

/** A schema for text that is JSON: malformed text is an issue of the schema, never an exception of `JSON.parse`. */
export function jsonText<Inner extends z.ZodType>(inner: Inner) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        // Escapes in the text can spell what no database stores.
        return storableJson(JSON.parse(text));
      } catch {
        // The parser's own message quotes the text, which may be a prompt or a model's words.
        context.issues.push({ code: 'custom', message: 'not JSON', input: '' });
        return z.NEVER;
      }
    })
    .pipe(inner);
}
