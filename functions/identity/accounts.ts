import { identityProvider } from '../platform/sign-in/authenticate.ts';

/**
 * Where people's passwords are: with Firebase in the cloud, and on a laptop with its emulator or with this machine itself. Both adapters
 * give out ID tokens of one shape, which one function verifies (platform/sign-in/authenticate.ts).
 */
export interface Accounts {
  /** @throws Problem 409 when the address has an account; 422 for a password or address that the provider does not take */
  signUp(account: { email: string; password: string; displayName: string }): Promise<Tokens>;
  /** @throws Problem 401, the same for an unknown address, a wrong password and a disabled account, after the same time */
  signIn(credential: { email: string; password: string }): Promise<Tokens>;
  /** New access token of the same sign-in. @throws Problem 401 for a refresh token that is unknown, revoked or expired */
  refresh(refreshToken: string): Promise<Tokens>;
  /** Ends all refresh tokens of a person. */
  revoke(subject: string): Promise<void>;
}

export interface Tokens {
  accessToken: string;
  refreshToken: string;
  expiresInSeconds: number;
}

let opened: Promise<Accounts> | undefined;

/** The adapter that the environment asks for; the local one does not exist in the cloud. */
export function openAccounts(): Promise<Accounts> {
  opened ??= load();
  return opened;
}

async function load(): Promise<Accounts> {
  if (identityProvider() === 'local') return (await import('./local-accounts.ts')).createLocalAccounts();
  return (await import('./firebase-accounts.ts')).createFirebaseAccounts();
}
