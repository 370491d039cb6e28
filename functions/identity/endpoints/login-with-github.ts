import { z } from 'zod';
import { cutText } from '../../platform/cut-text.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { callGitHub, GitHubSilent, GitHubToken } from '../../platform/git/github.ts';
import { apiUrlOf, gitHosts } from '../../platform/git/remote.ts';
import type { SecretText } from '../../platform/secrets/secret-text.ts';
import { sealGitHubCredential } from '../github-credential.ts';
import { openAccounts } from '../open-accounts.ts';
import { provisionUser } from '../session.ts';

/** Rejects a token in the address: addresses are written to logs. */
const NoToken = z.looseObject({}).superRefine((query, context) => {
  for (const name of Object.keys(query))
    context.addIssue({
      code: 'custom',
      path: [name],
      message:
        name === 'github_token'
          ? 'send it in the JSON body, because addresses are written to logs; replace this token at GitHub'
          : 'there is no such query parameter',
    });
});

/**
 * Signs a user in with a GitHub token, which GitHub verifies. The account is that of the numeric id at GitHub, and is
 * created with the first sign-in; an account with the same e-mail address is another account. The token is not stored:
 * the access token carries it encrypted, for `repos/setup` and `repos/sync` of this session. 401 for a token that
 * GitHub does not accept, 503 when GitHub does not answer.
 */
export const loginWithGitHub = endpoint({
  name: 'identity-login-with-github',
  route: 'POST /api/v1/auth/github',
  access: 'public',
  summary: 'Signs in with a GitHub token.',
  query: NoToken,
  body: z.strictObject({ github_token: GitHubToken }),
  reply: {
    200: z.strictObject({
      access_token: z.string(),
      token_type: z.literal('bearer'),
      expires_in: z.int().positive().meta({ description: 'Lifetime of the access token in seconds' }),
    }),
  },
}).serve(async ({ body: { github_token: token }, database, signal }) => {
  const host = gitHosts()[0] ?? '';
  const { id, login, name } = await findGitHubUser(host, token, signal);
  const subject = `github:${host}:${id}`;
  const displayName = cutText(name?.trim() ?? '', 200) || login;
  const accounts = await openAccounts();
  const claims = { github_credential: sealGitHubCredential({ subject, host, token }) };
  const { accessToken, expiresInSeconds } = await accounts.signInVerified({ subject, displayName, claims });
  // An address that GitHub gives to its users. It takes the place of theirs, which is not read.
  await provisionUser(database, accessToken, {
    displayName,
    email: `${id}+${login}@users.noreply.${host.split(':')[0]}`,
  });
  return { status: 200, body: { access_token: accessToken, token_type: 'bearer', expires_in: expiresInSeconds } };
});

const GitHubUser = z.object({
  id: z.int().positive(),
  login: z.string().min(1).max(100),
  name: z.string().nullish(),
});

/** @throws Problem 401 for a token that GitHub does not accept, 503 when it is unknown whether GitHub accepts it */
async function findGitHubUser(
  host: string,
  credential: SecretText,
  signal: AbortSignal,
): Promise<z.infer<typeof GitHubUser>> {
  const answer = await callGitHub(apiUrlOf(host), { method: 'GET', path: '/user', credential, signal }).catch(
    (error: unknown) => {
      if (error instanceof GitHubSilent) throw unavailable('did not answer', error);
      throw error;
    },
  );
  const { status, body, said } = answer;
  const user = GitHubUser.safeParse(body);
  if (status === 200 && user.success) return user.data;
  const isLimited = status === 429 || (status === 403 && /rate limit/i.test(said));
  // An installation's token has no user, and GitHub answers 403.
  if ((status === 401 || status === 403) && !isLimited)
    throw new Problem('unauthenticated', 'GitHub does not accept the token, or the token belongs to no user.');
  throw unavailable(`answered with status ${status}`);
}

function unavailable(what: string, cause?: unknown): Problem {
  return new Problem('not-ready', `GitHub ${what}, so the token could not be verified. Try again.`, {
    retryAfterSeconds: 30,
    cause,
  });
}
