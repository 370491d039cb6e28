import { z } from 'zod';
import { storableJson } from '../storable.ts';
import { fencedText } from './fenced-text.ts';

/** Returns a schema for JSON text. Malformed text is a schema issue, never an exception of `JSON.parse`. */
export function jsonText<Inner extends z.ZodType>(inner: Inner) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        // Escapes in the text can produce characters that Postgres cannot store.
        return storableJson(JSON.parse(text));
      } catch {
        // The message of JSON.parse quotes the text, which may be a prompt or an answer.
        context.issues.push({ code: 'custom', message: 'not JSON', input: '' });
        return z.NEVER;
      }
    })
    .pipe(inner);
}

/** Parses a model's answer as JSON of a schema: bare, or in a code fence, with or without prose around it. */
export function parseAnswer<Schema extends z.ZodType>(schema: Schema, text: string) {
  return jsonText(schema).safeParse(fencedText(text) ?? withoutFence(text));
}

/** Removes a code fence that is not closed, or closed within its line. */
function withoutFence(text: string): string {
  return text
    .trim()
    .replace(/^```(?:json)?\s/, '')
    .replace(/```$/, '');
}
