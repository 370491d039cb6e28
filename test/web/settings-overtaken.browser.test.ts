import { expect } from 'vitest';
import { expectAccessible } from './support/accessible.ts';
import { signIn, visitSignedIn } from './support/account.ts';
import { test, useSite } from './support/site.ts';

const site = useSite();

test('an admin whose settings were changed by another meanwhile keeps what they typed, and decides', async () => {
  const { page, account, announce } = await visitSignedIn(site, '/settings/team');
  const other = await site.visit();
  await signIn(other.page, account, '/settings/team');
  const stored = async () => (await site.server.call('GET', '/api/v1/tenant', { token: account.token })).body;
  const field = (label: string) => page.getByLabel(label);
  const save = page.getByRole('button', { name: 'Save' });
  const notice = page.getByRole('alert').filter({ hasText: 'Somebody else changed the settings' });

  await field('Budget of a day').fill('7');
  await other.page.getByLabel('Budget of a day').fill('5');
  await other.page.getByLabel('Runs at the same time').fill('9');
  await other.page.getByRole('button', { name: 'Save' }).click();
  await other.page.getByText('Saved', { exact: true }).first().waitFor();

  announce(412, '/api/v1/tenant');
  await save.click();
  await notice.waitFor();
  expect(await notice.textContent()).toMatch(
    /Stored now:\s*Budget of a day, in US dollars\s*5\s*Runs at the same time\s*9/,
  );
  // What the user typed stays; where they typed nothing, the form shows what is stored.
  expect(await field('Budget of a day').inputValue()).toBe('7');
  expect(await field('Runs at the same time').inputValue()).toBe('9');
  expect(await stored()).toMatchObject({ budget_usd_per_day: 5, max_concurrent_sprints: 9 });
  await expectAccessible(page);

  await save.click();
  await page.getByText('Saved', { exact: true }).first().waitFor();
  expect(await notice.count()).toBe(0);
  expect(await stored()).toMatchObject({ budget_usd_per_day: 7, max_concurrent_sprints: 9 });

  // The other page still has the settings of before, and takes what is stored.
  await other.page.getByLabel('Workers at the same time').fill('11');
  other.announce(412, '/api/v1/tenant');
  await other.page.getByRole('button', { name: 'Save' }).click();
  await other.page.getByRole('alert').filter({ hasText: 'Somebody else changed the settings' }).waitFor();
  await other.page.getByRole('button', { name: 'Discard' }).click();
  expect(await other.page.getByLabel('Budget of a day').inputValue()).toBe('7');
  expect(await stored()).toMatchObject({ budget_usd_per_day: 7, max_parallel_nodes: 32 });
});

test('two forms of one page do not overtake each other', async () => {
  const { page, account } = await visitSignedIn(site, '/settings/models');
  const saves = page.getByRole('button', { name: 'Save' });
  await page.getByLabel('Provider of chef').selectOption('claude');
  await page.getByLabel('Model of chef').fill('some-model');
  await page.getByRole('button', { name: 'Add a price' }).click();
  await page.getByLabel('Provider/model').fill('openai/own');
  await page.getByLabel('Input', { exact: true }).fill('1');
  await page.getByLabel('Output', { exact: true }).fill('2');
  await saves.last().click();
  await page.getByText('Saved', { exact: true }).first().waitFor();
  await saves.first().click();
  await expect
    .poll(async () => (await site.server.call('GET', '/api/v1/tenant', { token: account.token })).body)
    .toMatchObject({
      worker_config: { chef: { provider: 'claude', model: 'some-model' } },
      prices: { 'openai/own': { input_per_million: '1', output_per_million: '2' } },
    });
  expect(await page.getByRole('alert').count()).toBe(0);
});
