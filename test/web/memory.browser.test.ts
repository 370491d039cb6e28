import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { z } from 'zod';
import { expectAccessible, expectFocus, pressOn } from './support/accessible.ts';
import { type Account, createAccount, signIn } from './support/account.ts';
import { test, useSite } from './support/site.ts';

const site = useSite();
const MAYA = '/memory/memories/people/maya.md';
const Job = z.object({ status: z.literal('committed'), session_id: z.string() });

/** Sends a conversation and waits until it is in the files. */
async function remember({ token }: Account, session: string, said: Record<string, string>, userId?: string) {
  const turns = Object.entries(said).map(([speaker, text]) => ({ speaker, text, said_at: '2026-03-12T14:02:00Z' }));
  const body = { session_id: session, turns, ...(userId === undefined ? {} : { user_id: userId }) };
  const answer = await site.server.call('POST', '/api/v1/memory/process-and-commit?wait=30', { token, body });
  return Job.parse(answer.body);
}

/** An account with three changes of one file, of which the last has a salary and a second file. */
async function accountWithMemory(): Promise<Account> {
  const account = await createAccount(site);
  await remember(account, 'first', { Maya: 'I live in Porto.' });
  await remember(account, 'second', { Maya: 'I adopted a dog called Bica.' });
  await remember(account, 'hearsay', { Maya: 'My salary is 90000 euros.', Leo: 'I sold the cello.' });
  return account;
}

const slider = (page: Page) => page.getByRole('slider', { name: 'Moment of memory' });
const file = (page: Page) => page.getByRole('article');

test('searches memory with reasons, and opens the file of a hit', async () => {
  const account = await accountWithMemory();
  const { page } = await site.visit();
  await signIn(page, account, '/memory');
  await page.getByRole('link', { name: 'Maya' }).waitFor();
  await expectAccessible(page);
  await page.keyboard.press('/');
  await page.keyboard.type('Where does Maja live?');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Found for “Where does Maja live?”' }).waitFor();
  await page.getByText('“maja” is not in memory; searched for “maya”.').waitFor();
  await page.getByText('says live').first().waitFor();
  await page.getByText('said by Maya').first().waitFor();
  await expectAccessible(page);
  expect(new URL(page.url()).searchParams.get('q')).toBe('Where does Maja live?');
  await page.getByRole('search').getByRole('button').focus();
  await page.keyboard.press('j');
  await expectFocus(page.getByRole('link', { name: /^Maya · / }).first());
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Maya', level: 2 }).waitFor();
  await page.getByRole('tab', { name: 'Source', selected: true }).waitFor();
});

test('the time bar moves by keys to older text, in which nothing can be written; the diff follows', async () => {
  const account = await accountWithMemory();
  const { page } = await site.visit();
  await signIn(page, account, MAYA);
  await file(page).getByText('My salary is 90000 euros.').waitFor();
  await page.getByText('Added').waitFor();
  await pressOn(page, slider(page), 'Home');
  await page.getByText('You see what was known on').waitFor();
  await file(page).getByText('My salary').waitFor({ state: 'detached' });
  await file(page).getByText('I live in Porto.').waitFor();
  expect(await slider(page).getAttribute('aria-valuetext')).toMatch(/, change 1 of 3: after the conversation “I live/);
  const shown = new URL(page.url()).searchParams.get('as_of');
  expect(shown).not.toBeNull();

  await page.keyboard.press('ArrowRight');
  await file(page).getByText('I adopted a dog called Bica.').waitFor();
  await page.getByRole('tabpanel').getByText('• I adopted a dog called Bica.').waitFor();
  await page.getByText('1 block unchanged').waitFor();
  await page.reload();
  await file(page).getByText('I adopted a dog called Bica.').waitFor();
  expect(await file(page).getByText('My salary').count()).toBe(0);
  await page.keyboard.press('b');
  await page.getByRole('tab', { name: 'Source', selected: true }).waitFor();
  await page.getByRole('figure').getByText('I adopted a dog called Bica.').waitFor();
  expect(await page.getByRole('link', { name: 'Take this source back…' }).count()).toBe(0);
  await expectAccessible(page);
  await pressOn(page, slider(page), 'End');
  await file(page).getByText('My salary is 90000 euros.').waitFor();
  expect(new URL(page.url()).searchParams.get('as_of')).toBeNull();
});

test('opens the source of a text, sees what its revert would do, and reverts it', async () => {
  const account = await accountWithMemory();
  const { page } = await site.visit();
  await signIn(page, account, MAYA);
  await pressOn(page, page.getByRole('button', { name: /^Where “.*hearsay/ }));
  await page.getByRole('figure').getByText('My salary is 90000 euros.').waitFor();
  await page.getByRole('link', { name: 'Leo', exact: true }).last().waitFor();
  await pressOn(page, page.getByRole('link', { name: 'Take this source back…' }));
  await page.getByText('Nothing has changed yet: this shows what would change.').waitFor();
  await page.getByText('• My salary is 90000 euros.').waitFor();
  await page.getByText('• I sold the cello.').waitFor();
  await expectAccessible(page);
  await pressOn(page, page.getByRole('button', { name: 'Take back 2 changes in 2 files' }));
  await expectFocus(page.getByRole('heading', { name: 'Taken back' }));
  await page.getByRole('link', { name: 'Maya' }).click();
  await file(page).getByText('I live in Porto.').waitFor();
  expect(await file(page).getByText('My salary').count()).toBe(0);
  // The history stays: the change before the revert still has it.
  await pressOn(page, slider(page), 'End');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await file(page).getByText('My salary is 90000 euros.').waitFor();
});

test('a fact of the task of a run says so, and opens the run', async () => {
  const account = await createAccount(site);
  const { token } = account;
  const body = { query: 'Our database is Postgres 15.', agent_type: 'thinker' };
  const run = await site.server.call('POST', '/api/v1/runs', { token, body });
  const learned = async () => (await site.server.call('GET', '/api/v1/memory', { token })).body.items.length;
  await expect.poll(learned, { timeout: 30_000 }).toBeGreaterThan(0);
  const { page } = await site.visit();
  await signIn(page, account, '/memory/facts');
  await page.getByRole('link', { name: /Postgres 15/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('The task of a run').waitFor();
  await dialog.getByRole('link', { name: 'Open the run' }).click();
  await page.waitForURL(`**/runs/${run.body.id}*`);
});

test('adds a fact that replaces another, sees its history, and deletes it after asking', async () => {
  const account = await createAccount(site);
  const { page } = await site.visit();
  await signIn(page, account, '/memory');
  await page.getByText('Nothing is remembered yet. It fills from your runs and chats.').waitFor();
  await page.getByRole('link', { name: 'Add a fact' }).click();
  const dialog = page.getByRole('dialog');
  for (const version of [15, 16]) {
    await dialog.getByLabel('Fact', { exact: true }).fill(`The staging database is Postgres ${version}.`);
    await dialog.getByRole('button', { name: 'Add' }).click();
    await page.getByRole('link', { name: `The staging database is Postgres ${version}.` }).waitFor();
    if (version === 16) break;
    await page.getByRole('button', { name: 'Add a fact' }).click();
    // The focus begins in the field, and what is typed is asked for before it is lost.
    await dialog.getByLabel('Fact', { exact: true }).waitFor();
    await page.keyboard.type('The staging');
    await page.keyboard.press('Escape');
    await dialog.getByRole('button', { name: 'Stay' }).click();
  }
  await page.getByRole('link', { name: 'The staging database is Postgres 16.' }).click();
  await dialog.getByText('True now').waitFor();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Delete' }).click();
  const asked = page.getByRole('dialog', { name: 'Delete this fact?' });
  await asked.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('link', { name: 'The staging database is Postgres 16.' }).waitFor({ state: 'detached' });
});

test('erases the memory of a user of an application only after its name was typed', async () => {
  const account = await createAccount(site);
  await remember(account, 'theirs', { Tom: 'I live in Graz.' }, 'customer-7');
  const { page } = await site.visit({ size: 'phone' });
  await signIn(page, account, '/memory');
  await page.getByLabel('Whose memory').selectOption('customer-7');
  await page.getByRole('link', { name: 'Tom' }).waitFor();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Erase this memory' }).click();
  const erase = page.getByRole('button', { name: 'Erase for good' });
  await page.getByLabel('Type customer-7 to erase it').fill('customer-8');
  expect(await erase.isDisabled()).toBe(true);
  await page.getByLabel('Type customer-7 to erase it').fill('customer-7');
  await expectAccessible(page);
  await erase.click();
  await expectFocus(page.getByRole('heading', { name: 'Erased' }));
  const subjects = await site.server.call('GET', '/api/v1/memory/subjects', { token: account.token });
  expect(subjects.body).toMatchObject({ items: [] });
});

test('shows facts before there is an entity, and says in a sentence when an address names nothing', async () => {
  const account = await createAccount(site);
  for (const scope of ['user', 'worker']) {
    const body = { text: 'The counter runs on port 3000.', scope, ...(scope === 'worker' && { scope_id: 'backend' }) };
    await site.server.call('POST', '/api/v1/memory', { token: account.token, body });
  }
  const { page } = await site.visit();
  await signIn(page, account, '/memory');
  await page.getByRole('heading', { name: 'Newest facts' }).waitFor();
  expect(await page.getByText('The counter runs on port 3000.').count()).toBe(1);
  await page.getByText('The same for').waitFor();
  await expectAccessible(page);
  await page.goto('/memory/nope.md');
  await page.getByText('There is no such file.').waitFor();
  await page.getByRole('link', { name: 'All facts' }).click();
  await page.getByRole('link', { name: /^The counter runs/ }).waitFor();
});

test('shows zero counts for a user of an application who has facts and no files', async () => {
  const account = await createAccount(site);
  const body = { text: 'I live in Bergen.', user_id: 'tove' };
  await site.server.call('POST', '/api/v1/memory', { token: account.token, body });
  const { page } = await site.visit();
  await signIn(page, account, '/memory/repository?user_id=tove');
  await page.getByText('0 files, 0 of them entities').waitFor();
  await page.getByText('No repository yet.').waitFor();
  expect(await page.getByRole('heading', { name: 'Clean-ups' }).count()).toBe(0);
  await expectAccessible(page);
});

test('filters the facts by words in the address, and says how many there are', async () => {
  const account = await createAccount(site);
  for (let n = 1; n <= 52; n += 1) {
    const body = { text: `Room ${n} has ${n % 2 ? 'a green' : 'a red'} door.`, scope: 'user' };
    await site.server.call('POST', '/api/v1/memory', { token: account.token, body });
  }
  const { page } = await site.visit();
  await signIn(page, account, '/memory/facts');
  await page.getByText('52 facts', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'Facts 52' }).waitFor();
  await page.getByRole('searchbox', { name: 'Filter by words' }).fill('GREEN room 5');
  await page.getByText('6 facts', { exact: true }).waitFor();
  expect(new URL(page.url()).searchParams.get('q')).toBe('GREEN room 5');
  expect(await page.getByRole('textbox', { name: 'Search memory' }).inputValue()).toBe('');
  await expectAccessible(page);
  await page.reload();
  await page.getByText('6 facts', { exact: true }).waitFor();
  await page.getByRole('searchbox', { name: 'Filter by words' }).fill('blue');
  await page.getByText('No fact fits this filter.').waitFor();
  await page.getByRole('link', { name: 'Show all facts' }).click();
  await page.getByText('52 facts', { exact: true }).waitFor();
  expect(await page.getByRole('searchbox', { name: 'Filter by words' }).inputValue()).toBe('');
});

test('the palette finds entities and facts', async () => {
  const account = await accountWithMemory();
  const { page } = await site.visit();
  await signIn(page, account);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('Porto');
  await page.getByRole('option', { name: /^Maya/ }).click();
  await page.getByRole('heading', { name: 'Maya', level: 2 }).waitFor();
});
