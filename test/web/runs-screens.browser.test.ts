import type { Page } from 'playwright-core';
import { visitSignedIn } from './support/account.ts';
import { expectScreens, SCREEN_TIME } from './support/screens.ts';
import { test, useSite } from './support/site.ts';

const site = useSite();

const ago = (seconds: number) => new Date(SCREEN_TIME.getTime() - seconds * 1000).toISOString();

/** Runs as the API lists them, in all states, with the same times and sums at every run of this test. */
const RUNS = [
  ['waiting_input', 'Push the counter to GitHub and open a pull request', { open_questions: 1, cost_usd: '0.0742' }],
  ['running', 'Find out which of our customers use the old export, and draft a mail to them', { kind: 'run' }],
  ['completed', 'A page that counts visits, with an API and a ZIP to take away', { result: 'The API stands.' }],
  ['failed', 'Translate the handbook to Finnish', { error: 'backend used all its 40 turns without an answer.' }],
  ['cancelled', 'Nightly report of open issues', { scripted: true, kind: 'run', agent_type: 'summarizer' }],
] as const;
const items = RUNS.map(([status, query, change], index) => ({
  id: `run_${index}`,
  status,
  query,
  budget_usd: index === 0 ? '1' : null,
  cost_usd: '0.0009',
  tokens: { input: 0, output: 0, cached: 0, total: 0 },
  error: null,
  result: null,
  scripted: false,
  created_at: ago(600 + index * 3600),
  started_at: ago(590 + index * 3600),
  completed_at: index < 2 ? null : ago(500 + index * 3600),
  kind: 'sprint',
  agent_type: null,
  replay_of: null,
  started_by: { user_id: 'usr_other', name: 'Grace Hopper' },
  open_questions: 0,
  ...change,
}));
const COUNTS = { queued: 0, running: 1, waiting_input: 1, completed: 1, failed: 1, cancelled: 1, cost_exceeded: 0 };

async function answerWithRuns(page: Page): Promise<void> {
  await page.route(/\/api\/v1\/runs\?/, (route) => {
    const wanted = new URL(route.request().url()).searchParams.get('status')?.split(',');
    const matching = items.filter(({ status }) => wanted === undefined || wanted.includes(status));
    return route.fulfill({ json: { items: matching, next_cursor: null } });
  });
  await page.route('**/api/v1/runs/counts*', (route) => route.fulfill({ json: { total: 5, by_status: COUNTS } }));
  await page.route(/\/api\/v1\/usage/, async (route) => {
    const answer: Record<string, unknown> = await (await route.fetch()).json();
    const today = { day: '2026-11-30', ends_at: ago(-43_200), budget_usd: '20', spent_usd: '13.12' };
    return route.fulfill({ json: { ...answer, today: { ...today, lost_usd: '0', reserved_usd: '1.25' } } });
  });
}

test('the pages of a new account look as before', async () => {
  const { page } = await visitSignedIn(site, '/sign-in');
  await page.clock.setFixedTime(SCREEN_TIME);
  for (const [path, name] of [
    ['/', 'home-new'],
    ['/runs', 'runs-empty'],
    ['/runs/new', 'runs-new'],
  ] as const) {
    await page.goto(path);
    await page.getByRole('textbox', { name: 'Task' }).waitFor();
    await page.locator('h1').click();
    await expectScreens(page, name);
  }
});

test('the list of runs and the home page look as before', async () => {
  const { page } = await visitSignedIn(site, '/sign-in');
  await page.clock.setFixedTime(SCREEN_TIME);
  await answerWithRuns(page);
  for (const [path, name] of [
    ['/', 'home'],
    ['/runs', 'runs-list'],
  ] as const) {
    await page.goto(path);
    await page.getByText('Translate the handbook to Finnish').waitFor();
    await page.locator('h1').click();
    await expectScreens(page, name);
  }
});
