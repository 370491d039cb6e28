import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Identity } from './database/database.ts';
import { environment } from './environment.ts';
import { Problem } from './errors.ts';
import { parseJson } from './http/body.ts';
import { localSecret } from './process/local-home.ts';

/**
 * Cursors of lists: where the page after this one begins. They are opaque and signed, and hold only for the list and the caller that they were made
 * for, so nobody can make one up to look into another list.
 */
export interface CursorOwner {
  route: string;
  identity: Identity | undefined;
}

/** The cursors of one request, as its handler gets them. */
export interface Cursors {
  encode(position: unknown): string;
  /** The position, or undefined for the first page, which has no cursor. @throws Problem 400 invalid-cursor */
  decode<S extends z.ZodType>(cursor: string, schema: S): z.output<S>;
  decode<S extends z.ZodType>(cursor: string | undefined, schema: S): z.output<S> | undefined;
}

/** The query of every list: `query: z.strictObject({ ...pageQuery, … })`. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50).meta({ description: 'Items a page' }),
  cursor: z.string().min(1).max(2000).optional().meta({ description: 'next_cursor of the page before' }),
};

/** The body of every list. `next_cursor` is null on the last page. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item), next_cursor: z.string().nullable() });
}

export function encodeCursor(owner: CursorOwner, position: unknown): string {
  const payload = Buffer.from(JSON.stringify(position));
  return Buffer.concat([signatureOf(owner, payload), payload]).toString('base64url');
}

/** @throws Problem 400 invalid-cursor for one that was altered, or made for another list or caller */
export function decodeCursor<S extends z.ZodType>(owner: CursorOwner, cursor: string, schema: S): z.output<S> {
  const bytes = Buffer.from(cursor, 'base64url');
  const payload = bytes.subarray(SIGNATURE_BYTES);
  const expected = signatureOf(owner, payload);
  if (bytes.length < SIGNATURE_BYTES || !timingSafeEqual(bytes.subarray(0, SIGNATURE_BYTES), expected)) throw invalid();
  // A position of an older version of the list fits its schema no more.
  const parsed = schema.safeParse(parseJson(payload.toString('utf8')));
  if (!parsed.success) throw invalid();
  return parsed.data;
}

export function cursorsOf(owner: CursorOwner): Cursors {
  return {
    encode: (position) => encodeCursor(owner, position),
    decode: <S extends z.ZodType>(cursor: string | undefined, schema: S) =>
      // The overloads say it: undefined comes out only where it may go in.
      (cursor === undefined ? undefined : decodeCursor(owner, cursor, schema)) as z.output<S>,
  };
}

const SIGNATURE_BYTES = 32;
let secret: string | undefined;

function signatureOf({ route, identity }: CursorOwner, payload: Buffer): Buffer {
  secret ??= openSecret();
  const who = identity === undefined ? 'public' : identity.kind === 'token' ? identity.subject : identity.keyId;
  return createHmac('sha256', secret)
    .update(JSON.stringify([route, identity?.kind, who]))
    .update(payload)
    .digest();
}

/** All instances need the same one, so the cloud must be given it. */
function openSecret(): string {
  if (environment.CURSOR_SECRET) return environment.CURSOR_SECRET;
  if (environment.isCloud) throw new Error('CURSOR_SECRET is missing: cursors of lists cannot be signed');
  return localSecret('cursor', () => randomBytes(32).toString('hex'));
}

function invalid(): Problem {
  return new Problem('invalid-cursor', 'The cursor was not made for this list and this caller. Start without one.');
}
