import { expect } from 'vitest';
import { expectAccessible } from '../../support/accessible.ts';
import { visitSignedIn } from '../../support/account.ts';
import { test, useSite } from '../../support/site.ts';

const site = useSite();

test('a typed fact or key is not lost by Back or a reload without a question; saving asks nothing', async () => {
  const { page } = await visitSignedIn(site, '/memory/keys');
  const sections = page.getByRole('navigation', { name: 'Parts of memory' });
  const dialog = page.getByRole('dialog');
  const ask = dialog.getByText('What is here is lost when you close this.');
  await page.getByRole('button', { name: 'Add a key' }).first().click();
  await dialog.getByLabel('Name').fill('language');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: 'language' }).click();
  await dialog.getByLabel('Value').fill('"pt"');
  await page.goBack();
  await ask.waitFor();
  expect(new URL(page.url()).search).toBe('?key=language');
  await dialog.getByRole('button', { name: 'Close anyway' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(new URL(page.url()).search).toBe('');

  await sections.getByRole('link', { name: 'Facts' }).click();
  await page.getByRole('button', { name: 'Add a fact' }).first().click();
  await dialog.getByLabel('Fact', { exact: true }).fill('Maya plays the cello.');
  await page.goBack();
  await ask.waitFor();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Stay' }).click();
  await ask.waitFor({ state: 'detached' });
  expect(await dialog.getByLabel('Fact', { exact: true }).inputValue()).toBe('Maya plays the cello.');
  expect(page.url()).toContain('/memory/facts?add=1');
  const asked = page.waitForEvent('dialog');
  const reload = page.reload().catch(() => undefined);
  await (await asked).dismiss();
  await reload;
  expect(await dialog.getByLabel('Fact', { exact: true }).inputValue()).toBe('Maya plays the cello.');
  await page.goBack();
  await dialog.getByRole('button', { name: 'Close anyway' }).click();
  await page.waitForURL('**/memory/keys');
  await page.goForward();
  await page.waitForURL('**/memory/facts?add=1');
  await dialog.getByLabel('Fact', { exact: true }).fill('Maya plays the cello.');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.waitForURL('**/memory/facts');
});
