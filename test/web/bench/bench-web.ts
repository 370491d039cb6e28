import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { describeMachine } from '../../bench/machine.ts';
import { type LocalServer, startLocalServer, waitFor } from '../../support/local-server.ts';
import { type Account, createAccount } from '../support/account.ts';
import { weighConsole } from '../support/weight.ts';
import { type BenchServer, startBenchServer } from './bench-server.ts';
import { launchBrowser, PROFILES, type Profile } from './browser.ts';
import { measureChatAnswer } from './chat-answer.ts';
import { type InteractionResult, measureInteractions, visitsOf } from './interactions.ts';
import { type LoadResult, type MeasuredPage, measureLoads } from './loads.ts';
import { measureLongRun } from './long-list.ts';
import { type Report, tableOf } from './report.ts';

/**
 * `npm run bench:web` builds the console, serves it by `npm start` with the embedded database, opens it in Chromium and
 * prints the budgets beside an empty page and a list of empty rows from the same minute. Takes about seven minutes.
 * Options: `-- --rounds 5`, `--json`. It ends with 0 also when a budget is exceeded: times depend on the machine.
 */

const EVENTS = 10_000;
const OTHER_RUNS = 8;

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, json: { type: 'boolean' } } });
const rounds = Number(values.rounds);
const home = mkdtempSync(join(tmpdir(), 'apexflow-bench-web-'));
// Before the first module reads the environment: the run is written into the database of the server.
process.env.APEXFLOW_HOME = home;
delete process.env.DATABASE_URL;

try {
  const report = await measure();
  console.log(values.json ? JSON.stringify(report, undefined, 2) : tableOf(report));
} finally {
  rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

async function measure(): Promise<Report> {
  const machine = await describeMachine(undefined);
  const server = await startLocalServer({ CONSOLE: 'on', APEXFLOW_HOME: home });
  let browser: Browser | undefined;
  let bench: BenchServer | undefined;
  try {
    browser = await launchBrowser(home);
    const account = await createAccount({ server });
    const runId = await prepareRuns(server, account);
    bench = await startBenchServer(server.url, EVENTS);
    const pages = pagesOf(`/runs/${runId}`);
    const loads: LoadResult[] = [];
    const interactions: InteractionResult[] = [];
    for (const profile of Object.keys(PROFILES) as Profile[]) {
      const options = { rounds, profile };
      loads.push(...(await measureLoads(browser, bench.url, { ...options, account: undefined, pages: pages.public })));
      const signedIn = await measureLoads(browser, bench.url, { ...options, account, pages: pages.signedIn });
      loads.push(...signedIn.filter(({ name }) => name !== 'empty page'));
      const visits = visitsOf(`/runs/${runId}`);
      interactions.push(...(await measureInteractions(browser, bench.url, { account, visits, profile })));
    }
    const longRun = await measureLongRun(browser, bench, { account, runPath: `/runs/${runId}`, rounds });
    const chatAnswer = await measureChatAnswer(browser);
    return { machine, rounds, weights: weighConsole(), loads, interactions, longRun, chatAnswer };
  } finally {
    await browser?.close();
    await bench?.close();
    await server.kill();
  }
}

/** Starts runs, waits for their end, and makes the log of one of them long. Returns the id of that run. */
async function prepareRuns(server: LocalServer, { token }: Account): Promise<string> {
  const id = await server.startSprint(token, { task: 'Build a counter: a page with a button, and a small API' });
  await hasEnded(server, token, id);
  for (let count = 0; count < OTHER_RUNS; count += 1) {
    const body = { query: `Count to ${count}`, agent_type: 'thinker' };
    const run = await server.call('POST', '/api/v1/runs', { token, body });
    await hasEnded(server, token, run.body.id);
  }
  // The embedded database belongs to one process.
  await server.stop();
  const [{ growRun }, { closeDatabase }] = await Promise.all([
    import('../support/long-run.ts'),
    import('../../../functions/platform/database/open.ts'),
  ]);
  await growRun(id, EVENTS);
  await closeDatabase();
  await server.restart();
  return id;
}

async function hasEnded(server: LocalServer, token: string, id: string): Promise<void> {
  await waitFor(
    `the end of ${id}`,
    async () => (await server.call('GET', `/api/v1/runs/${id}`, { token })).body.status === 'completed',
    120_000,
  );
}

function pagesOf(runPath: string): Record<'public' | 'signedIn', MeasuredPage[]> {
  const heading = (page: Page) => page.getByRole('heading', { level: 1 }).waitFor();
  return {
    public: [{ name: 'sign-in', path: '/sign-in', ready: (page) => page.locator('form').waitFor() }],
    signedIn: [
      { name: 'home', path: '/', ready: heading },
      { name: 'runs', path: '/runs', ready: (page) => page.getByText('Count to 3').first().waitFor() },
      {
        name: 'run of 10,000 events',
        path: runPath,
        ready: (page) => page.locator('[aria-setsize]').first().waitFor(),
      },
      { name: 'memory', path: '/memory', ready: heading },
    ],
  };
}
