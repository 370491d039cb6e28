import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { consoleReply, isFromConsole } from '../console-session.ts';
import { openAccounts } from '../open-accounts.ts';
import { Email, openSession, Session } from '../session.ts';

/** Signs a user in. An unknown address and a wrong password get the same 401 after the same work. */
export const login = endpoint({
  name: 'identity-login',
  route: 'POST /api/v1/auth/login',
  access: 'public',
  summary: 'Signs in with e-mail address and password.',
  body: z.strictObject({ email: Email, password: z.string().min(1).max(200) }),
  reply: { 200: Session },
}).serve(async ({ body, database, request }) => {
  const fromConsole = isFromConsole(request);
  const accounts = await openAccounts();
  const session = await openSession(database, await accounts.signIn(body));
  return fromConsole ? consoleReply(request, 200, session) : { status: 200, body: session };
});
