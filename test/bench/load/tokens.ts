import { z } from 'zod';
import { userTokenIssuer } from '../../../functions/platform/sign-in/authenticate.ts';
import { localKey } from '../../../functions/platform/sign-in/local-key.ts';
import { answerOrders } from '../peer.ts';

/** Returns a token of the local issuer for each subject, with the claims of a sign-in. */
async function signTokens({ subjects }: { subjects: string[] }): Promise<{ tokens: string[] }> {
  const now = Math.floor(Date.now() / 1000);
  const { issuer, audience } = userTokenIssuer('local');
  const sign = (subject: string) =>
    localKey('user-tokens').sign({
      iss: issuer,
      aud: audience,
      sub: subject,
      email: `${subject}@example.com`,
      email_verified: false,
      name: subject,
      auth_time: now,
      iat: now,
      exp: now + 3600,
      firebase: { identities: {}, sign_in_provider: 'password' },
    });
  return { tokens: await Promise.all(subjects.map(sign)) };
}

answerOrders(z.object({ subjects: z.array(z.string()) }), signTokens);
