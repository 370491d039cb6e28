import { randomBytes } from 'node:crypto';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import type { Site, VisitOptions, Visitor } from './site.ts';

export interface Account {
  email: string;
  password: string;
  name: string;
  /** An access token, to prepare runs and memory through the API. */
  token: string;
}

const Session = z.object({ access_token: z.string() });

/** Creates an account through the API. */
export async function createAccount({ server }: Pick<Site, 'server'>, name = 'Ada Lovelace'): Promise<Account> {
  const account = { email: `${randomBytes(8).toString('hex')}@example.com`, password: 'correct-horse-battery' };
  const body = { ...account, display_name: name };
  const answer = await server.call('POST', '/api/v1/auth/register', { body });
  return { ...account, name, token: Session.parse(answer.body).access_token };
}

/** Signs in at the page for signing in, which then shows `path`. */
export async function signIn(page: Page, { email, password }: Account, path = '/'): Promise<void> {
  await page.goto(path);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('#content').waitFor();
}

/** Opens a window in which a new account is signed in, at `path`. */
export async function visitSignedIn(
  site: Site,
  path = '/',
  options: VisitOptions = {},
): Promise<Visitor & { account: Account }> {
  const [account, visitor] = await Promise.all([createAccount(site), site.visit(options)]);
  await signIn(visitor.page, account, path);
  return { ...visitor, account };
}
