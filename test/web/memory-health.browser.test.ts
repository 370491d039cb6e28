import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { z } from 'zod';
import { closeDatabase } from '../../functions/platform/database/open.ts';
import { asOwner } from '../support/owner.ts';
import { expectAccessible, pressOn } from './support/accessible.ts';
import { type Account, createAccount, signIn } from './support/account.ts';
import { test, useSite } from './support/site.ts';

const site = useSite();

/** Changes rows as the owner of the database. The embedded database belongs to one process. */
async function change(text: string, values: unknown[]): Promise<void> {
  await site.server.stop();
  await asOwner(text, values);
  await closeDatabase();
  await site.server.restart();
}

/** Adds two facts that say the same in other words. Returns the first one's id. */
async function addTwins({ token }: Account): Promise<string> {
  const ids: string[] = [];
  for (const text of ['The harbour opens at six.', 'Six is when the harbour opens.']) {
    const { body } = await site.server.call('POST', '/api/v1/memory', { token, body: { text } });
    ids.push(z.object({ id: z.string() }).parse(body).id);
  }
  return ids[0] ?? '';
}

async function open(account: Account, path: string): Promise<Page> {
  const { page } = await site.visit();
  await signIn(page, account, path);
  await page.getByRole('heading', { name: 'Health', level: 2 }).waitFor();
  return page;
}

test('merges a pair by keyboard, and takes it back on the page and in the history of the kept fact', async () => {
  const account = await createAccount(site);
  const kept = await addTwins(account);
  const page = await open(account, '/memory/health');
  const keep = page.getByRole('button', { name: 'Keep this one: “The harbour opens at six.”' });
  const merge = page.getByRole('dialog').getByRole('button', { name: 'Merge' });
  await page.getByText('Two facts, reworded').waitFor();
  await expectAccessible(page);
  await pressOn(page, keep);
  await page.getByText('Replaced by it').waitFor();
  expect(
    await page
      .getByRole('dialog')
      .getByText(/^since .* · added by a person$/)
      .count(),
  ).toBe(2);
  await expectAccessible(page);
  await pressOn(page, merge);
  await page.getByText('No fact is said twice.').waitFor();
  await pressOn(page, page.getByRole('button', { name: 'Take it back' }));
  await page.getByText('Two facts, reworded').waitFor();
  await pressOn(page, page.getByRole('button', { name: /^They are different/ }));
  await page.getByText('No fact is said twice.').waitFor();
  await pressOn(page, page.getByRole('link', { name: 'Show pairs that you called different' }));
  await pressOn(page, page.getByRole('button', { name: /^List it again/ }));
  await pressOn(page, page.getByRole('link', { name: 'Back to pairs that say the same' }));

  await pressOn(page, keep);
  await pressOn(page, merge);
  await page.getByRole('paragraph').getByRole('link', { name: 'The harbour opens at six.' }).click();
  await page.getByRole('dialog').getByText('Another fact was merged into it').waitFor();
  expect(new URL(page.url()).searchParams.get('fact')).toBe(kept);
  await expectAccessible(page);
  await pressOn(page, page.getByRole('dialog').getByRole('button', { name: 'Delete' }));
  await page.getByText('Also deleted: the 1 fact that was merged into it.').waitFor();
  await page.keyboard.press('Escape');
  await pressOn(page, page.getByRole('button', { name: 'Take the merge back' }));
  await page.getByRole('dialog').getByText('Another fact was merged into it').waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await page.getByRole('main').getByText('Six is when the harbour opens.').waitFor();
});

test('lists facts that nobody used, by the chosen days; one opens there and is deleted, another is confirmed', async () => {
  const account = await createAccount(site);
  const id = await addTwins(account);
  await change(
    `update memories m set created_at = now() - interval '100 days', updated_at = now() - interval '100 days'
    from memories one where one.id = $1 and m.tenant_id = one.tenant_id`,
    [id],
  );
  const page = await open(account, '/memory/health');
  await page.getByRole('tab', { name: 'Stale2' }).click();
  await page.getByRole('link', { name: /^The harbour opens at six. never used/ }).waitFor();
  await expectAccessible(page);
  await page.getByLabel('Not used for').selectOption('180 days');
  await page.getByText('No fact is like this.').waitFor();
  await page.getByLabel('Not used for').selectOption('30 days');
  await pressOn(page, page.getByRole('button', { name: 'Still true: “Six is when the harbour opens.”' }));
  await page.getByRole('tab', { name: 'Stale1' }).waitFor();
  await page.getByRole('tab', { name: 'Rarely used2' }).click();
  await page.getByRole('link', { name: /^The harbour opens at six. never used/ }).click();
  await pressOn(page, page.getByRole('dialog').getByRole('button', { name: 'Delete' }));
  await page.getByText('It cannot be brought back.').waitFor();
  await pressOn(page, page.getByRole('dialog').last().getByRole('button', { name: 'Delete' }));
  await page.getByRole('tab', { name: 'Rarely used1' }).waitFor();
  await pressOn(page, page.getByRole('button', { name: /^Delete… “Six is when/ }));
  await pressOn(page, page.getByRole('dialog').getByRole('button', { name: 'Delete' }));
  await page.getByText('No fact is like this.').waitFor();
  expect(new URL(page.url()).pathname).toBe('/memory/health');
});

test('lists notes, unfinished ones first, and deletes one', async () => {
  const account = await createAccount(site);
  for (const note of [
    { agent: 'coder', summary: 'The parser reads dates.' },
    { agent: 'thinker', summary: 'Compared two plans.', unfinished: ['Ask for the price.'], priority: 'high' },
  ])
    await site.server.call('POST', '/api/v1/memory/notes', { token: account.token, body: note });
  const page = await open(account, '/memory/health?list=notes');
  await page.getByText('Ask for the price.').waitFor();
  expect(
    await page.getByRole('button', { name: /^Delete the note/ }).evaluateAll((all) => all.map((one) => one.ariaLabel)),
  ).toEqual(['Delete the note “Compared two plans.”', 'Delete the note “The parser reads dates.”']);
  await expectAccessible(page);
  await pressOn(page, page.getByRole('button', { name: 'Delete the note “Compared two plans.”' }));
  await page.getByText('Ask for the price.').waitFor({ state: 'detached' });
  await page.getByText('The parser reads dates.').waitFor();
});
