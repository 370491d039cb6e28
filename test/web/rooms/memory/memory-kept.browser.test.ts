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
  // `page.reload()` would wait for a page that never comes.
  await page.evaluate(() => setTimeout(() => location.reload()));
  await (await asked).dismiss();
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

test('memory that cannot be read is not said to be empty', async () => {
  const { page, context, announceOutage } = await visitSignedIn(site, '/memory');
  await page.getByText('No file has changed yet.').waitFor();
  // The code of the pages is there; no answer is.
  for (const path of ['/memory/preferences', '/runs']) await page.goto(path, { waitUntil: 'networkidle' });
  const ended = announceOutage();
  await context.route('**/api/v1/**', (route) => route.abort());
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Memory' }).click();
  await page.getByText('The changes could not be read.').waitFor();
  await page.getByText('The server did not answer.').first().waitFor();
  const sections = page.getByRole('navigation', { name: 'Parts of memory' });
  const names = ['Facts', 'Sources', 'To review', 'Preferences', 'Proposals', 'Follow-ups', 'Keys', 'Repository'];
  for (const name of names) {
    await sections.getByRole('link', { name }).click();
    await page.getByText('The server did not answer.').first().waitFor();
    const said = await page.locator('#content').textContent();
    expect(said).not.toMatch(/Nothing is|Nothing was|Nothing waits|No (file|fact|session|preference|proposal|key)\b/);
  }
  await context.unroute('**/api/v1/**');
  ended();
  await sections.getByRole('link').first().click();
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await page.getByText('No file has changed yet.').waitFor();
});
