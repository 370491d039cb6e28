import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Identity } from './database/database.ts';
import { Problem } from './errors.ts';
import { parseJson } from './http/body.ts';
import { serverSecret } from './secrets/server-secret.ts';

/**
 * The list and the caller that a cursor is made for, and whom the caller acts for. A cursor is opaque and signed, and
 * is rejected for any other list, caller or subject.
 */
export interface CursorOwner {
  route: string;
  identity: Identity | undefined;
}

/** Encodes and decodes the cursors of one request's list and caller. */
export interface Cursors {
  encode(position: unknown): string;
  /** Returns the position; undefined without a cursor, which is the first page. @throws Problem 400 invalid-cursor */
  decode<S extends z.ZodType>(cursor: string, schema: S): z.output<S>;
  decode<S extends z.ZodType>(cursor: string | undefined, schema: S): z.output<S> | undefined;
}

/** Query parameters of every list: `query: z.strictObject({ ...pageQuery, … })`. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50).meta({ description: 'Items per page' }),
  cursor: z.string().min(1).max(2000).optional().meta({ description: 'next_cursor of the previous page' }),
};

/** Returns the schema of a list's body. `next_cursor` is null on the last page. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item), next_cursor: z.string().nullable() });
}

export function encodeCursor(owner: CursorOwner, position: unknown): string {
  const payload = Buffer.from(JSON.stringify(position));
  return Buffer.concat([signatureOf(owner, payload), payload]).toString('base64url');
}

/** @throws Problem 400 invalid-cursor for a cursor that was altered, or made for another list or caller */
export function decodeCursor<S extends z.ZodType>(owner: CursorOwner, cursor: string, schema: S): z.output<S> {
  const bytes = Buffer.from(cursor, 'base64url');
  const payload = bytes.subarray(SIGNATURE_BYTES);
  const expected = signatureOf(owner, payload);
  if (bytes.length < SIGNATURE_BYTES || !timingSafeEqual(bytes.subarray(0, SIGNATURE_BYTES), expected)) throw invalid();
  // A cursor of an older version of the list may not match the schema any more.
  const parsed = schema.safeParse(parseJson(payload.toString('utf8')));
  if (!parsed.success) throw invalid();
  return parsed.data;
}

export function cursorsOf(owner: CursorOwner): Cursors {
  return {
    encode: (position) => encodeCursor(owner, position),
    decode: <S extends z.ZodType>(cursor: string | undefined, schema: S) =>
      // As the overloads say, the result is undefined only for an undefined cursor.
      (cursor === undefined ? undefined : decodeCursor(owner, cursor, schema)) as z.output<S>,
  };
}

const SIGNATURE_BYTES = 32;

function signatureOf({ route, identity }: CursorOwner, payload: Buffer): Buffer {
  const who = identity === undefined ? 'public' : identity.kind === 'token' ? identity.subject : identity.keyId;
  return createHmac('sha256', serverSecret())
    .update(JSON.stringify([route, identity?.kind, who, identity?.onBehalfOf?.name]))
    .update(payload)
    .digest();
}

function invalid(): Problem {
  return new Problem('invalid-cursor', 'The cursor was not made for this list and this caller. Start without one.');
}
