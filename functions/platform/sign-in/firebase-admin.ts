import type { Auth } from 'firebase-admin/auth';

/**
 * Loads the Firebase Admin SDK on first use, because loading it takes longer than the whole start of a function. The
 * SDK itself reads `FIREBASE_AUTH_EMULATOR_HOST`; ../environment.ts ensures that the variable is never set on Cloud
 * Run.
 */
export async function firebaseAuth(projectId: string): Promise<Auth> {
  const [{ getApps, initializeApp }, { getAuth }] = await Promise.all([
    import('firebase-admin/app'),
    import('firebase-admin/auth'),
  ]);
  const app = getApps().find((known) => known.name === projectId) ?? initializeApp({ projectId }, projectId);
  return getAuth(app);
}
