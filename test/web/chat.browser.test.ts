import type { Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
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
