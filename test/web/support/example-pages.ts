import type { Page } from 'playwright-core';

/** A page of the console with something on it. */
export interface ExamplePage {
  /** The name of its screenshots. */
  name: string;
  path: string;
  /** A text that is there when the page is. Default: its heading. */
  shows?: string;
  /** Whether the page follows a stream, so that its network is never idle. */
  isLive?: boolean;
  /** Opens what the page should show. */
  open?: (page: Page) => Promise<void>;
}

const MAYA = '/memory/memories/people/maya.md';

/**
 * Every page but those that runs-screens and sign-in-screens have: the pages of a new account, and signing in. `names`
 * are the fields of an ExampleAccount.
 */
export function examplePages(names: Readonly<Record<string, string>>): ExamplePage[] {
  const run = `/runs/${names.sprint}`;
  const tab = (name: string, shows: string) => ({ name: `run-${name}`, path: `${run}?tab=${name}`, shows });
  const setting = (name: string) => ({ name: `settings-${name}`, path: `/settings/${name}` });
  const memory = (name: string, shows?: string) => ({
    name: `memory-${name}`,
    path: `/memory/${name}`,
    ...(shows ? { shows } : {}),
  });
  return [
    { name: 'home', path: '/', shows: 'Translate the handbook to Finnish' },
    { name: 'runs', path: '/runs', shows: 'Translate the handbook to Finnish' },
    { name: 'run', path: run, shows: 'The notes app is there' },
    { name: 'run-turn', path: `${run}?turn=backend:1`, shows: 'I tell the frontend.' },
    { name: 'run-turn-told', path: `${run}?turn=backend:1&show=told`, shows: 'Instruction of the worker' },
    { name: 'run-turn-tools', path: `${run}?turn=backend:0&show=tools`, shows: 'write_file' },
    tab('messages', 'Build frontend/index.html for it.'),
    { name: 'run-files', path: `${run}?tab=files&file=backend%2Fserver.js`, shows: 'createServer' },
    tab('logs', 'I tell the frontend.'),
    tab('money', 'gemini'),
    { name: 'run-question', path: `/runs/${names.question}`, shows: 'Where should the notes be kept?', isLive: true },
    { name: 'run-failed', path: `/runs/${names.failed}`, shows: 'Translate the handbook to Finnish' },
    { name: 'run-compare', path: `/runs/compare?a=${names.sprint}&b=${names.replay}` },
    { name: 'run-replay', path: `/runs/new?replay=${names.sprint}`, shows: 'Replay a run' },
    { name: 'chat', path: '/chat', shows: 'What do you want to know' },
    { name: 'chat-talk', path: `/chat/${names.chat}`, shows: 'Release the notes on', isLive: true },
    { name: 'agents', path: '/agents', shows: 'Find out which store is the cheapest' },
    { name: 'agents-tree', path: `/agents/${names.agent}`, shows: '3 of 3 ended' },
    { name: 'agents-new', path: '/agents/new', shows: 'splits a large one between other agents' },
    { name: 'agents-types', path: '/agents/types', shows: 'researcher' },
    { name: 'councils', path: '/agents?tab=councils', shows: 'Should the reports of the notes app' },
    { name: 'council', path: `/council/${names.council}`, shows: 'Minority report' },
    {
      name: 'council-stance',
      path: `/council/${names.council}`,
      shows: 'Minority report',
      open: async (page) => {
        await page.getByRole('button', { name: 'Idealist, round 2' }).click();
        await page.getByRole('dialog').getByText('Why it changed').waitFor();
      },
    },
    { name: 'council-new', path: '/agents/council/new?question=Where+to%3F', shows: 'for 18 calls of a model' },
    { name: 'village', path: '/village', shows: 'Backups are not kept', open: isLaidOut },
    {
      name: 'village-tension',
      path: '/village',
      shows: 'Backups are not kept',
      open: async (page) => {
        await isLaidOut(page);
        await page.getByRole('button', { name: /^Tension.*similarity/ }).click();
        await page.getByRole('link', { name: 'Ask a council' }).waitFor();
      },
    },
    { name: 'village-matrix', path: '/village?view=matrix', shows: 'Frontend' },
    { name: 'inbox', path: '/inbox', shows: 'Should the notes be kept' },
    {
      name: 'approval',
      path: '/inbox',
      shows: 'Should the notes be kept',
      open: async (page) => {
        await page.getByRole('button', { name: /^Push 2 changed files/ }).click();
        await page.getByRole('dialog').getByText('README.md').first().waitFor();
      },
    },
    { name: 'palette', path: '/usage', open: (page) => page.keyboard.press('Control+k') },
    { name: 'keys', path: '/usage', open: (page) => page.keyboard.press('?') },
    { name: 'usage', path: '/usage' },
    { name: 'tools', path: '/tools', shows: 'add_to_date' },
    { name: 'tool', path: '/tools/add_to_date', shows: 'date (required)' },
    { name: 'settings', path: '/settings' },
    ...['appearance', 'keys', 'team', 'models', 'secrets', 'import'].map(setting),
    { name: 'memory', path: '/memory', shows: 'Maya' },
    { name: 'memory-search', path: '/memory?q=Where+does+Maja+live', shows: 'Found for' },
    { name: 'memory-entity', path: MAYA, shows: 'My salary is 90000 euros.' },
    { name: 'memory-entity-source', path: `${MAYA}?tab=source`, shows: 'My salary is 90000 euros.' },
    { name: 'memory-entity-history', path: `${MAYA}?tab=history`, shows: 'My salary is 90000 euros.' },
    {
      name: 'memory-past',
      path: MAYA,
      shows: 'My salary is 90000 euros.',
      open: async (page) => {
        await page.getByRole('slider', { name: 'Moment of memory' }).press('Home');
        await page.getByText('You see what was known on').waitFor();
      },
    },
    memory('facts', 'Releases go out on Tuesdays.'),
    memory('sources'),
    {
      name: 'memory-source',
      path: `/memory/sources/${encodeURIComponent(names.source ?? '')}`,
      shows: 'What came from it',
    },
    memory('staged', 'I sold my car.'),
    { name: 'memory-staged-session', path: `/memory/staged/${names.staged}`, shows: 'I sold my car.' },
    memory('preferences'),
    memory('proposals', 'The notes API answers'),
    memory('follow-ups'),
    memory('repository'),
    memory('health'),
    memory('keys', 'release'),
    memory('export'),
    {
      name: 'memory-revert',
      path: `/memory/revert/${encodeURIComponent(names.source ?? '')}`,
      shows: 'Nothing has changed yet',
    },
    { name: 'memory-erase', path: '/memory/erase' },
    { name: 'not-found', path: '/nowhere' },
  ];
}

/** Waits until the marks of the village have their places. A phone shows lists at first. */
async function isLaidOut(page: Page): Promise<void> {
  await page.locator('.village-wait').waitFor({ state: 'detached' });
}

/** Opens a page and waits until it has loaded. */
export async function openExample(page: Page, { path, shows, open, isLive = false }: ExamplePage): Promise<void> {
  await page.goto(path);
  const waited = shows === undefined ? page.getByRole('heading', { level: 1 }) : page.getByText(shows);
  await waited.filter({ visible: true }).first().waitFor();
  await isLoaded(page, isLive);
  if (open === undefined) return;
  await open(page);
  await isLoaded(page, isLive);
}

/** Waits until no part of the page is loading, and its fonts are there. */
async function isLoaded(page: Page, isLive: boolean): Promise<void> {
  if (!isLive) await page.waitForLoadState('networkidle');
  await page.locator('[role=status].late').waitFor({ state: 'detached' });
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
}
