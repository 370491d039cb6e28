import { expect } from 'vitest';
import { closeDatabase } from '../../functions/platform/database/open.ts';
import { asOwner } from '../support/owner.ts';
import { expectAccessible } from './support/accessible.ts';
import { type Account, visitSignedIn } from './support/account.ts';
import { test, useSite } from './support/site.ts';

const site = useSite();

test('an API key is created, shown once, used by a program, revoked and then refused', async () => {
  const { page } = await visitSignedIn(site, '/settings/keys');
  await page.getByRole('button', { name: 'Create a key' }).click();
  const form = page.getByRole('dialog', { name: 'Create an API key' });
  await form.getByLabel('Name').fill('nightly report');
  await form.getByLabel('Only what you choose').check();
  await form.getByRole('button', { name: 'Create' }).click();
  await form.getByText('Choose at least one scope.').waitFor();
  await form.getByLabel('Runs: read').check();
  await form.getByRole('button', { name: 'Create' }).click();
  const shown = page.getByRole('dialog', { name: 'Copy your key now' });
  const token = (await shown.locator('code').first().textContent()) ?? '';
  await expectAccessible(page);
  const read = async (path: string) => (await site.server.call('GET', path, { token })).status;
  expect(await read('/api/v1/runs')).toBe(200);
  expect(await read('/api/v1/tenant')).toBe(403);
  await shown.getByRole('button', { name: 'I have copied it' }).click();
  await page.getByText('Runs: read').waitFor();
  expect(await page.content()).not.toContain(token);
  await page.getByRole('button', { name: 'Revoke nightly report' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('Revoked', { exact: true }).waitFor();
  expect(await read('/api/v1/runs')).toBe(401);
});

test('a changed name is shown at once, and unsaved changes are not lost without a question', async () => {
  const { page } = await visitSignedIn(site, '/settings');
  const name = page.getByLabel('Your name');
  await name.fill('Grace Hopper');
  await page.getByRole('link', { name: /^Team/ }).click();
  await page.getByRole('dialog', { name: 'Leave without saving?' }).getByRole('button', { name: 'Stay' }).click();
  expect(await name.inputValue()).toBe('Grace Hopper');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved', { exact: true }).first().waitFor();
  await page.locator('[data-letters=GH]').waitFor();
  await page.reload();
  expect(await name.inputValue()).toBe('Grace Hopper');
});

test('an admin changes one setting of the team; what the server refuses is said at its field', async () => {
  const { page, account, announce } = await visitSignedIn(site, '/settings/team');
  await page.getByLabel('Budget of a day').fill('2.5');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved', { exact: true }).first().waitFor();
  const { body } = await site.server.call('GET', '/api/v1/tenant', { token: account.token });
  expect(body).toMatchObject({ budget_usd_per_day: 2.5, max_concurrent_sprints: 3 });
  announce(422, '/api/v1/tenant');
  await page.getByLabel('Hosts that commands may reach').fill('not a host!');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('not is not a host name').first().waitFor();
});

test('a sign-in that ends in the middle of a form loses nothing', async () => {
  const { page, context, account, announce } = await visitSignedIn(site, '/settings/profile');
  await page.getByLabel('Your name').fill('Grace Hopper');
  await context.clearCookies();
  await site.server.call('POST', '/api/v1/auth/logout', { token: account.token });
  announce(401, '/api/v1/user/profile');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Your sign-in has ended.').waitFor();
  await page.getByLabel('E-mail address').fill(account.email);
  await page.getByLabel('Password').fill(account.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/settings/profile');
  await page.getByText('Not saved yet').waitFor();
  expect(await page.getByLabel('Your name').inputValue()).toBe('Grace Hopper');
});

test('a member sees the settings of the team and cannot change them', async () => {
  const { page, account } = await visitSignedIn(site, '/settings/team');
  expect(await page.getByLabel('Name of the team').isEnabled()).toBe(true);
  await page.goto('about:blank');
  await makeMember(account);
  await page.goto('/settings/team');
  await page.getByText('Only an admin of your team can change this.').waitFor();
  expect(await page.getByLabel('Name of the team').isDisabled()).toBe(true);
  expect(await page.getByRole('button', { name: 'Save' }).count()).toBe(0);
  await page.goto('/settings/secrets');
  await page.getByText('Only an admin of your team can see this.').waitFor();
  const body = { name: 'Mine' };
  const token = await signInAgain(account);
  expect((await site.server.call('PATCH', '/api/v1/tenant', { token, body })).status).toBe(403);
});

test('the pages of Settings are accessible', async () => {
  const { page } = await visitSignedIn(site, '/settings');
  for (const name of ['Profile', 'Appearance', 'API keys', 'Team', 'Models', 'Secrets', 'MCP servers']) {
    await page
      .getByRole('navigation', { name: 'Sections of Settings' })
      .getByRole('link', { name: new RegExp(`^${name}`) })
      .click();
    await page.getByRole('heading', { name, exact: true, level: 1 }).waitFor();
    await page.locator('[role=status].late').waitFor({ state: 'detached' });
    await expectAccessible(page);
  }
});

test('on a phone in the dark, Settings is a list of its pages', async () => {
  const { page } = await visitSignedIn(site, '/settings', { theme: 'dark', size: 'phone' });
  await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
  await expectAccessible(page);
  await page.getByRole('link', { name: /^Models/ }).click();
  await page.getByLabel('Provider of chef').waitFor();
  await expectAccessible(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});

/** Nobody but the owner of the database makes an admin a member. The embedded database belongs to one process. */
async function makeMember({ email }: Account): Promise<void> {
  await site.server.stop();
  await asOwner(`update users set role = 'member' where email = $1`, [email]);
  await closeDatabase();
  await site.server.restart();
}

async function signInAgain({ email, password }: Account): Promise<string> {
  return (await site.server.call('POST', '/api/v1/auth/login', { body: { email, password } })).body.access_token;
}
