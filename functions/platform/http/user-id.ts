import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Identity } from '../database/database.ts';
import { Problem } from '../errors.ts';
import { createId, idSchema } from '../id.ts';
import { parsePart, readJson } from './body.ts';
import type { Hold } from './budget.ts';

/**
 * `user_id` of a request: whose data it is about. An application sends its own name for each of its users; the id of a
 * user is the user. Names are compared by character after Unicode normalisation (NFC).
 */
export const UserId = z
  .string()
  .normalize('NFC')
  .min(1)
  .max(200)
  .refine((name) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name), 'must contain no control characters')
  // The sign of characters that were lost in a conversion, after which two names can be equal.
  .refine((name) => !name.includes('\ufffd'), 'must not contain U+FFFD')
  .refine((name) => name === name.trim(), 'must not begin or end with a space')
  .refine((name) => name !== '.' && name !== '..', 'must not be a dot segment of an address')
  .refine(
    (name) => !name.startsWith('usr_') || idSchema('usr').safeParse(name).success,
    'usr_ begins only ids of users',
  )
  .meta({ description: 'Whose memory it is: your application’s own name of a user; left out: your own memory' });

const Named = z.object({ user_id: UserId.optional() });

/** The parts of a request that name a user, and what is left for the schemas of the endpoint. */
export interface UserNamed {
  userId: string | undefined;
  query: Record<string, string>;
  body: unknown;
}

/**
 * Takes `user_id` out of the path, the query and the body of a request.
 * @throws Problem 422 for a name that is not allowed, and for two different names
 */
export function takeUserId(parts: {
  params: Record<string, string>;
  query: Record<string, string>;
  body: unknown;
}): UserNamed {
  const { user_id: inQuery, ...query } = parts.query;
  const isObject = typeof parts.body === 'object' && parts.body !== null && !Array.isArray(parts.body);
  // Object.entries and fromEntries keep a field __proto__ as a field, so that the schema rejects it.
  const fields = isObject ? Object.entries(parts.body as object) : [];
  const inBody = fields.find(([name]) => name === 'user_id')?.[1];
  const body = inBody === undefined ? parts.body : Object.fromEntries(fields.filter(([name]) => name !== 'user_id'));
  const names = new Set(
    (
      [
        ['path', parts.params.user_id],
        ['query', inQuery],
        ['body', inBody],
      ] as const
    ).flatMap(([part, name]) => parsePart(Named, { user_id: name }, part).user_id ?? []),
  );
  if (names.size > 1) throw new Problem('invalid-request', 'The request names two different users as user_id.');
  return { userId: [...names][0], query, body };
}

const SUBJECT_ID = /^subj_[0-7][0-9a-hjkmnp-tv-z]{25}$/;

/**
 * Returns a reply with the caller's name of the subject in place of the subject's id. The caller sees rows of no other
 * subject, and no content has such an id, because ids of subjects never leave.
 */
export function showUserId(body: unknown, name: string): unknown {
  const show = (_key: string, value: unknown) => (typeof value === 'string' && SUBJECT_ID.test(value) ? name : value);
  return JSON.parse(JSON.stringify(body, show));
}

/** Reads the body of an endpoint that needs none: empty, or an object. The caller checks that no field is left. */
export async function readOptionalJson(request: IncomingMessage, limit: number, hold: Hold): Promise<unknown> {
  const isEmpty =
    request.headers['transfer-encoding'] === undefined && Number(request.headers['content-length'] ?? 0) === 0;
  return isEmpty ? undefined : readJson(request, limit, { hold });
}

/** Returns the identity that asks for the named user. `new`: statements create a subject that does not exist. */
export function withUserId(
  identity: Identity | undefined,
  userId: string | undefined,
  onBehalfOf: 'known' | 'new' | undefined,
): Identity | undefined {
  if (identity === undefined || userId === undefined) return identity;
  return { ...identity, onBehalfOf: { name: userId, newId: createId('subj'), creates: onBehalfOf === 'new' } };
}
