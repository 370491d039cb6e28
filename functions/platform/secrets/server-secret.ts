import { randomBytes } from 'node:crypto';
import { environment } from '../environment.ts';
import { localSecret } from '../process/local-home.ts';

let secret: string | undefined;

/**
 * Returns the secret that all instances share, for what this installation hands to callers and takes back: cursors, and
 * the credential in a session of GitHub. A laptop creates its own.
 * @throws Error on Cloud Run without `CURSOR_SECRET`
 */
export function serverSecret(): string {
  secret ??= openSecret();
  return secret;
}

function openSecret(): string {
  if (environment.CURSOR_SECRET) return environment.CURSOR_SECRET;
  if (environment.isCloud) throw new Error('CURSOR_SECRET is missing: set it to sign the cursors of lists');
  return localSecret('cursor', () => randomBytes(32).toString('hex'));
}
