import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { quantile, rounded } from '../../bench/figures.ts';
import { startLocalServer } from '../../support/local-server.ts';
import { startTeam } from '../../support/team-script.ts';
import { createAccount, signIn } from '../support/account.ts';
import { openMeasured, vitalsOf } from './browser.ts';
import { watchTasks } from './task-times.ts';

const TOKENS_PER_SECOND = 100;
/** Four characters a token: 50 kB of Markdown with headings, lists, code and tables. */
const TOKEN = 4;
const ANSWER_BYTES = 50_000;

export interface ChatAnswerResult {
  bytes: number;
  seconds: number;
  p50: number;
  p95: number;
  worst: number;
  /** The longest task of the main thread in processor time, and how many took more than 50 ms. */
  longest: number;
  over50: number;
  /** The browser's own long tasks, which include the time of other processes. */
  elapsed: { longTasks: number; longestTask: number };
}

/** Watches the page of a chat while a scripted model writes a long answer. */
export async function measureChatAnswer(browser: Browser): Promise<ChatAnswerResult> {
  const home = mkdtempSync(join(tmpdir(), 'apexflow-bench-chat-'));
  const team = await startTeam({ assistant: [longAnswer()] });
  const environment = { CONSOLE: 'on', APEXFLOW_HOME: home, GEMINI_API_KEY: 'a-key-of-the-bench' };
  const server = await startLocalServer({ ...environment, GOOGLE_GEMINI_BASE_URL: team.gemini.url });
  try {
    const account = await createAccount({ server });
    const { page } = await openMeasured(browser, server.url);
    await signIn(page, account, '/chat');
    const field = page.getByRole('textbox', { name: 'Message', exact: true });
    await field.fill('Write the whole handbook');
    await field.press('Enter');
    await page.getByRole('article', { name: 'Assistant' }).getByText('Chapter 0').waitFor();
    await page.evaluate('Object.assign(vitals, { longTasks: 0, longestTask: 0 })');
    const stopWatching = await watchTasks(browser);
    const startedAt = performance.now();
    const times = await page.evaluate(async () => {
      const taken: number[] = [];
      let last = await new Promise<number>(requestAnimationFrame);
      while (document.querySelector('[aria-label="Send"]') === null) {
        const now = await new Promise<number>(requestAnimationFrame);
        taken.push(now - last);
        last = now;
      }
      return taken;
    });
    const seconds = rounded((performance.now() - startedAt) / 1000, 0);
    // The end: the answer is drawn from its message.
    await page.waitForTimeout(2_000);
    const { longTasks, longestTask } = await vitalsOf(page);
    const { longest, over50 } = await stopWatching();
    const text = await page.evaluate(() => document.querySelector('.answer-text')?.textContent?.length ?? 0);
    if (text < ANSWER_BYTES / 2) throw new Error(`Only ${text} characters of the answer are shown`);
    await page.context().close();
    const [p50, p95] = [rounded(quantile(times, 0.5), 1), rounded(quantile(times, 0.95), 1)];
    const worst = rounded(Math.max(...times), 1);
    const elapsed = { longTasks, longestTask: rounded(longestTask, 0) };
    return { bytes: ANSWER_BYTES, seconds, p50, p95, worst, longest, over50, elapsed };
  } finally {
    await server.kill();
    await team.gemini.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

function longAnswer() {
  let text = '';
  for (let chapter = 0; text.length < ANSWER_BYTES; chapter += 1) text += chapterOf(chapter);
  const pieces = text.slice(0, ANSWER_BYTES).match(new RegExp(`[\\s\\S]{1,${TOKEN}}`, 'g')) ?? [];
  return { text, chunks: pieces, chunkDelayMs: 1000 / TOKENS_PER_SECOND };
}

function chapterOf(chapter: number): string {
  const sentence = `The handler of part ${chapter} reads the row, checks **who asks**, and answers \`{"value": ${chapter}}\`. `;
  return `## Chapter ${chapter}

${sentence.repeat(4)}

- one point of ${chapter}
- another with a [link](https://example.com/${chapter})

\`\`\`ts
export function part${chapter}(value: number): number {
  return value + ${chapter};
}
\`\`\`

| part | value |
| ---- | ----- |
| ${chapter} | ${chapter * 7} |

`;
}
