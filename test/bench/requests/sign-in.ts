import { z } from 'zod';
import { userTokenIssuer } from '../../../functions/platform/sign-in/authenticate.ts';
import { localKey } from '../../../functions/platform/sign-in/local-key.ts';
import { SUBJECT } from '../database.ts';
import { answerOrders } from '../peer.ts';

/** Returns an RS256 token of the local issuer for the benchmark's user, with the claims of a sign-in. */
async function signToken(): Promise<{ token: string }> {
  const now = Math.floor(Date.now() / 1000);
  const { issuer, audience } = userTokenIssuer('local');
  const token = await localKey('user-tokens').sign({
    iss: issuer,
    aud: audience,
    sub: SUBJECT,
    user_id: SUBJECT,
    email: 'bench@example.com',
    email_verified: false,
    name: 'Bench',
    auth_time: now,
    iat: now,
    exp: now + 3600,
    firebase: { identities: {}, sign_in_provider: 'password' },
  });
  return { token };
}

answerOrders(z.object({}), signToken);
