import { expect } from 'vitest';
import { CONSOLE_HEADERS } from '../../web/headers.ts';
import { expectAccessible, pressOn } from './support/accessible.ts';
import { createAccount, signIn, visitSignedIn } from './support/account.ts';
import { test, useSite } from './support/site.ts';

const site = useSite();

test('npm start says that the console can be used, and since when', () => {
  expect(site.server.output()).toMatch(/console {3}usable \d+\.\d s after the start\n/);
});

test('somebody without an account creates one and sees the home page', async () => {
  const { page } = await site.visit();
  await page.goto('/');
  await page.getByRole('link', { name: 'Create an account' }).click();
  await page.getByLabel('Your name').fill('Ada Lovelace');
  await page.getByLabel('E-mail address').fill(`${crypto.randomUUID()}@example.com`);
  await page.getByLabel('Password').fill('correct-horse-battery');
  await page.getByRole('button', { name: 'Create an account' }).click();
  await page.locator('#content').waitFor();
  await page.getByRole('button', { name: 'Account', exact: true }).waitFor();
});

test('signs in by keyboard alone and opens the address that was asked for', async () => {
  const account = await createAccount(site);
  const { page } = await site.visit();
  await page.goto('/nowhere?tab=1');
  await pressOn(page, page.getByLabel('E-mail address'), 'a');
  await page.getByLabel('E-mail address').fill(account.email);
  await pressOn(page, page.getByLabel('Password'), 'a');
  await page.getByLabel('Password').fill(account.password);
  await pressOn(page, page.getByRole('button', { name: 'Sign in' }));
  await page.locator('#content').waitFor();
  expect(new URL(page.url()).pathname).toBe('/nowhere');
});

test('says that the password is wrong, and keeps the address', async () => {
  const { email } = await createAccount(site);
  const { page, announce } = await site.visit();
  announce(401, '/api/v1/auth/login');
  await page.goto('/');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('The e-mail address or the password is wrong.').waitFor();
  expect(await page.getByLabel('E-mail address').inputValue()).toBe(email);
});

test('the sign-in survives a reload, a new tab and a restart of the server, and no script can read it', async () => {
  const { page, context, newTab, announceOutage } = await visitSignedIn(site);
  await page.reload();
  await page.locator('#content').waitFor();
  const tab = await newTab('/');
  await tab.locator('#content').waitFor();
  const readable = await page.evaluate(() => [
    document.cookie,
    JSON.stringify(localStorage),
    JSON.stringify(sessionStorage),
  ]);
  const cookies = await context.cookies();
  expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict', path: '/' }]);
  for (const text of readable) expect(text).not.toContain(cookies[0]?.value);
  expect(readable[0]).toBe('');

  const serverIsBack = announceOutage();
  await site.server.kill();
  await site.server.restart();
  serverIsBack();
  await page.reload();
  await page.locator('#content').waitFor();
});

test('signing out in one tab signs the other tab out, and the cookie is gone', async () => {
  const { page, context, newTab } = await visitSignedIn(site);
  const other = await newTab('/');
  await other.locator('#content').waitFor();
  await page.getByRole('button', { name: 'Account', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await other.getByRole('button', { name: 'Sign in' }).waitFor();
  expect(await context.cookies()).toEqual([]);
  await page.reload();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
});

test('two people in two browsers do not sign each other out', async () => {
  const [one, other] = [await visitSignedIn(site), await visitSignedIn(site)];
  await signIn((await site.visit()).page, one.account);
  await other.page.reload();
  await other.page.locator('#content').waitFor();
});

test('every answer of the console has exactly its headers', async () => {
  const { page } = await site.visit();
  const seen: [string, Record<string, string>][] = [];
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (!pathname.startsWith('/api/')) seen.push([pathname, response.headers()]);
  });
  await page.goto('/sign-in', { waitUntil: 'networkidle' });
  expect(seen.length).toBeGreaterThan(3);
  const expected = Object.fromEntries(
    Object.entries(CONSOLE_HEADERS).map(([name, value]) => [name.toLowerCase(), value]),
  );
  for (const [path, headers] of seen) {
    expect(headers, path).toMatchObject(expected);
    const isAsset = path.startsWith('/assets/');
    expect(headers['cache-control'], path).toBe(isAsset ? 'public, max-age=31536000, immutable' : 'no-cache');
  }
});

test('the policy stops text from becoming HTML and scripts of others from loading', async () => {
  const { page, problems } = await site.visit();
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  const reported = page.waitForEvent('console', (message) => message.text().startsWith('Content-Security-Policy:'));
  const thrown = await page.evaluate(() => {
    const attempts = [
      () => {
        document.body.innerHTML = '<img src=x onerror="document.title=1">';
      },
      () => {
        document.createElement('script').src = '/assets/of-somebody.js';
      },
    ];
    return attempts.map((attempt) => {
      try {
        attempt();
        return 'nothing';
      } catch (error) {
        return String(error).split(':')[0];
      }
    });
  });
  expect(thrown).toEqual(['TypeError', 'TypeError']);
  await reported;
  expect(problems().join('\n')).toContain('Content-Security-Policy: require-trusted-types-for');
});

test('the pages for signing in are accessible', async () => {
  for (const theme of ['light', 'dark'] as const) {
    const { page } = await site.visit({ theme });
    for (const path of ['/sign-in', '/register']) {
      await page.goto(path);
      await page.locator('form').waitFor();
      await expectAccessible(page);
    }
  }
});
