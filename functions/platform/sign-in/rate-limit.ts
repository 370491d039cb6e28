import type { Identity } from '../database/database.ts';
import { openDatabase } from '../database/open.ts';
import { environment } from '../environment.ts';
import { Problem } from '../errors.ts';
import { networkOf } from './client-address.ts';

/**
 * There are two kinds of rate limit. Public routes and wrong credentials are counted in the database for all instances,
 * because attackers use them. Signed-in callers are counted in this instance only, by a token bucket in memory, which
 * costs no query. Money and work have their own limits.
 */

/** Requests per minute from one address to public routes, and with wrong credentials. */
const PUBLIC_PER_MINUTE = 60;
/** Callers that an instance remembers. The least recently seen caller is forgotten first. */
const REMEMBERED_CALLERS = 10_000;

const buckets = new Map<string, { tokens: number; at: number }>();

/** @throws Problem 429 */
export async function limitPublic(address: string): Promise<void> {
  await takeToken(
    `public:${networkOf(address)}`,
    environment.isCloud ? PUBLIC_PER_MINUTE : environment.RATE_LIMIT_PER_MINUTE,
  );
}

/** Counts a wrong credential of this address. @throws Problem 429 when there are too many */
export async function limitWrongCredential(address: string): Promise<void> {
  await takeToken(`credential:${networkOf(address)}`, PUBLIC_PER_MINUTE);
}

/**
 * Counts a request of this caller. The secret of an API key is not verified yet, so it is part of the bucket: someone
 * who knows only a key's id cannot use up its owner's limit.
 * @throws Problem 429
 */
export function limitCaller(identity: Identity): void {
  const key = identity.kind === 'token' ? identity.subject : `${identity.keyId} ${identity.secretHash}`;
  const tokens = takeLocalToken(key);
  if (tokens < 1) throw tooMany(Math.ceil((1 - tokens) / (environment.RATE_LIMIT_PER_MINUTE / 60)));
}

/**
 * Returns whether one more refusal of an unknown caller may go to the audit log. Unlimited entries would hide the
 * important ones.
 */
export function mayRecordRefusal(address: string): boolean {
  return takeLocalToken(`refusal:${networkOf(address)}`) >= 1;
}

/** Takes a token and returns how many tokens the bucket had before. */
function takeLocalToken(bucket: string): number {
  const most = environment.RATE_LIMIT_PER_MINUTE;
  const now = performance.now() / 1000;
  const known = buckets.get(bucket) ?? { tokens: most, at: now };
  const tokens = Math.min(most, known.tokens + ((now - known.at) * most) / 60);
  buckets.delete(bucket);
  buckets.set(bucket, { tokens: Math.max(0, tokens - 1), at: now });
  if (buckets.size > REMEMBERED_CALLERS) buckets.delete(buckets.keys().next().value ?? '');
  return tokens;
}

/** Takes one token of a database bucket that refills within a minute, in one statement. @throws Problem 429 */
async function takeToken(bucket: string, perMinute: number): Promise<void> {
  const database = await openDatabase();
  const [row] = await database.as({ kind: 'system' }).query<{ tokens: number }>({
    name: 'take_rate_limit_token',
    text: `insert into rate_limits as r (bucket, tokens) values ($1, $2::float8 - 1)
      on conflict (bucket) do update set updated_at = now(), tokens = greatest(-1,
        least($2::float8, r.tokens + extract(epoch from now() - r.updated_at) * $2::float8 / 60) - 1)
      returning tokens`,
    values: [bucket, perMinute],
  });
  if (row !== undefined && row.tokens < 0) throw tooMany(Math.ceil(60 / perMinute));
}

function tooMany(seconds: number): Problem {
  return new Problem('too-many-requests', 'You send requests faster than allowed.', {
    retryAfterSeconds: Math.max(1, seconds),
  });
}
