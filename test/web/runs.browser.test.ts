import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { z } from 'zod';
import { expectAccessible, expectFocus } from './support/accessible.ts';
import { type Account, visitSignedIn } from './support/account.ts';
import { test, useSite } from './support/site.ts';

const site = useSite();

const Started = z.object({ id: z.string() });
const Listed = z.object({ items: z.array(z.object({ id: z.string(), query: z.string(), status: z.string() })) });

/** Starts a run of one worker, which the rehearsal ends within seconds. */
async function startRun({ token }: Account, query: string): Promise<string> {
  const { body } = await site.server.call('POST', '/api/v1/runs', { token, body: { query, agent_type: 'thinker' } });
  return Started.parse(body).id;
}

async function listRuns({ token }: Account) {
  const { body } = await site.server.call('GET', '/api/v1/runs', { token });
  return Listed.parse(body).items;
}

const runsOf = async (account: Account) => (await listRuns(account)).map(({ query }) => query);
const statusesOf = async (account: Account) => (await listRuns(account)).map(({ status }) => status);

const task = (page: Page) => page.getByRole('textbox', { name: 'Task' });
const rows = (page: Page) => page.getByRole('list', { name: 'Runs, newest first' }).getByRole('listitem');

test('a new account starts its first run from the example on the home page, once for two clicks', async () => {
  const { page, account } = await visitSignedIn(site);
  expect(await task(page).inputValue()).toContain('Build a counter');
  await expectAccessible(page);
  await task(page).fill('Build a counter with two buttons');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('Rehearsal: no model is called.').waitFor();
  expect(await task(page).inputValue()).toBe('Build a counter with two buttons');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Start', exact: true }).dblclick();
  await page.waitForURL(/\/runs\/run_/);
  expect(await runsOf(account)).toEqual(['Build a counter with two buttons']);
  await page.goto('/');
  await page.getByRole('link', { name: 'Build a counter with two buttons' }).waitFor();
  await expectAccessible(page);
});

test('the start form says what is wrong, keeps the draft, and after a lost answer starts no second run', async () => {
  const { page, account, announceOutage } = await visitSignedIn(site, '/runs/new');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByText('Say what should be done.').waitFor();
  await expectFocus(task(page));
  await task(page).fill('Ship it');
  await page.getByLabel('Budget in US dollars').fill('much');
  await page.getByLabel('GitHub repository').fill('owner');
  await page.getByLabel('Hosts that its commands may reach').fill('evil.example.org');
  await page.keyboard.press('Control+Enter');
  await page.getByText('Your team does not allow evil.example.org.').waitFor();
  await expectFocus(page.getByLabel('Budget in US dollars'));
  const described = await page.getByLabel('Budget in US dollars').getAttribute('aria-describedby');
  expect(await page.locator(`[id="${described}"]`).textContent()).toContain('at most 100,000');
  await expectAccessible(page);
  await page.reload();
  expect(await task(page).inputValue()).toBe('Ship it');
  expect(await page.getByLabel('GitHub repository').inputValue()).toBe('owner');
  expect(await runsOf(account)).toEqual([]);
  await page.getByRole('button', { name: 'Discard the draft' }).click();
  await page.reload();
  expect(await task(page).inputValue()).toBe('');

  const isBack = announceOutage();
  // The server gets the request; the page does not get the answer.
  await page.route('**/api/v1/runs', async (route) => {
    await route.fetch();
    await route.abort();
  });
  await task(page).fill('Only once');
  await page.getByRole('radio', { name: /One worker/ }).check();
  await page.keyboard.press('Control+Enter');
  await page.getByText('The server did not answer.').waitFor();
  await page.unroute('**/api/v1/runs');
  isBack();
  await page.reload();
  expect(await task(page).inputValue()).toBe('Only once');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.waitForURL(/\/runs\/run_/);
  expect(await runsOf(account)).toEqual(['Only once']);
});

test('the list is filtered by its address, follows what changes and compares two runs', async () => {
  const { page, account } = await visitSignedIn(site, '/runs');
  await page.getByText('No run yet. Give a team a task.').waitFor();
  await startRun(account, 'Name a colour');
  await rows(page).getByText('Done').waitFor();
  await startRun(account, 'Name a river');
  await page.getByRole('button', { name: 'Show 1 new run' }).click();
  await rows(page).filter({ hasText: 'Name a river' }).getByText('Done').waitFor();
  await page.getByRole('button', { name: 'Done 2' }).waitFor();
  await expectAccessible(page);

  await page.keyboard.press('/');
  await page.keyboard.type('colour');
  await expect.poll(() => rows(page).count()).toBe(1);
  expect(new URL(page.url()).search).toBe('?q=colour');
  await page.reload();
  await page.getByRole('button', { name: 'Remove the filter “colour”' }).click();
  await expect.poll(() => rows(page).count()).toBe(2);
  await page.getByRole('button', { name: 'Failed 0' }).click();
  await page.getByText('No run matches these filters.').waitFor();
  await page.getByRole('button', { name: 'Clear all filters' }).click();

  await rows(page).nth(1).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.keyboard.press('j');
  await expectFocus(page.getByRole('link', { name: 'Name a colour' }));
  await page.keyboard.press('x');
  await page.getByRole('link', { name: 'Compare the two' }).click();
  await page.getByRole('heading', { name: 'The tasks differ' }).waitFor();
  await page.getByText('Neither run has files.').waitFor();
  await expectAccessible(page);

  await startRun(account, 'Name a bird');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search runs, memory and commands' }).fill('bird');
  await page.getByRole('option', { name: /Name a bird/ }).click();
  await page.waitForURL(/\/runs\/run_/);
  await expect.poll(() => statusesOf(account)).toEqual(['completed', 'completed', 'completed']);
  await page.goto('/runs');
  await page.getByText(/^Since you last looked, .*: 1 done\.$/).waitFor();
});

test('a run is replayed with another task and deleted after a question', async () => {
  const { page, account, announce } = await visitSignedIn(site, '/runs', { size: 'phone' });
  const id = await startRun(account, 'Name a tree');
  await rows(page).getByText('Done').waitFor();
  await page.goto('/runs/new?replay=run_x');
  await page.getByRole('heading', { name: 'There is no such run' }).waitFor();
  await page.goto(`/runs/${id}`);
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Replay with changes' }).click();
  await expectFocus(task(page));
  // The task is chosen: what is typed takes its place.
  await page.keyboard.type('Name two trees');
  await page.getByRole('button', { name: 'Replay', exact: true }).click();
  await page.waitForURL(/\/runs\/run_/);
  await page.goto('/runs');
  await rows(page).filter({ hasText: 'Name two trees' }).getByText('Done').waitFor();
  const actions = page.getByRole('button', { name: 'Actions for Name a tree' });
  const askToDelete = async () => {
    await actions.click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete the run' }).waitFor();
  };
  await askToDelete();
  await page.keyboard.press('Escape');
  await expectFocus(actions);
  await askToDelete();
  await page.getByRole('button', { name: 'Delete the run' }).click();
  await expect.poll(() => rows(page).count()).toBe(1);
  await expectFocus(page.getByRole('link', { name: 'Name two trees' }));
  await expect.poll(() => runsOf(account)).toEqual(['Name two trees']);
  await expectAccessible(page);
  announce(404, `/api/v1/runs/${id}`);
  const [replay] = await listRuns(account);
  await page.goto(`/runs/compare?a=${replay?.id}&b=${id}`);
  await page.getByText('Run B is not there').waitFor();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Compare the other with another run' }).click();
  await page.getByText('There is no other run yet.').waitFor();
});

test('a run that was deleted elsewhere leaves the list and the home page by itself', async () => {
  const { page, account } = await visitSignedIn(site);
  const [gone, kept] = [await startRun(account, 'Delete me elsewhere'), await startRun(account, 'Keep me')];
  await expect.poll(() => statusesOf(account), { timeout: 20_000 }).toEqual(['completed', 'completed']);
  const remove = (id: string) => site.server.call('DELETE', `/api/v1/runs/${id}`, { token: account.token });
  await page.goto('/runs');
  await expect.poll(() => rows(page).count()).toBe(2);
  expect((await remove(gone)).status).toBe(204);
  await expect
    .poll(() => rows(page).allTextContents(), { timeout: 10_000 })
    .toEqual([expect.stringContaining('Keep me')]);
  await page.goto('/');
  await page.getByRole('link', { name: 'Keep me' }).waitFor();
  expect((await remove(kept)).status).toBe(204);
  await expect.poll(() => page.getByRole('link', { name: 'Keep me' }).count(), { timeout: 10_000 }).toBe(0);
});
