import type { Identity } from '../database/database.ts';
import { openDatabase } from '../database/open.ts';
import { environment } from '../environment.ts';
import { Problem } from '../errors.ts';
import { networkOf } from './client-address.ts';

/**
 * Two kinds of limit. Public routes and wrong credentials are counted in the database, for all instances together, because they are what
 * attackers try. Signed-in callers are counted in this instance only: a token bucket in memory costs nothing on the fast path, and money
 * and work have limits of their own.
 */

/** Attempts a minute from one address on public routes, and with wrong credentials. */
const PUBLIC_PER_MINUTE = 60;
/** How many callers an instance remembers; the ones seen longest ago go first. */
const REMEMBERED_CALLERS = 10_000;

const buckets = new Map<string, { tokens: number; at: number }>();

/** @throws Problem 429 */
export async function limitPublic(address: string): Promise<void> {
  await takeToken(
    `public:${networkOf(address)}`,
    environment.isCloud ? PUBLIC_PER_MINUTE : environment.RATE_LIMIT_PER_MINUTE,
  );
}

/** Called for each wrong credential, so that guessing gets slower and then stops. @throws Problem 429 */
export async function limitWrongCredential(address: string): Promise<void> {
  await takeToken(`credential:${networkOf(address)}`, PUBLIC_PER_MINUTE);
}

/** A key's secret is not checked yet, so it is part of the name: who knows only the id of a key cannot use up its owner's limit. @throws Problem 429 */
export function limitCaller(identity: Identity): void {
  const key = identity.kind === 'token' ? identity.subject : `${identity.keyId} ${identity.secretHash}`;
  const tokens = takeLocalToken(key);
  if (tokens < 1) throw tooMany(Math.ceil((1 - tokens) / (environment.RATE_LIMIT_PER_MINUTE / 60)));
}

/** Whether one more refusal of nobody in particular is written down: a log that anybody can fill without end hides what matters. */
export function mayRecordRefusal(address: string): boolean {
  return takeLocalToken(`refusal:${networkOf(address)}`) >= 1;
}

/** What the bucket held before the token was taken. */
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

/** Takes one token of a bucket that refills over a minute, in one statement. */
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
