import { hkdfSync } from 'node:crypto';
import { z } from 'zod';
import type { Identity } from '../platform/database/database.ts';
import { jsonText } from '../platform/models/parse-json.ts';
import { decrypt, encrypt, KEY_BYTES } from '../platform/secrets/authenticated-encryption.ts';
import { SecretText } from '../platform/secrets/secret-text.ts';
import { serverSecret } from '../platform/secrets/server-secret.ts';

/**
 * The GitHub token of a session that was opened with it. It is stored nowhere: the session's access token carries it,
 * encrypted with a key that only this installation has, bound to the account, for an hour, and for the host that issued
 * it.
 */
const Credential = z.object({ host: z.string(), token: z.string(), expires_at: z.number() });

/** As long as the access token is valid. */
const LIFETIME_MS = 3600 * 1000;

/** Returns the value of the claim `github_credential` of the account's access token. */
export function sealGitHubCredential(
  { subject, host, token }: { subject: string; host: string; token: SecretText },
  now = Date.now(),
): string {
  const credential: z.infer<typeof Credential> = { host, token: token.reveal(), expires_at: now + LIFETIME_MS };
  return encrypt(keyOfCredentials(), Buffer.from(JSON.stringify(credential)), dataOf(subject)).toString('base64url');
}

/**
 * Returns the token of the caller's session for this git host. Undefined for another host, for sessions of another
 * kind, for API keys, and after an hour.
 */
export function openGitHubCredential(
  identity: Identity | undefined,
  host: string,
  now = Date.now(),
): SecretText | undefined {
  if (identity?.kind !== 'token' || identity.githubCredential === undefined) return undefined;
  const credential = jsonText(Credential).parse(open(identity.githubCredential, identity.subject));
  return credential.host === host && credential.expires_at > now ? new SecretText(credential.token) : undefined;
}

function open(sealed: string, subject: string): string {
  return decrypt(keyOfCredentials(), Buffer.from(sealed, 'base64url'), dataOf(subject)).toString('utf8');
}

function keyOfCredentials(): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', serverSecret(), '', 'github-credential', KEY_BYTES));
}

function dataOf(subject: string): Buffer {
  return Buffer.from(JSON.stringify(['github-credential', subject]));
}
