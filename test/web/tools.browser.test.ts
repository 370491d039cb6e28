import { expect } from 'vitest';
import { expectAccessible } from './support/accessible.ts';
import { visitSignedIn } from './support/account.ts';
import { test, useSite } from './support/site.ts';

const site = useSite();

test('a tool is found, filled in, run and read with the keyboard alone', async () => {
  const { page } = await visitSignedIn(site, '/');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  await page.getByRole('heading', { name: 'Tools', level: 1 }).waitFor();
  await page.getByRole('link', { name: 'calculator' }).waitFor();
  await expectAccessible(page);
  await page.keyboard.press('/');
  await page.keyboard.type('add to date');
  await page.getByText('1 tool', { exact: true }).waitFor();
  await page.waitForURL(/q=add/);
  const link = page.getByRole('link', { name: 'add_to_date' });
  for (
    let presses = 0;
    presses < 30 && !(await link.evaluate((element) => element === document.activeElement));
    presses += 1
  )
    await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'add_to_date', level: 1 }).waitFor();
  await expectAccessible(page);

  const date = page.getByLabel('date (required)');
  for (
    let presses = 0;
    presses < 60 && !(await date.evaluate((element) => element === document.activeElement));
    presses += 1
  )
    await page.keyboard.press('Tab');
  await page.keyboard.press('Control+Enter');
  await page.getByText('Must not be empty.').first().waitFor();
  expect(await date.evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.type('2026-01-31');
  await page.keyboard.press('Tab');
  await page.keyboard.type('1');
  await page.keyboard.press('Tab');
  await page.keyboard.type('months');
  await page.keyboard.press('Control+Enter');
  const result = page.getByRole('region', { name: 'Result' });
  await result.getByText('2026-02-28 (Saturday)').first().waitFor();
  await result.getByText('Done', { exact: true }).waitFor();
  await expectAccessible(page);
  await result.getByRole('link', { name: 'Open the run' }).press('Enter');
  await page.waitForURL(/\/runs\/run_/);
  await page.getByText('add_to_date').first().waitFor();
});

test('arguments are given as JSON, and what the server refuses is shown', async () => {
  const { page, announce } = await visitSignedIn(site, '/tools/format_json');
  await page.getByRole('tab', { name: 'JSON' }).click();
  const json = page.getByLabel('Arguments as JSON');
  await json.fill('{');
  await page.getByRole('button', { name: 'Run' }).click();
  await page.getByText('Is not valid JSON.').waitFor();
  await json.fill('{"json": "[1, 2]", "indent": 0}');
  await page.getByRole('button', { name: 'Run' }).click();
  await page.getByRole('region', { name: 'Result' }).getByText('[1,2]').waitFor();
  announce(422, '/api/v1/tools/execute');
  await json.fill('{"json": "[1, 2]", "indents": 0}');
  await page.getByRole('button', { name: 'Run' }).click();
  await page
    .getByRole('alert')
    .getByText(/indents/)
    .first()
    .waitFor();
});

test('a tool that works only in runs says why', async () => {
  const { page } = await visitSignedIn(site, '/settings/tools');
  await page.waitForURL(/\/tools$/);
  await page.getByRole('link', { name: 'Team' }).click();
  await page.getByRole('link', { name: 'send_message' }).click();
  await page.getByText('You cannot call this tool by itself.').waitFor();
});
