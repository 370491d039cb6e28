import type { Identity } from '../database/database.ts';
import { openDatabase } from '../database/open.ts';
import { environment } from '../environment.ts';
import { Problem } from '../errors.ts';
import { networkOf } from './client-address.ts';

/**
 * There are two kinds of rate limit. Public routes are counted in the database for all instances, because each request
 * is work for a stranger. Signed-in callers and wrong credentials are counted in this instance only, by token buckets
 * in memory, which cost no query: a refusal must not cost more than the request. Money and work have their own limits.
 */

/** Requests per minute from one address to public routes, and with wrong credentials. */
const PUBLIC_PER_MINUTE = 60;

/** @throws Problem 429 */
export async function limitPublic(address: string): Promise<void> {
  await takeToken(
    `public:${networkOf(address)}`,
    environment.isCloud ? PUBLIC_PER_MINUTE : environment.RATE_LIMIT_PER_MINUTE,
  );
}

/** Token buckets in memory, each of which refills within a minute. The least recently used are forgotten first. */
class Buckets {
  static readonly #MOST = 10_000;
  readonly #tokens = new Map<string, { tokens: number; at: number }>();

  /** Returns how many tokens a bucket has. */
  look(bucket: string, perMinute: number): number {
    const now = performance.now() / 1000;
    const known = this.#tokens.get(bucket) ?? { tokens: perMinute, at: now };
    return Math.min(perMinute, known.tokens + ((now - known.at) * perMinute) / 60);
  }

  /** Takes a token and returns how many tokens the bucket had before. */
  take(bucket: string, perMinute: number): number {
    const tokens = this.look(bucket, perMinute);
    this.#tokens.delete(bucket);
    this.#tokens.set(bucket, { tokens: Math.max(0, tokens - 1), at: performance.now() / 1000 });
    if (this.#tokens.size > Buckets.#MOST) this.#tokens.delete(this.#tokens.keys().next().value ?? '');
    return tokens;
  }

  clear(): void {
    this.#tokens.clear();
  }
}

/** Apart from each other, so that an attacker with many addresses cannot make the instance forget its callers. */
const callers = new Buckets();
const refusals = new Buckets();
const recorded = new Buckets();

/** Counts a wrong credential of this address. @throws Problem 429 when there are too many */
export function limitWrongCredential(address: string): void {
  if (refusals.take(networkOf(address), PUBLIC_PER_MINUTE) < 1) throw tooMany(60 / PUBLIC_PER_MINUTE);
}

/** @throws Problem 429 for an address that has sent too many wrong credentials */
export function refuseGuesser(address: string): void {
  if (refusals.look(networkOf(address), PUBLIC_PER_MINUTE) < 1) throw tooMany(60 / PUBLIC_PER_MINUTE);
}

/** Forgets the wrong credentials of all addresses. For tests, whose requests have one address. */
export function forgetRefusals(): void {
  refusals.clear();
  recorded.clear();
}

/** Counts a request of this caller. All tokens and keys of a user are one caller. @throws Problem 429 */
export function limitCaller(identity: Identity): void {
  const perMinute = environment.RATE_LIMIT_PER_MINUTE;
  const tokens = callers.take(identity.subject, perMinute);
  if (tokens < 1) throw tooMany(Math.ceil((1 - tokens) / (perMinute / 60)));
}

/**
 * Returns whether one more refusal of an unknown caller may go to the audit log. Unlimited entries would hide the
 * important ones.
 */
export function mayRecordRefusal(address: string): boolean {
  return recorded.take(networkOf(address), environment.RATE_LIMIT_PER_MINUTE) >= 1;
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
