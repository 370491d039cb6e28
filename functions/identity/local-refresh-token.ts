import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Database, Queryable } from '../platform/database/database.ts';
import { Problem } from '../platform/errors.ts';
import { recordSecurityEvent } from '../platform/sign-in/security-event.ts';
import type { RefreshRequest } from './accounts.ts';
import {
  insertLocalRefreshToken,
  insertLocalSuccessor,
  type LocalRefreshTokenRow,
  lockLocalRefreshToken,
  revokeLocalFamily,
} from './sql/local-refresh-tokens.ts';

/**
 * Refresh tokens of the local issuer. Each is exchanged once, for its successor (RFC 9700, section 4.14.2). A token
 * that comes again later is in the hands of two clients, and nobody can tell which of them is the thief. So the whole
 * sign-in loses its refresh tokens.
 *
 * Two tabs of a browser share a refresh token and may exchange it at the same time, and an answer may get lost. So a
 * token that comes again within 10 s gets the same successor; it does not start a second chain. Only hashes are stored:
 * the successor is the HMAC of the presented token with a random key of its row.
 */
const GRACE_SECONDS = 10;

/** Creates the first refresh token of a sign-in. */
export async function createRefreshToken(
  database: Queryable,
  subject: string,
  signedInSeconds: number,
): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await insertLocalRefreshToken(database, hashOf(token), subject, signedInSeconds);
  return token;
}

/**
 * Exchanges a refresh token for its successor. When the token was used up before, revokes the refresh tokens of its
 * sign-in and writes a security event.
 * @throws Problem 401 when the token is unknown, revoked, expired or used up
 */
export async function exchangeRefreshToken(
  database: Database,
  token: string,
  { address, requestId }: RefreshRequest,
): Promise<{ successor: string; account: LocalRefreshTokenRow }> {
  const exchanged = await database.as({ kind: 'system' }).transaction(async (transaction) => {
    const account = await lockLocalRefreshToken(transaction, hashOf(token));
    if (account === undefined) return undefined;
    if (account.exchanged_seconds !== null && account.exchanged_seconds > GRACE_SECONDS) {
      await revokeLocalFamily(transaction, account.family);
      return { account, successor: undefined };
    }
    const key = account.successor_key ?? randomBytes(32).toString('base64url');
    const successor = createHmac('sha256', key).update(token).digest('base64url');
    if (account.successor_key === null)
      await insertLocalSuccessor(transaction, hashOf(token), { key, hash: hashOf(successor) });
    return { account, successor };
  });
  if (exchanged?.successor !== undefined) return { ...exchanged, successor: exchanged.successor };
  if (exchanged !== undefined)
    await recordSecurityEvent({
      subject: exchanged.account.subject,
      action: 'identity-refresh-token-reused',
      resource: exchanged.account.family,
      address,
      requestId,
      data: { exchanged_seconds: Math.round(exchanged.account.exchanged_seconds ?? 0) },
    });
  throw new Problem('unauthenticated', 'The refresh token is not valid. Sign in again.');
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
