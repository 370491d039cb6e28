import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { call, type ScriptedTeam, startTeam } from '../support/team-script.ts';
import { expectAccessible } from './support/accessible.ts';
import { visitSignedIn } from './support/account.ts';
import { test, useSite } from './support/site.ts';

/** The chat room: sending, reading, stopping, versions, forks, two tabs, keys and phones. */
const environment: Record<string, string> = { GEMINI_API_KEY: 'a-key-of-the-test' };
let team: ScriptedTeam;
beforeAll(async () => {
  team = await startTeam();
  Object.assign(environment, { GOOGLE_GEMINI_BASE_URL: team.gemini.url });
});
const site = useSite(environment);
afterAll(async () => {
  await team.gemini.close();
});

const field = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true });
const answers = (page: Page) => page.getByRole('article', { name: 'Assistant' });
const questions = (page: Page) => page.getByRole('article', { name: 'You' });

async function ask(page: Page, words: string): Promise<void> {
  await field(page).fill(words);
  await field(page).press('Enter');
  await questions(page).filter({ hasText: words }).waitFor();
}

const ended = (page: Page) => page.getByRole('button', { name: 'Send' }).waitFor();

test('sends a message and shows the answer with its tools, model and cost', async () => {
  team.perform({
    assistant: [
      {
        thinking: 'I should compute it.',
        text: 'I look.',
        toolCalls: [call('calculator', { expression: '6*7' }), call('current_time', {})],
      },
      { text: 'It is **42**.\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n```ts\nconst a = 1;\n```\n' },
    ],
  });
  const { page } = await visitSignedIn(site, '/chat');
  await expectAccessible(page);
  await page.screenshot({ path: '/tmp/room-empty.png' });
  await ask(page, 'What is 6 times 7?');
  await page.waitForURL(/\/chat\/chat_/);
  await answers(page).getByText('42').waitFor();
  await ended(page);
  await page.screenshot({ path: '/tmp/room-answer.png' });
  await expectAccessible(page);
});

const WORDS = Array.from({ length: 400 }, (_, index) => `word${index}`);
/** An answer that takes long enough to be looked at. */
const slowly = (words: readonly string[]) => ({
  text: words.join(' '),
  chunks: words.map((word) => `${word} `),
  chunkDelayMs: 25,
});

test('goes on after a reload in the middle of an answer, in a second tab, and stops from there', async () => {
  team.perform({ assistant: [slowly(WORDS)] });
  const { page, newTab } = await visitSignedIn(site, '/chat');
  await ask(page, 'Count for long');
  await page.waitForURL(/\/chat\/chat_/);
  await answers(page).getByText('word5').waitFor();
  await page.reload();
  await answers(page).getByText('word20').waitFor();
  const other = await newTab(new URL(page.url()).pathname);
  await answers(other).getByText('word30').waitFor();
  await other.getByRole('button', { name: 'Stop', exact: true }).click();
  for (const tab of [other, page]) {
    await tab.bringToFront();
    await answers(tab).getByText('Stopped.').waitFor();
    await answers(tab).getByText('word5').waitFor();
    await ended(tab);
  }
});

test('keeps the versions of an edited message, and shows each', async () => {
  const { page } = await visitSignedIn(site, '/chat');
  team.perform({ assistant: [{ text: 'Rome is warm.' }] });
  await ask(page, 'How is Rome?');
  await ended(page);
  team.perform({ assistant: [{ text: 'Oslo is cold.' }] });
  await field(page).press('ArrowUp');
  await field(page).fill('How is Oslo?');
  await field(page).press('Enter');
  await answers(page).getByText('Oslo is cold.').waitFor();
  await ended(page);
  await page.getByText('2 / 2').waitFor();
  await page.getByRole('button', { name: 'Previous version' }).click();
  await answers(page).getByText('Rome is warm.').waitFor();
  await page.getByText('1 / 2').waitFor();
});

test('forks at a message into a chat of its own, and names both', async () => {
  const { page } = await visitSignedIn(site, '/chat');
  team.perform({ assistant: [{ text: 'Seven.' }] });
  await ask(page, 'How many days has a week?');
  await ended(page);
  const original = new URL(page.url()).pathname;
  await field(page).press('Escape');
  await page.keyboard.press('f');
  await page.waitForURL((url) => url.pathname !== original);
  await page.getByText('Forked from').waitFor();
  await page
    .getByRole('region', { name: 'Conversation' })
    .getByRole('link', { name: 'How many days has a week?' })
    .click();
  await page.waitForURL(`**${original}`);
  await page.getByText('1 fork').waitFor();
});

test('keeps the words when the server does not answer, and sends them once', async () => {
  const { page, announceOutage } = await visitSignedIn(site, '/chat');
  team.perform({ assistant: [{ text: 'Here I am.' }] });
  await field(page).fill('Are you there?');
  const isBack = announceOutage();
  await page.context().setOffline(true);
  await field(page).press('Enter');
  await page.getByRole('alert').getByText('The server did not answer.').waitFor();
  await page.context().setOffline(false);
  isBack();
  await page.reload();
  await field(page).press('Enter');
  await answers(page).getByText('Here I am.').waitFor();
});

test('asks before a tool acts, where the answer stands, and goes on after the decision', async () => {
  const { page } = await visitSignedIn(site, '/chat');
  team.perform({
    assistant: [
      { text: 'I look.', toolCalls: [call('web_fetch', { url: 'https://unknown.example/page' })] },
      { text: 'Then without it.' },
    ],
  });
  await ask(page, 'Read something');
  await page.getByRole('button', { name: 'Look at it' }).waitFor();
  await page.screenshot({ path: '/tmp/room-asked.png' });
  await page.reload();
  await page.getByRole('button', { name: 'Look at it' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click();
  await answers(page).getByText('Then without it.').waitFor();
  await ended(page);
});

test('attaches a file to a message', async () => {
  const { page } = await visitSignedIn(site, '/chat');
  team.perform({ assistant: [{ text: 'It says hello.' }] });
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'hello.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') });
  await page.getByRole('button', { name: 'Remove hello.txt' }).waitFor();
  await expect.poll(() => page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);
  await ask(page, 'What does it say?');
  await answers(page).getByText('It says hello.').waitFor();
  await questions(page).getByText('hello.txt').waitFor();
  expect(team.of('assistant').at(-1)?.request.messages.at(-1)).toMatchObject({
    text: expect.stringContaining('hello'),
  });
});

test('manages chats in the list: rename, tags, archive, search, delete', async () => {
  const { page } = await visitSignedIn(site, '/chat');
  team.perform({ assistant: [{ text: 'Good.' }] });
  await ask(page, 'First thing');
  await ended(page);
  const list = page.getByRole('list', { name: 'Chats' });
  const choose = async (item: string) => {
    await page
      .getByRole('button', { name: /^Actions of/ })
      .first()
      .click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  await choose('Rename');
  await page.getByRole('dialog').getByLabel('Name').fill('Second name');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await list.getByText('Second name').waitFor();
  await choose('Tags');
  await page.getByRole('dialog').getByLabel('Tags').fill('work, notes');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Tag work' }).click();
  await page.waitForURL(/tag=work/);
  await choose('Archive');
  await list.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Archived' }).click();
  await list.getByText('Second name').waitFor();
  await page.getByRole('searchbox', { name: 'Search chats' }).fill('nothing like it');
  await page.getByText('No chat passes the filters.').waitFor();
  await page.getByRole('button', { name: 'Show all chats' }).click();
  await page.getByRole('button', { name: 'Archived' }).click();
  await choose('Delete');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('The chat is deleted').waitFor();
});
