import { z } from 'zod';
import { environment } from '../../platform/environment.ts';
import { jsonText } from '../../platform/models/parse-json.ts';
import type { SecretText } from '../../platform/secrets/secret-text.ts';
import { DeployFailure } from './deployment.ts';

/**
 * The tenant's right to deploy into a project of his own: a service account's key as Google gives it out, or an access token with its project. It says where
 * a deployment goes, so it never goes into ours. Other kinds of Google's credential files name addresses and programs that a client would call: they are not
 * read, and nor is the address in a key.
 */
export interface GoogleAccess {
  project: string;
  /** Whom the project sees; undefined for a bare token. */
  account: string | undefined;
  accessToken(): Promise<string>;
}

const Project = z.string().regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/);
const DeployToken = jsonText(
  z.discriminatedUnion('type', [
    z.object({
      type: z.literal('service_account'),
      project_id: Project,
      client_email: z.string().regex(/^[a-z0-9-]+@[a-z0-9-]+\.iam\.gserviceaccount\.com$/),
      private_key: z.string().includes('PRIVATE KEY'),
      private_key_id: z.string().optional(),
    }),
    z.object({
      type: z.literal('access_token'),
      project_id: Project,
      access_token: z.string().regex(/^[\x21-\x7e]{10,4096}$/),
    }),
  ]),
);

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

/** @throws DeployFailure */
export function openGoogleAccess(secret: SecretText): GoogleAccess {
  const parsed = DeployToken.safeParse(secret.reveal());
  if (!parsed.success) {
    throw new DeployFailure(
      'The secret deploy_token is neither a service account key (JSON) nor {"type":"access_token","project_id":…,"access_token":…}. An admin must put it again.',
    );
  }
  const token = parsed.data;
  if (token.project_id === environment.GOOGLE_CLOUD_PROJECT)
    throw new DeployFailure(
      'The secret deploy_token is for the project that ApexFlow itself runs in; nothing is deployed there.',
    );
  if (token.type === 'access_token')
    return { project: token.project_id, account: undefined, accessToken: async () => token.access_token };
  return {
    project: token.project_id,
    account: token.client_email,
    accessToken: () => signAccess(token.client_email, token.private_key, token.private_key_id),
  };
}

/** Google's services take a token that the account signs itself (AIP-4111), so no other address is asked for one. */
async function signAccess(email: string, key: string, keyId: string | undefined): Promise<string> {
  const { JWT } = await import('google-auth-library');
  const client = new JWT({ email, key, scopes: [SCOPE], ...(keyId === undefined ? {} : { keyId }) });
  client.useJWTAccessWithScope = true;
  try {
    const headers = await client.getRequestHeaders();
    return z
      .string()
      .parse(headers.get('authorization'))
      .replace(/^Bearer /, '');
  } catch {
    // What a key library says of a broken key may quote it.
    throw new DeployFailure('The private key in the secret deploy_token cannot be used. An admin must put it again.');
  }
}
