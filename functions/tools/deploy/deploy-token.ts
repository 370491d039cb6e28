import { z } from 'zod';
import { environment } from '../../platform/environment.ts';
import { jsonText } from '../../platform/models/parse-json.ts';
import type { SecretText } from '../../platform/secrets/secret-text.ts';
import { DeployFailure } from './deployment.ts';

/**
 * The tenant's credential for deployments into its own project: the key of a service account, or an access token with
 * its project. The credential names the project, so a deployment never goes into ours. Other kinds of Google credential
 * files name addresses and programs that a client would call; they are refused, and the address in a key is ignored.
 */
export interface GoogleAccess {
  project: string;
  /** The e-mail address of the service account. Undefined for an access token. */
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
      'The secret deploy_token is neither a service account key (JSON) nor {"type":"access_token","project_id":…,"access_token":…}. An admin must set it again.',
    );
  }
  const token = parsed.data;
  if (token.project_id === environment.GOOGLE_CLOUD_PROJECT)
    throw new DeployFailure(
      'The secret deploy_token is for the project that ApexFlow itself runs in. Nothing is deployed there.',
    );
  if (token.type === 'access_token')
    return { project: token.project_id, account: undefined, accessToken: async () => token.access_token };
  return {
    project: token.project_id,
    account: token.client_email,
    accessToken: () => signAccess(token.client_email, token.private_key, token.private_key_id),
  };
}

/**
 * Signs an access token with the account's own key (self-signed JWT, AIP-4111), so no other address is called for it.
 */
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
    // The error of a key library may quote the key.
    throw new DeployFailure('The private key in the secret deploy_token cannot be used. An admin must set it again.');
  }
}
