import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { type GitServer, startGitServer } from '../support/git-server.ts';
import { type ScriptedTeam, startTeam } from '../support/team-script.ts';
import { createAccount, signIn } from './support/account.ts';
import { expectInert, HOSTILE_PATHS, hostileName, shownName } from './support/hostile.ts';
import { createHostileAccount, HOSTILE_PLAY, type HostileAccount } from './support/hostile-account.ts';
import { test, useSite, type VisitOptions, type Visitor } from './support/site.ts';

/** Every page with texts that attack. A page that asks another origin or breaks the policy fails its test. */
const environment: Record<string, string> = { GEMINI_API_KEY: 'a-key-of-the-test' };
let team: ScriptedTeam;
let git: GitServer;
beforeAll(async () => {
  [team, git] = await Promise.all([startTeam(HOSTILE_PLAY), startGitServer()]);
  Object.assign(environment, { GOOGLE_GEMINI_BASE_URL: team.gemini.url, GIT_HOSTS: git.host, GIT_CA_FILE: git.caFile });
  git.create('acme/hostile', { 'README.md': 'theirs' });
});
const site = useSite(environment);
let account: HostileAccount;
beforeAll(async () => {
  account = await createHostileAccount(site, git);
});
afterAll(async () => {
  await team.gemini.close();
  await git.close();
});

async function visit(path: string, options?: VisitOptions): Promise<Visitor> {
  const visitor = await site.visit(options);
  await signIn(visitor.page, account, path);
  return visitor;
}

/** Waits until no part of the page loads any more, then checks. A run that goes on keeps its stream open. */
async function check(page: Page): Promise<void> {
  // A page may have several parts that load.
  await expect.poll(() => page.locator('[role=status].late').count(), { timeout: 30_000 }).toBe(0);
  await expectInert(page);
}

const seen = (page: Page, place: string) => page.getByText(shownName(place)).first().waitFor();

test('home, runs and the palette', async () => {
  const { page } = await visit('/');
  await seen(page, 'thinker');
  await check(page);
  await page.goto('/runs');
  await seen(page, 'Task');
  await check(page);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('planted');
  await page
    .getByRole('option')
    .filter({ hasText: shownName('Task') })
    .first()
    .waitFor();
  await check(page);
  await page.goto(`/runs?q=${encodeURIComponent(hostileName('Search'))}`);
  await check(page);
});

test('a run: its time line, every tab of its page and every tab of a turn', async () => {
  const { page } = await visit(`/runs/${account.sprint}`);
  await page.getByRole('heading', { name: 'Result' }).waitFor();
  await check(page);
  await page.goto(`/runs/${account.sprint}?turn=backend:1`);
  const inspector = page.getByRole('region', { name: 'Chosen turn' });
  await inspector.getByRole('tab').first().waitFor();
  for (const tab of await inspector.getByRole('tab').all()) {
    await tab.click();
    await check(page);
  }
  for (const tab of ['Messages', 'Files', 'Logs', 'Money']) {
    await page.getByRole('tab', { name: tab }).first().click();
    await check(page);
  }
});

test('a chat: its answer, tools, memory, menu and the list', async () => {
  const { page } = await visit(`/chat/${account.chat}`);
  await seen(page, 'Chat');
  const answer = page.getByRole('article', { name: 'Assistant' });
  await answer.locator('.markdown').first().waitFor();
  await check(page);
  await page.getByRole('button', { name: /tools/ }).click();
  for (const tool of await answer.locator('.doing .doing .doing-line, .doing > div .doing-line').all())
    await tool.click();
  await seen(page, 'Recall');
  await check(page);
  await page.keyboard.press('.');
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  await check(page);
  await page.goto('/chat');
  await page.getByRole('heading', { level: 1, name: 'New chat' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /^Search runs/ }).fill('planted');
  await page
    .getByRole('option')
    .filter({ hasText: shownName('Chat') })
    .first()
    .waitFor();
  await check(page);
});

test('links of a model lead nowhere but to a question, and pictures are not loaded', async () => {
  const { page } = await visit(`/runs/${account.sprint}`);
  await page.getByRole('heading', { name: 'Result' }).waitFor();
  const links = page.locator('button.inline-link');
  const dialog = page.getByRole('dialog');
  for (const link of (await links.all()).slice(0, 20)) {
    await link.click();
    await dialog.waitFor();
    expect(await dialog.getByRole('link').getAttribute('href')).toMatch(/^https?:/);
    expect(await dialog.getByRole('link').getAttribute('rel')).toBe('noopener noreferrer');
    await dialog.getByRole('button').first().click();
    await dialog.waitFor({ state: 'detached' });
  }
  await expectInert(page);
  expect(await page.locator('img:not([src^="/assets/"])').count()).toBe(0);
  expect(new URL(page.url()).pathname).toBe(`/runs/${account.sprint}`);
});

test('files: names, contents, a word of a megabyte, and 10,000 nested quotes', async () => {
  const { page } = await visit(`/runs/${account.sprint}?tab=files`);
  for (const path of [...HOSTILE_PATHS, 'hostile.md', 'long.txt']) {
    const name = path.split('/').at(-1) ?? '';
    await page.getByRole('button', { name }).first().click();
    await check(page);
  }
});

test('no answer of the API with contents of a run is a page: JSON, or an attachment', async () => {
  const { page } = await visit(`/runs/${account.sprint}`);
  const path = encodeURIComponent(HOSTILE_PATHS[2] ?? '');
  const calls = [
    { method: 'GET', address: `files/${path}`, type: 'application/json' },
    { method: 'POST', address: 'download', type: 'application/zip' },
  ];
  for (const { method, address, type } of calls) {
    const answer = await page.request.fetch(`/api/v1/runs/${account.sprint}/${address}`, {
      method,
      headers: { Authorization: `Bearer ${account.token}` },
    });
    expect(answer.status(), address).toBe(200);
    const headers = answer.headers();
    expect(headers['x-content-type-options'], address).toBe('nosniff');
    expect(headers['content-type'], address).toContain(type);
    if (type === 'application/zip') expect(headers['content-disposition']).toMatch(/^attachment/);
  }
});

test('a failed run, a question and an approval, on their pages and in the inbox', async () => {
  const { page } = await visit(`/runs/${account.failed}`);
  await page.getByText('The provider says').first().waitFor();
  await check(page);
  await page.goto('/inbox');
  for (const run of [account.question, account.approval]) {
    await page.goto(`/runs/${run}`);
    await page.getByRole('tab', { name: 'Overview' }).waitFor();
    await check(page);
    await page.keyboard.press('a');
    await page.getByRole('dialog').waitFor();
    await check(page);
  }
  await page.goto('/inbox');
  await seen(page, 'Which');
  await check(page);
});

test('memory: entities, facts, search and time', async () => {
  const { page } = await visit('/memory');
  await page
    .getByRole('navigation', { name: 'Entities' })
    .or(page.locator('#content a[href$=".md"]'))
    .first()
    .waitFor();
  await check(page);
  for (const link of await page.locator('#content a[href$=".md"]').all()) {
    await page.goto((await link.getAttribute('href')) ?? '/memory');
    await page.getByRole('article').waitFor();
    await check(page);
    await page.goBack();
    await page.locator('#content a[href$=".md"]').first().waitFor();
  }
  await page.goto('/memory/facts');
  await seen(page, 'First');
  await check(page);
  await page.goto(`/memory?q=${encodeURIComponent(hostileName('Porto'))}`);
  await page.getByRole('heading', { name: 'Found for' }).waitFor();
  await check(page);
});

test('settings, usage and sign-in', async () => {
  const { page } = await visit('/settings');
  await expect.poll(() => page.getByLabel('Your name').inputValue()).toContain(shownName('Person'));
  for (const path of ['/settings/keys', '/settings/team', '/tools', '/settings/secrets', '/usage']) {
    await page.goto(path);
    await page.locator('h1').waitFor();
    await check(page);
  }
  await page.getByRole('button', { name: 'Account', exact: true }).click();
  await check(page);
});

test('problems: what an answer says is text, and an unknown address is no page', async () => {
  const { page, announce } = await visit('/settings');
  announce(500, '/api/v1/runs');
  const problem = { title: hostileName('Title'), detail: hostileName('Detail'), request_id: hostileName('req') };
  await page.route('**/api/v1/runs?**', (route) =>
    route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
  );
  await page.goto('/runs');
  await seen(page, 'Detail').catch(() => seen(page, 'Title'));
  await check(page);
  await page.goto(`/nowhere/${encodeURIComponent('<img id=planted src=x onerror=window.ran=1>')}?q=<script>`);
  await check(page);
});

test.each([
  'https://evil.example/',
  '//evil.example/',
  '/\\evil.example/',
  '\\\\evil.example/',
  '/%2F/evil.example',
  '/.//evil.example/',
  '/\t/evil.example/',
  'javascript:window.ran=1',
  'data:text/html,<script>window.ran=1</script>',
])('signing in with ?to=%s stays at this origin', async (to) => {
  const { page } = await site.visit();
  await signIn(page, account, `/sign-in?to=${encodeURIComponent(to)}`);
  await page.locator('h1').waitFor();
  expect(new URL(page.url()).origin).toBe(site.server.url);
  expect(await page.evaluate(() => Reflect.has(window, 'ran'))).toBe(false);
});

test('after signing out nothing of the account is shown again: not by Back, not in memory, not to the next account', async () => {
  const own = await createAccount(site);
  const { body } = await site.server.call('POST', '/api/v1/runs', {
    token: own.token,
    body: { query: 'Only mine to read', agent_type: 'formatter' },
  });
  const { page } = await site.visit();
  await signIn(page, own, '/runs');
  await page.getByText('Only mine to read').first().waitFor();
  await page.goto(`/runs/${body.id}`);
  await page.getByRole('heading', { level: 1, name: 'Only mine to read' }).waitFor();
  await page.getByRole('button', { name: 'Account', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  for (let step = 0; step < 2; step += 1) {
    await page.goBack();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await page.content()).not.toContain('Only mine to read');
  }
  const kept = await page.evaluate(async () =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, await caches.keys(), await indexedDB.databases()]),
  );
  expect(kept).not.toContain('Only mine to read');
  const other = await createAccount(site);
  await signIn(page, other, '/runs');
  await page.getByText('No run yet').waitFor();
  expect(await page.content()).not.toContain('Only mine to read');
});
