import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { z } from 'zod';
import { visibleRows } from '../../web/rooms/runs/run/row-filter.ts';
import type { LogEvent } from '../../web/rooms/runs/run/run-event.ts';
import { addNewer, EMPTY_LOG } from '../../web/rooms/runs/run/run-events.ts';
import { filesInZip } from '../runs/zip.ts';
import { type GitServer, startGitServer } from '../support/git-server.ts';
import { call, type ScriptedTeam, SMALL_APP_FILES, smallApp, startTeam, write } from '../support/team-script.ts';
import { visitSignedIn } from './support/account.ts';
import { test, useSite } from './support/site.ts';

/** The whole flow of a user in one story, and a server that is killed in the middle of a run. */
const environment: Record<string, string> = { GEMINI_API_KEY: 'a-key-of-the-test' };
let team: ScriptedTeam;
let git: GitServer;
beforeAll(async () => {
  [team, git] = await Promise.all([startTeam(), startGitServer()]);
  Object.assign(environment, { GOOGLE_GEMINI_BASE_URL: team.gemini.url, GIT_HOSTS: git.host, GIT_CA_FILE: git.caFile });
  git.create('acme/notes', { 'README.md': 'theirs' });
});
const site = useSite(environment);
afterAll(async () => {
  await team.gemini.close();
  await git.close();
});

const Session = z.object({ access_token: z.string() });
const Logs = z.object({ items: z.array(z.custom<LogEvent>()), next_cursor: z.string().nullable() });

test('from signing up to a reverted source: every part of the console in one story', async () => {
  const held = Promise.withResolvers<void>();
  const app = smallApp();
  team.perform({
    ...app,
    // The team works when the page watches it.
    backend: [async () => held.promise.then(() => answerOf(app.backend?.[0])), ...(app.backend?.slice(1) ?? [])],
    thinker: [
      { text: 'I ask.', toolCalls: [call('ask_person', { question: 'Red or blue?', options: ['red', 'blue'] })] },
      { text: 'Then blue it is.' },
    ],
    devops: [
      { text: '', toolCalls: [write('notes.txt', 'a note\n'), call('push_repository', { message: 'Add a note' })] },
      { text: 'It is pushed.' },
    ],
  });
  const { page, newTab } = await site.visit();
  const account = { email: `${crypto.randomUUID()}@example.com`, password: 'correct-horse-battery' };
  await signUp(page, account);
  const token = Session.parse(
    (await site.server.call('POST', '/api/v1/auth/login', { body: account })).body,
  ).access_token;

  const sprint = await startRun(page, 'Build a page for notes', { mode: 'A team' });
  await page.getByText('Working').first().waitFor();
  held.resolve();
  await page.getByRole('heading', { name: 'Result' }).waitFor();
  await page.getByText('The notes app is there').first().waitFor();
  await page
    .getByRole('region', { name: 'Graph of the workers' })
    .getByRole('button', { name: /backend/ })
    .click();
  await page.getByRole('region', { name: 'Chosen turn' }).getByText('The server stands in').waitFor();
  await page.getByRole('tab', { name: 'Files' }).first().click();
  await page.getByRole('button', { name: /server\.js/ }).click();
  await page.getByText('createServer').first().waitFor();
  const [zip] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download the ZIP' }).click(),
  ]);
  expect(zip.suggestedFilename()).toBe(`${sprint}.zip`);
  expect(await filesInZip(new Uint8Array(readFileSync(await zip.path())).buffer)).toMatchObject(SMALL_APP_FILES);

  await startRun(page, 'Choose a colour', { mode: 'One worker', worker: 'thinker' });
  await page.getByRole('status').getByText('Red or blue?').waitFor();
  await page.keyboard.press('a');
  await page.getByRole('dialog').getByRole('button', { name: 'blue' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Send answer' }).click();
  await page.getByText('Then blue it is.').first().waitFor();

  await putSecret(token);
  const push = await startRun(page, 'Push a note', { mode: 'One worker', worker: 'devops', repo: 'acme/notes' });
  await page.getByRole('button', { name: 'Look at the change' }).click();
  await page.getByRole('dialog').getByText('A notes.txt').first().waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await page.getByText('It is pushed.').first().waitFor();
  expect(git.read('acme/notes', `apexflow/${push}`, 'notes.txt')).toBe('a note');

  await remember(token);
  await goRoom(page, 'm', 'Memory');
  await page.keyboard.press('/');
  await page.keyboard.type('Where does Maya live?');
  await page.keyboard.press('Enter');
  await page.getByText('says live').first().waitFor();
  await page.goto('/memory/memories/people/maya.md');
  await page.getByRole('article').getByText('My salary is 90000 euros.').waitFor();
  await page.getByRole('slider', { name: 'Moment of memory' }).focus();
  await page.keyboard.press('Home');
  await page.getByText('You see what was known on').waitFor();
  await page.getByRole('article').getByText('My salary').waitFor({ state: 'detached' });
  await page.getByRole('slider', { name: 'Moment of memory' }).focus();
  await page.keyboard.press('End');
  await page.getByRole('button', { name: /^Where “.*second/ }).click();
  await page.getByRole('link', { name: 'Take this source back…' }).click();
  await page.getByText('Nothing has changed yet: this shows what would change.').waitFor();
  await page.getByRole('button', { name: /^Take back 1 change/ }).click();
  await page.getByRole('heading', { name: 'Taken back' }).waitFor();
  await page.goto('/memory/memories/people/maya.md');
  await page.getByRole('article').getByText('I live in Porto.').waitFor();
  expect(await page.getByRole('article').getByText('My salary').count()).toBe(0);

  const other = await newTab('/runs');
  await other.getByText('Push a note').first().waitFor();
  await page.getByRole('button', { name: 'Account', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await other.getByRole('button', { name: 'Sign in' }).waitFor();
  expect(await other.getByText('Push a note').count()).toBe(0);
});

test('the server is killed in the middle of a run: the page goes on, no event is lost or comes twice', async () => {
  const held = Promise.withResolvers<void>();
  const app = smallApp();
  team.perform({
    ...app,
    backend: [
      ...(app.backend?.slice(0, 1) ?? []),
      async () => held.promise.then(() => answerOf(app.backend?.[1])),
      ...(app.backend?.slice(2) ?? []),
    ],
  });
  const { page, account, announceOutage } = await visitSignedIn(site);
  const id = await site.server.startSprint(account.token, { task: 'Build a page for notes' });
  await page.goto(`/runs/${id}?matters=0`);
  await page.getByText('I write the server.').first().waitFor();
  await page.getByText('I write the page.').first().waitFor();
  const serverIsBack = announceOutage();
  await site.server.kill();
  await page.getByText(/^Reconnecting/).waitFor();
  await site.server.restart();
  held.resolve();
  await page.getByRole('heading', { name: 'Result' }).waitFor();
  serverIsBack();
  await page.getByText(/^Reconnecting/).waitFor({ state: 'detached' });

  const events = await logsOf(id, account.token);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  const everything = {
    node: '',
    kind: '' as const,
    level: '' as const,
    matters: false,
    search: '',
    from: undefined,
    until: undefined,
  };
  const expected = visibleRows(addNewer(EMPTY_LOG, events).rows, everything);
  const shown = await rowsOf(page);
  expect(shown.map(({ total }) => total)).toEqual(expected.map(() => expected.length));
  for (const [index, row] of expected.entries()) {
    if (row.kind !== 'wait') expect(shown[index]?.text, row.key).toContain(row.text.slice(0, 60).replaceAll('\n', ' '));
  }
});

type Line = NonNullable<ReturnType<typeof smallApp>['backend']>[number] | undefined;
function answerOf(line: Line) {
  if (line === undefined || typeof line === 'function') throw new Error('The line has no answer of its own');
  return line;
}

async function signUp(page: Page, { email, password }: { email: string; password: string }): Promise<void> {
  await page.goto('/');
  await page.getByRole('link', { name: 'Create an account' }).click();
  await page.getByLabel('Your name').fill('Ada Lovelace');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Create an account' }).click();
  await page.locator('#content').waitFor();
}

/** Fills the form that starts a run. Returns the id of the run, whose page is then open. */
async function startRun(
  page: Page,
  task: string,
  { mode, worker, repo }: { mode: string; worker?: string; repo?: string },
): Promise<string> {
  await page.goto('/runs/new');
  await page.getByRole('textbox', { name: 'Task' }).fill(task);
  await page.getByRole('radio', { name: new RegExp(mode) }).check();
  if (worker !== undefined) await page.getByRole('combobox', { name: 'Worker' }).selectOption(worker);
  if (repo !== undefined) await page.getByLabel('GitHub repository').fill(repo);
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.waitForURL(/\/runs\/run_/);
  return new URL(page.url()).pathname.split('/').at(-1) ?? '';
}

async function putSecret(token: string): Promise<void> {
  const body = { value: git.token };
  expect((await site.server.call('PUT', '/api/v1/tenant/secrets/github_token', { token, body })).status).toBe(200);
}

async function goRoom(page: Page, key: string, title: string): Promise<void> {
  await page.keyboard.press('g');
  await page.keyboard.press(key);
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
}

/** Two conversations of one file of the memory. */
async function remember(token: string): Promise<void> {
  const said = { first: 'I live in Porto.', second: 'My salary is 90000 euros.' };
  for (const [session, text] of Object.entries(said)) {
    const turns = [{ speaker: 'Maya', text, said_at: '2026-03-12T14:02:00Z' }];
    const body = { session_id: session, turns };
    const answer = await site.server.call('POST', '/api/v1/memory/process-and-commit?wait=30', { token, body });
    expect(answer.body).toMatchObject({ status: 'committed' });
  }
}

async function logsOf(id: string, token: string): Promise<LogEvent[]> {
  const events: LogEvent[] = [];
  for (let cursor = ''; ; ) {
    const path = `/api/v1/runs/${id}/logs?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
    const { items, next_cursor: next } = Logs.parse((await site.server.call('GET', path, { token })).body);
    events.push(...items);
    if (next === null) return events;
    cursor = next;
  }
}

/** Returns all rows of the time line, of which the page draws only those in view. */
async function rowsOf(page: Page): Promise<{ text: string; total: number }[]> {
  const rows = new Map<number, { text: string; total: number }>();
  const list = page.getByRole('list', { name: 'Time line' });
  await list.getByRole('listitem').first().waitFor();
  await list.getByRole('listitem').last().focus();
  await page.keyboard.press('Home');
  // The list draws only what is in view, a frame after it was scrolled.
  for (let step = 0, total = 1; rows.size < total && step < 300; step += 1) {
    const drawn = await list.getByRole('listitem').evaluateAll((elements) =>
      elements.map((element) => ({
        at: Number(element.ariaPosInSet),
        total: Number(element.ariaSetSize),
        text: (element.textContent ?? '').replaceAll('\n', ' '),
      })),
    );
    for (const { at, ...row } of drawn) rows.set(at, row);
    total = drawn[0]?.total ?? 1;
    await list.getByRole('listitem').last().scrollIntoViewIfNeeded();
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
  }
  return [...rows].sort(([one], [other]) => one - other).map(([, row]) => row);
}
