import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { z } from 'zod';
import { expectAccessible, expectFocus, pressOn, tabTo } from './support/accessible.ts';
import { type Account, visitSignedIn } from './support/account.ts';
import { expectInert, HOSTILE_TEXT } from './support/hostile.ts';
import { PATIENCE_MS, test, useSite } from './support/site.ts';

/** Councils against the rehearsal, whose members disagree at first and converge; only the Skeptic never does. */
const site = useSite();
const Started = z.object({ id: z.string() });
const Round = z.object({ round: z.int() });
const Agreed = z.object({ agreements: z.array(z.unknown()) });
/** The Skeptic alone takes the third option and keeps it, so this council holds all its rounds. */
const LONG = { question: 'Do we move the reports?', options: ['Stay', 'Move', 'Measure'], rounds: 10, threshold: 1 };

async function startCouncil({ token }: Account, body: object): Promise<string> {
  const answer = await site.server.call('POST', '/api/v1/agents/council', { token, body });
  return Started.parse(answer.body).id;
}

const readCouncil = ({ token }: Account, id: string) =>
  site.server.call('GET', `/api/v1/agents/council/${id}`, { token });
const matrix = (page: Page) => page.getByRole('region', { name: 'What each member said, round by round' });
const cell = (page: Page, name: string) => matrix(page).getByRole('button', { name });
const fact = (page: Page, words: string) => page.locator('dl').getByText(words, { exact: true });
const isEnded = (page: Page) => page.getByRole('heading', { name: 'Outcome' }).waitFor();

test('a council is asked from an address, says what it costs, and argues until most agree', async () => {
  const { page } = await visitSignedIn(
    site,
    '/agents/council/new?question=Where%20do%20we%20begin%3F&options=Small&options=All%0Aat%20once',
  );
  const foreseen = page.getByRole('status', { name: 'Foreseen' });
  await foreseen.getByText('for 18 calls of a model').waitFor();
  expect(await page.getByLabel('Question').inputValue()).toBe('Where do we begin?');
  expect(await page.getByLabel('Options').inputValue()).toBe('Small\nAll at once');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Remove Innovator' }).click();
  await page.getByLabel('Most rounds').fill('2');
  await foreseen.getByText('for 10 calls of a model').waitFor();
  await page.getByRole('button', { name: 'Add a member' }).click();
  await expectFocus(page.getByRole('group', { name: 'Member 5' }).getByLabel('Name'));
  await page.keyboard.type('Lawyer');
  await page.getByLabel('Most rounds').fill('3');
  await page.getByRole('button', { name: 'Ask', exact: true }).dblclick();
  await page.waitForURL(/\/council\/council_/);

  await isEnded(page);
  await fact(page, 'Consensus').waitFor();
  await page.locator('dl').getByText('80 % needed').waitFor();
  const changed = matrix(page).getByText('In the script most others hold this position').first();
  await changed.waitFor();
  await expectAccessible(page);
  await cell(page, 'Pragmatist, round 1').click();
  const sheet = page.getByRole('dialog');
  await sheet.getByText('A script does not weigh the question').waitFor();
  await sheet.getByText('What would change its mind').waitFor();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expectFocus(cell(page, 'Pragmatist, round 1'));
  await page.keyboard.press('ArrowDown');
  await expectFocus(cell(page, 'Idealist, round 1'));
  await page.keyboard.press('ArrowRight');
  await expectFocus(cell(page, 'Idealist, round 2'));

  await page.keyboard.press('Enter');
  await sheet.getByRole('link', { name: 'Its turn in the run' }).click();
  await page.waitForURL(/\/runs\/run_.*turn=round-2/);
  await page.getByRole('region', { name: 'Chosen turn' }).getByText('Scripted rehearsal').waitFor();
  await page.getByRole('link', { name: 'Council', exact: true }).click();
  await page.waitForURL(/\/council\/council_/);

  await page.goto('/agents?tab=councils');
  const list = page.getByRole('list', { name: 'Councils, newest first' });
  await list.getByText('Winner: Small').waitFor();
  await list.getByRole('listitem').first().waitFor();
  expect(await list.getByRole('listitem').count()).toBe(1);
  await expectAccessible(page);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('WHERE DO WE');
  await page.getByRole('option', { name: /Where do we begin\? Council/ }).click();
  await page.waitForURL(/\/council\/council_/);
});

test('with the keyboard alone a council is paused, told something, resumed and stopped', async () => {
  const { page, account } = await visitSignedIn(site, '/agents?tab=councils');
  const id = await startCouncil(account, LONG);
  await page.goto(`/council/${id}`);
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  await page.keyboard.press('p');
  await page.getByText('The council is paused').waitFor();
  await fact(page, 'Paused').waitFor();
  await expectAccessible(page);
  const { round } = Round.parse((await readCouncil(account, id)).body);
  await page.keyboard.press('i');
  await expectFocus(page.getByLabel('What you say'));
  await page.getByText(`After you resume it, all members read this before round ${round + 1}.`).waitFor();
  await page.keyboard.type('We have two weeks.');
  await page.keyboard.press('Meta+Enter');
  await matrix(page).getByText('We have two weeks.').waitFor();
  await pressOn(page, page.getByRole('button', { name: 'Resume' }));
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  await pressOn(page, page.getByRole('button', { name: 'Stop', exact: true }));
  const question = page.getByRole('dialog', { name: 'Stop this council?' });
  await question.waitFor();
  await tabTo(page, question.getByRole('button', { name: 'Let it go on' }));
  await pressOn(page, question.getByRole('button', { name: 'Stop', exact: true }));
  await fact(page, 'Stopped by a person').waitFor();
  const soFar = page.getByRole('region', { name: 'Outcome' });
  await soFar.getByText(/^A person stopped the council in round \d+\. .* no result\.$/).waitFor();
  expect(await soFar.getByRole('heading', { name: 'Outcome' }).count()).toBe(0);
  await expectAccessible(page);
});

test('the form says nothing while a field is typed, and then what is wrong at the field', async () => {
  const { page, account, announce } = await visitSignedIn(site, '/agents?tab=councils');
  await site.server.call('PATCH', '/api/v1/tenant', {
    token: account.token,
    body: { worker_config: { backend: { provider: 'claude', model: 'claude-x' } } },
  });
  await page.goto('/agents/council/new');
  const foreseen = page.getByRole('status', { name: 'Foreseen' });
  await foreseen.getByText('Fill in the question to see the cost.').waitFor();
  await page.getByLabel('Question').fill('Which?');
  await foreseen.getByText('for 18 calls of a model').waitFor();
  announce(422, '/api/v1/agents/council/estimate');
  const second = page.getByRole('group', { name: 'Member 2' });
  await second.getByLabel('Name').focus();
  await page.keyboard.type('/');
  await foreseen.getByText('Complete the form to see the cost.').waitFor();
  expect(await page.getByText('must be letters').count()).toBe(0);
  await page.keyboard.press('Tab');
  await second.getByText('must be letters').waitFor();
  await second.getByLabel('Name').fill('Idealist');
  await second.getByLabel('Model').selectOption('claude/claude-x');
  await second.getByText('Claude has no key: set ANTHROPIC_API_KEY').waitFor();
  await expectAccessible(page);
  await second.getByLabel('Model').selectOption("The team's model");
  await page.getByLabel('Vote').check();
  expect(await page.getByLabel('Most rounds').count()).toBe(0);
  await page.getByLabel('Options').fill('Tea\nCoffee');
  await foreseen.getByText('for 5 calls of a model').waitFor();
  await page.getByLabel('Share the positions in the village').check();
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await page.waitForURL(/\/council\/council_/);

  await page.getByRole('link', { name: 'Thread of the positions' }).click();
  const thread = page.getByRole('dialog', { name: 'Which?' });
  await thread.getByText('Tea: I hold “Tea”').first().waitFor();
  await thread.getByRole('link', { name: "Open the council's run" }).first().waitFor();
  const agreed = async () => {
    const { body } = await site.server.call('GET', '/api/v1/village/convergence', { token: account.token });
    return Agreed.parse(body).agreements.length;
  };
  await expect.poll(agreed, { timeout: PATIENCE_MS }).toBeGreaterThan(0);
});

test('on a phone a round fills the screen, and the others are one swipe or button away', async () => {
  const { page, account } = await visitSignedIn(site, '/agents?tab=councils', { size: 'phone' });
  const id = await startCouncil(account, { ...LONG, rounds: 3 });
  await page.goto(`/council/${id}`);
  await isEnded(page);
  const rounds = page.getByRole('navigation', { name: 'Rounds' });
  await expect.poll(() => rounds.getByRole('button', { name: 'Round 3' }).getAttribute('aria-pressed')).toBe('true');
  await expectAccessible(page);
  await rounds.getByRole('button', { name: 'Round 1' }).click();
  await cell(page, 'Skeptic, round 1').click();
  await page.getByRole('dialog', { name: 'Skeptic, round 1' }).waitFor();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await matrix(page).evaluate((strip) => strip.scrollTo({ left: strip.clientWidth }));
  await expect.poll(() => rounds.getByRole('button', { name: 'Round 2' }).getAttribute('aria-pressed')).toBe('true');
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
});

test('personas, stances and what a person says are only text', async () => {
  const { page, account } = await visitSignedIn(site, '/agents?tab=councils');
  const options = HOSTILE_TEXT.split('\n\n').map((line) => line.replaceAll('\n', ' ').slice(0, 200));
  const hostile = [...new Set(options)].slice(0, 10);
  const id = await startCouncil(account, {
    ...LONG,
    question: HOSTILE_TEXT.slice(0, 4_000),
    options: hostile,
    agents: ['Skeptic', 'Two', 'Three'].map((name, index) => ({
      name,
      persona: HOSTILE_TEXT.slice(index * 300, 1_000),
    })),
  });
  await page.goto(`/council/${id}`);
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  await page.keyboard.press('p');
  await page.getByText('The council is paused').waitFor();
  const answer = await site.server.call('POST', `/api/v1/agents/council/${id}/interject`, {
    token: account.token,
    body: { text: HOSTILE_TEXT.slice(0, 2_000) },
  });
  expect(answer.status).toBe(201);
  await matrix(page).getByRole('rowheader', { name: 'Said to them' }).waitFor();
  await cell(page, 'Skeptic, round 1').click();
  await page.getByRole('dialog').waitFor();
  await expectInert(page);
  await page.keyboard.press('Escape');
  await page.goto('/agents?tab=councils');
  const list = page.getByRole('list', { name: 'Councils, newest first' });
  await list.getByText('Paused').waitFor();
  await site.server.call('POST', `/api/v1/agents/council/${id}/stop`, { token: account.token });
  await list.getByText('Stopped by a person').waitFor();
  await expectInert(page);
  await page.goBack();
  await fact(page, 'Stopped by a person').waitFor();
  await expectInert(page);
});
