import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { z } from 'zod';
import { gate, spawns, taskOf, waits } from '../agents/bench.ts';
import type { ScriptedRequest } from '../support/scripted-provider.ts';
import { call, type ScriptedTeam, startTeam } from '../support/team-script.ts';
import { expectAccessible, expectFocus, pressOn, tabTo } from './support/accessible.ts';
import { type Account, visitSignedIn } from './support/account.ts';
import { expectInert, HOSTILE_TEXT } from './support/hostile.ts';
import { test, useSite } from './support/site.ts';

/**
 * Trees of agents. The root spawns two agents and waits for them; the answer of each agent is scripted by its task: an
 * agent that waits answers when the gate is opened.
 */
const environment: Record<string, string> = { GEMINI_API_KEY: 'a-key-of-the-test' };
const held = gate();
let team: ScriptedTeam;
beforeAll(async () => {
  team = await startTeam({ agent: [answer] });
  environment.GOOGLE_GEMINI_BASE_URL = team.gemini.url;
});
const site = useSite(environment);
afterAll(async () => {
  held.open();
  await team.gemini.close();
});

function answer(request: ScriptedRequest) {
  const task = taskOf(request);
  const turn = request.messages.filter(({ role }) => role === 'assistant').length;
  if (task.startsWith('Split') && turn === 0) return spawns(`Ask the archive. ${task}`, `Ask the library. ${task}`);
  if (task.startsWith('Split') && turn === 1) return waits();
  if (task.includes('and wait') && !task.startsWith('Split'))
    return { text: '-', hold: { before: 0, until: held.opened } };
  return { text: task.includes('attack') ? HOSTILE_TEXT : `## Found\n\nAll of **${task.slice(0, 15)}**` };
}

const Started = z.object({ id: z.string() });

async function spawn({ token }: Account, task: string): Promise<string> {
  const { body } = await site.server.call('POST', '/api/v1/agents/spawn', { token, body: { task } });
  return Started.parse(body).id;
}

const tree = (page: Page) => page.getByRole('tree', { name: 'Agents of this tree' });
const lines = (page: Page) => tree(page).getByRole('treeitem');
const panel = (page: Page) => page.getByRole('region', { name: 'Chosen agent' });
const dialog = (page: Page) => page.getByRole('dialog');

test('an agent is spawned without a tool, its tree grows and ends, and is read with the keyboard alone', async () => {
  const { page } = await visitSignedIn(site, '/usage');
  await page.goto('/');
  await page.getByText('Nothing has run here yet.').waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await page.getByText('No agent yet.').waitFor();
  await expectAccessible(page);
  await page.keyboard.press('n');
  await page.getByLabel('Task').fill('Split this task');
  await page.getByText('splits a large one between other agents').waitFor();
  await tabTo(page, page.getByRole('checkbox', { name: 'web_search' }));
  await page.keyboard.press('Space');
  await page.getByText('1 left out').waitFor();
  await page.getByLabel('Budget in US dollars').fill('0.5');
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Home', exact: true }).first().click();
  await page.waitForURL('/');
  await page.goBack();
  await page.getByText('1 left out').waitFor();
  expect(await page.getByLabel('Task').inputValue()).toBe('Split this task');
  await page.getByLabel('Task').press('Control+Enter');
  await page.waitForURL(/\/agents\/agent_/);

  await page.getByText('3 of 3 ended').waitFor();
  await page.getByText('of $0.50').waitFor();
  expect(await lines(page).count()).toBe(3);
  await panel(page).getByRole('heading', { name: 'Found' }).waitFor();
  await expectAccessible(page);

  await tabTo(page, lines(page).first());
  await page.keyboard.press('ArrowRight');
  await expectFocus(lines(page).nth(1));
  await page.keyboard.press('End');
  await expectFocus(lines(page).nth(2));
  await page.keyboard.press('Enter');
  await panel(page).getByText('All of Ask the library').waitFor();
  await page.keyboard.press('ArrowLeft');
  await expectFocus(lines(page).first());
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => lines(page).count()).toBe(1);
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => lines(page).count()).toBe(3);
  await page.reload();
  await panel(page).getByText('All of Ask the library').waitFor();
  await pressOn(page, panel(page).getByRole('link', { name: 'Its turns in the run' }));
  await page.waitForURL(/\/runs\/run_.*turn=/);
  await page.getByRole('region', { name: 'Chosen turn' }).getByText('All of Ask the library').waitFor();

  await page.goto('/agents?status=failed');
  await page.getByText('No agent matches this filter.').waitFor();
  await page.getByRole('link', { name: 'Done' }).click();
  await page.getByRole('link', { name: 'Split this task' }).waitFor();
  await page.keyboard.press('j');
  await expectFocus(page.getByRole('link', { name: 'Split this task' }));
  await page.keyboard.press('Enter');
  await lines(page).nth(2).waitFor();
});

test('an agent is cancelled with a question before, then its whole tree', async () => {
  const { page, account } = await visitSignedIn(site, '/agents');
  await page.getByText('No agent yet.').waitFor();
  await spawn(account, 'Split this and wait');
  await page.getByRole('link', { name: 'Split this and wait' }).waitFor();
  await page.getByRole('link', { name: 'Home', exact: true }).first().click();
  await page.getByRole('region', { name: 'At work' }).getByRole('link', { name: 'Split this and wait' }).click();
  await lines(page).nth(2).getByText('Working').waitFor();
  await lines(page).nth(1).click();
  await page.keyboard.press('x');
  await dialog(page).getByText('Cancel this agent?').waitFor();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await panel(page).getByRole('button', { name: 'Cancel' }).click();
  await dialog(page).getByRole('button', { name: 'Cancel', exact: true }).click();
  await lines(page).nth(1).getByText('Cancelled').waitFor();
  expect(await lines(page).nth(2).getByText('Working').isVisible()).toBe(true);
  await page.getByRole('button', { name: 'Cancel the tree' }).click();
  await dialog(page).getByRole('button', { name: 'Let it work' }).waitFor();
  await dialog(page).getByRole('button', { name: 'Cancel the tree' }).click();
  await page.getByText('3 of 3 ended').waitFor();
  await lines(page).nth(0).getByText('Cancelled').waitFor();
  await expectAccessible(page);
});

test('an own type is copied from a built-in one, changed, given to an agent and deleted', async () => {
  const { page, announce } = await visitSignedIn(site, '/agents/types');
  const list = page.getByRole('list', { name: 'Types' });
  await page.getByRole('button', { name: 'Instruction of researcher' }).click();
  await list.getByText('You are the researcher agent').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Copy researcher' }).click();
  await expectFocus(dialog(page).getByLabel('Name'));
  await page.keyboard.type('writer');
  announce(409, '/api/v1/agents/types');
  await dialog(page).getByRole('button', { name: 'Create' }).click();
  await dialog(page).getByRole('alert').waitFor();
  await expectAccessible(page);
  await dialog(page).getByLabel('Name').fill('archivist');
  await dialog(page).getByLabel('Description').fill('Knows <b>where</b> things are.');
  await dialog(page).getByRole('checkbox', { name: 'calculator' }).check();
  await dialog(page).getByRole('button', { name: 'Create' }).click();
  await list.getByText('Knows <b>where</b> things are.').waitFor();
  await page.getByRole('button', { name: 'Change archivist' }).click();
  await dialog(page).getByLabel('Most turns').fill('7');
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await list.getByText('up to 7 turns').waitFor();

  await page.goto('/agents/new');
  await page.getByLabel('Type').selectOption('archivist');
  await page.getByText('Knows <b>where</b> things are.').waitFor();
  await page.getByLabel('Task').fill('Ask the cellar.');
  await page.getByRole('button', { name: 'Spawn', exact: true }).click();
  await panel(page).getByText('All of Ask the cellar.').waitFor();
  await lines(page).getByText('archivist').waitFor();

  await page.goto('/agents/types');
  await pressOn(page, page.getByRole('button', { name: 'Delete archivist' }));
  await pressOn(page, dialog(page).getByRole('button', { name: 'Delete' }));
  await page.getByRole('button', { name: 'Delete archivist' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Instruction of researcher' }).waitFor();
});

test('on a phone an agent opens as a sheet, and its task and result are only text', async () => {
  const { page, account } = await visitSignedIn(site, '/agents', { size: 'phone' });
  const id = await spawn(account, `Split this attack. ${HOSTILE_TEXT}`);
  await page.goto(`/agents/${id}`);
  await page.getByText('3 of 3 ended').waitFor();
  await page.getByRole('heading', { name: 'Result' }).waitFor();
  await expectAccessible(page);
  await lines(page).nth(1).click();
  await dialog(page).getByRole('heading', { name: 'Result' }).waitFor();
  await dialog(page).getByText('planted').first().waitFor();
  await expectAccessible(page);
  await expectInert(page);
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
  await expectInert(page);
  await page.goto('/agents');
  await page.getByRole('list', { name: 'Trees of agents, newest first' }).waitFor();
  await expectInert(page);
});

test('an agent that a conversation has spawned is a card in it: live, kept after a reload, with a link', async () => {
  const { page, account } = await visitSignedIn(site, '/chat');
  team.perform({
    agent: [answer],
    assistant: [{ text: '', toolCalls: [call('spawn_agent', { task: 'Ask the cellar and wait' })] }, { text: 'Soon.' }],
  });
  await page.getByLabel('Message', { exact: true }).fill('Let an agent ask the cellar');
  await page.keyboard.press('Enter');
  const card = page.getByRole('link', { name: /Ask the cellar and wait/ });
  await card.getByText('Working').waitFor();
  await page.getByText('Soon.').first().waitFor();
  await page.reload();
  await card.getByText('Working').waitFor();
  await card.getByText('$0.').waitFor();
  await expectAccessible(page);
  const [, id] = /\/agents\/(agent_\w+)$/.exec((await card.getAttribute('href')) ?? '') ?? [];
  await site.server.call('POST', `/api/v1/agents/${id}/cancel`, { token: account.token });
  await card.getByText('Cancelled').waitFor();
  await card.click();
  await page.waitForURL(`/agents/${id}`);
  await lines(page).getByText('Cancelled').waitFor();
});

test('a model whose provider has no key is refused at its field', async () => {
  const { page, account, announce } = await visitSignedIn(site, '/agents');
  await site.server.call('PATCH', '/api/v1/tenant', {
    token: account.token,
    body: { worker_config: { backend: { provider: 'claude', model: 'claude-x' } } },
  });
  await page.goto('/agents/new');
  await page.getByLabel('Task').fill('Why?');
  await page.getByLabel('Model').selectOption('claude/claude-x');
  announce(422, '/api/v1/agents/spawn');
  await page.getByRole('button', { name: 'Spawn', exact: true }).click();
  await page.getByText('Claude has no key: set ANTHROPIC_API_KEY in the environment of the server').waitFor();
  await expectFocus(page.getByLabel('Model'));
  await expectAccessible(page);
});
