import type { Auth } from 'firebase-admin/auth';

/**
 * The Firebase Admin SDK, loaded with its first use: it costs more than a function's whole start. It reads `FIREBASE_AUTH_EMULATOR_HOST`
 * on its own; the environment has made sure that Cloud Run never has it.
 */
export async function firebaseAuth(projectId: string): Promise<Auth> {
  const [{ getApps, initializeApp }, { getAuth }] = await Promise.all([
    import('firebase-admin/app'),
    import('firebase-admin/auth'),
  ]);
  const app = getApps().find((known) => known.name === projectId) ?? initializeApp({ projectId }, projectId);
  return getAuth(app);
}
