import { identityProvider } from '../platform/sign-in/authenticate.ts';
import type { Accounts } from './accounts.ts';

let opened: Promise<Accounts> | undefined;

/** Returns the adapter for the configured identity provider. Each adapter is loaded on first use. */
export function openAccounts(): Promise<Accounts> {
  opened ??= load();
  return opened;
}

async function load(): Promise<Accounts> {
  if (identityProvider() === 'local') return (await import('./local-accounts.ts')).createLocalAccounts();
  return (await import('./firebase-accounts.ts')).createFirebaseAccounts();
}
