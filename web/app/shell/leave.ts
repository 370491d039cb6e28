import { signOut } from '../../api/session.ts';
import { notify } from '../../parts/announce.ts';
import { text } from '../../text/en.ts';

/** Signs the user out. When the server does not answer, says that they are still signed in. */
export async function leave(): Promise<void> {
  try {
    await signOut();
  } catch {
    notify(text.signOutFailed, 'failed');
  }
}
