import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { call, type ScriptedTeam, startTeam } from '../support/team-script.ts';
import { expectAccessible, expectFocus } from './support/accessible.ts';
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
        text: `I look.${'\n\nA line.'.repeat(40)}`,
        toolCalls: [call('calculator', { expression: '6*7' })],
      },
      { text: 'And the time.', toolCalls: [call('current_time', {})] },
      { text: 'It is **42**.\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n```ts\nconst a = 1;\n```\n' },
    ],
  });
  const { page } = await visitSignedIn(site, '/chat');
  await expectAccessible(page);
  await ask(page, 'What is 6 times 7?');
  await page.waitForURL(/\/chat\/chat_/);
  await answers(page).getByText('42').waitFor();
  await ended(page);
  expect(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight), 'the page scrolls').toBe(0);
  await expectAccessible(page);
});

const QUESTION = {
  id: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff',
  node_id: 'answer',
  kind: 'approval',
  text: 'Create the issue Crash at start?',
  options: [],
  tool: 'mcp__tracker__create_issue',
  arguments: { title: 'Crash at start' },
  details: null,
  fingerprint: 'f'.repeat(64),
  created_at: '2026-11-30T10:00:00Z',
  expires_at: '2099-11-30T10:00:00Z',
};
/** Two pages of messages. */
const EXCHANGES = 20;
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
  await expectFocus(field(other));
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
  await expectFocus(questions(page));
  team.perform({ assistant: [{ text: 'Rome is hot.' }] });
  await answers(page).hover();
  await answers(page).getByRole('button', { name: 'Ask again' }).click();
  await answers(page).getByText('Rome is hot.').waitFor();
  await page.getByText('3 / 3').waitFor();
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

test('shows what an answer asks where it stands, and sends the decision', async () => {
  const { page } = await visitSignedIn(site, '/chat');
  team.perform({ assistant: [slowly(WORDS)] });
  // No tool of the assistant asks by itself: the run is read with a question.
  const decided = Promise.withResolvers<unknown>();
  await page.route(/\/api\/v1\/runs\/run_[^/]+$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), questions: [QUESTION] } });
  });
  await page.route(/\/runs\/run_[^/]+\/input$/, (route) => {
    decided.resolve(route.request().postDataJSON());
    return route.fulfill({ json: { accepted: true } });
  });
  await ask(page, 'File the issue');
  await answers(page).getByText('Create the issue Crash at start?').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Look at it' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click();
  expect(await decided.promise).toMatchObject({ question_id: QUESTION.id, response: 'reject' });
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await ended(page);
});

test('shows the memory of an answer beside its words, and keeps what it proposes', async () => {
  const { page, account } = await visitSignedIn(site, '/chat');
  const facts = ['The notes project uses Postgres 16.', 'The notes project has two developers.'];
  for (const text of facts) await site.server.call('POST', '/api/v1/memory', { token: account.token, body: { text } });
  team.perform({
    assistant: [{ text: 'It keeps its notes in Postgres 16 [M1].\n\nA second paragraph that cites nothing [M77].' }],
    memory: [
      { text: '{"facts":[{"text":"The user prefers short answers.","category":"preference","origin":"person"}]}' },
    ],
  });
  await ask(page, 'What database does the notes project use? I prefer short answers.');
  await ended(page);
  const note = page.getByRole('note', { name: 'Memory M1' });
  await note.waitFor();
  await page.getByText('1 more was at hand').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Memory M1, show' }).click();
  await expectFocus(note);
  await page.keyboard.press('m');
  await expectFocus(page.getByRole('button', { name: 'Memory M1, show' }));
  await page.getByRole('button', { name: 'Actions of memory M1' }).click();
  await page.getByRole('menuitem', { name: 'Do not use again' }).click();
  await note.getByText('Not used again').waitFor();
  await page.getByText('It is not used in your chats any more').waitFor();
  const proposal = page.getByRole('region', { name: 'Remember this?' }).getByRole('listitem');
  await proposal.getByRole('button', { name: 'Dismiss' }).click();
  await proposal.getByText('Dismissed:').waitFor();
  await expectFocus(proposal);
  await page.getByText('cites nothing [M77]').waitFor();
});

test('shows a run that the assistant started, until its end', async () => {
  const { page } = await visitSignedIn(site, '/chat');
  team.perform({
    assistant: [
      { text: '', toolCalls: [call('start_run', { kind: 'run', task: 'Count the words', worker: 'thinker' })] },
      { text: 'It works on by itself.' },
    ],
  });
  await ask(page, 'Start a run that counts the words');
  const card = answers(page).getByRole('link', { name: /Count the words/ });
  await card.getByText('Done').waitFor();
  await card.click();
  await page.waitForURL(/\/runs\/run_/);
});

test('reads older messages when the reader goes up', async () => {
  const { page, account } = await visitSignedIn(site, '/chat');
  team.perform({ assistant: [{ text: 'Noted.' }] });
  let chat: string | undefined;
  for (let count = 1; count <= EXCHANGES; count += 1) {
    const body = { message: `Message ${count}.`, conversation_id: chat };
    const headers = { accept: 'application/json' };
    const answer = await site.server.call('POST', '/api/v1/chat/message', { token: account.token, body, headers });
    chat = answer.body.conversation_id;
  }
  await page.goto(`/chat/${chat}`);
  await questions(page).getByText(`Message ${EXCHANGES}.`).waitFor();
  await field(page).press('Escape');
  await expect
    .poll(async () => {
      await page.keyboard.press('k');
      return page.evaluate(() => document.activeElement?.textContent);
    })
    .toMatch(/^Message 1\./);
  expect(await page.getByRole('article').count()).toBeLessThan(2 * EXCHANGES);
});

test('is used by keyboard alone', async () => {
  const { page } = await visitSignedIn(site, '/chat');
  team.perform({ assistant: [{ text: 'The answer.' }] });
  await expectFocus(field(page));
  await page.keyboard.type('A question');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('of two lines');
  await page.keyboard.press('Enter');
  await answers(page).getByText('The answer.').waitFor();
  await ended(page);
  await expectFocus(field(page));
  await page.keyboard.press('Escape');
  await page.keyboard.press('k');
  await expectFocus(answers(page));
  await page.keyboard.press('k');
  await expectFocus(questions(page));
  await page.keyboard.press('e');
  await expectFocus(field(page));
  expect(await field(page).inputValue()).toBe('A question\nof two lines');
  await page.keyboard.press('Escape');
  expect(await field(page).inputValue()).toBe('');
  await page.keyboard.press('Escape');
  team.perform({ assistant: [slowly(WORDS)] });
  await page.keyboard.press('i');
  await page.keyboard.type('Another');
  await page.keyboard.press('Enter');
  await answers(page).getByText('word3').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('s');
  await answers(page).getByText('Stopped.').waitFor();
  await page.keyboard.press('/');
  await expectFocus(page.getByRole('searchbox', { name: 'Search chats' }));
  await page.keyboard.press('Escape');
  await questions(page).first().focus();
  await page.keyboard.press('n');
  await page.waitForURL(/\/chat$/);
  await expectFocus(field(page));
});

test('is used on a phone: the list is a drawer, memory is a sheet', async () => {
  const { page, account } = await visitSignedIn(site, '/chat', { size: 'phone' });
  await site.server.call('POST', '/api/v1/memory', {
    token: account.token,
    body: { text: 'The user lives in Porto.' },
  });
  team.perform({ assistant: [{ text: 'You live in Porto [M1].' }] });
  await field(page).fill('Where do I live?');
  await page.getByRole('button', { name: 'Send' }).tap();
  await answers(page).getByText('You live in Porto').waitFor();
  await ended(page);
  await page.getByRole('button', { name: 'Memory M1, show' }).waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Memory M1, show' }).tap();
  await page.getByRole('dialog').getByText('The user lives in Porto.').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Show chats' }).tap();
  await page.getByRole('dialog').getByRole('link', { name: 'Where do I live?' }).waitFor();
  await expectAccessible(page);
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
