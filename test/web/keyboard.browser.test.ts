import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { expectFocus, pressOn } from './support/accessible.ts';
import { visitSignedIn } from './support/account.ts';
import { examplePages, openExample } from './support/example-pages.ts';
import { readRecording, replayAnswers } from './support/recorded.ts';
import { test, useSite } from './support/site.ts';

/** The console without a mouse, on pages with recorded answers of the API. */
const site = useSite();
const recording = readRecording();

async function visit(name: string): Promise<Page> {
  const example = examplePages(recording.names).find((one) => one.name === name);
  if (example === undefined) throw new Error(`There is no page ${name}`);
  const { page, context } = await site.visit();
  await replayAnswers(context, recording);
  await page.clock.setFixedTime(new Date(recording.at));
  await openExample(page, example);
  return page;
}

test('g and a letter open each room', async () => {
  const { page } = await visitSignedIn(site, '/usage');
  const rooms = {
    r: '/runs',
    c: '/chat',
    m: '/memory',
    v: '/village',
    a: '/agents',
    i: '/inbox',
    u: '/usage',
    s: '/settings',
    h: '/',
  };
  for (const [key, path] of Object.entries(rooms)) {
    // A new chat has the focus in its field.
    await page.keyboard.press('Escape');
    await page.keyboard.press('g');
    await page.keyboard.press(key);
    await expect.poll(() => new URL(page.url()).pathname.replace('/settings/profile', '/settings')).toBe(path);
  }
});

test('the first Tab reaches the link that skips the rail', async () => {
  const page = await visit('usage');
  await page.keyboard.press('Tab');
  await expectFocus(page.getByRole('link', { name: 'Skip to content' }));
  await page.keyboard.press('Enter');
  await expectFocus(page.locator('#content'));
});

interface Opener {
  page: string;
  opener: (page: Page) => Locator;
  opened: (page: Page) => Locator;
}
const dialog = (page: Page) => page.getByRole('dialog').first();
const button = (name: string | RegExp) => (page: Page) => page.getByRole('button', { name }).first();
const OPENERS: Record<string, Opener> = {
  'the palette': { page: 'usage', opener: button('Search and commands'), opened: (page) => page.getByRole('combobox') },
  'the menu of the account': {
    page: 'usage',
    opener: (page) => page.getByRole('button', { name: 'Account', exact: true }),
    opened: (page) => page.getByRole('menu'),
  },
  'the form of an API key': { page: 'settings-keys', opener: button('Create a key'), opened: dialog },
  'the question of a revoked key': { page: 'settings-keys', opener: button('Revoke Nightly report'), opened: dialog },
  'the form of a fact': { page: 'memory-facts', opener: button('Add a fact'), opened: dialog },
  'the change that is approved': { page: 'inbox', opener: button(/^Push 2 changed files/), opened: dialog },
  'the question of a worker': { page: 'run-question', opener: button('Answer'), opened: dialog },
  'the menu of a run': { page: 'run', opener: button('More actions'), opened: (page) => page.getByRole('menu') },
};

test.for(Object.entries(OPENERS))(
  'Escape closes %s and gives the focus back',
  async ([, { page: name, opener, opened }]) => {
    const page = await visit(name);
    await pressOn(page, opener(page));
    await opened(page).waitFor();
    await page.keyboard.press('Escape');
    await opened(page).waitFor({ state: 'detached' });
    await expectFocus(opener(page));
  },
);

test('a run is read by keyboard: the turns of a worker, the tabs of a turn and of the page', async () => {
  const page = await visit('run-turn');
  const inspector = page.getByRole('region', { name: 'Chosen turn' });
  await page.keyboard.press('[');
  await inspector.getByText('I write the server.').waitFor();
  await page.keyboard.press(']');
  await inspector.getByText('I tell the frontend.').waitFor();
  await page.keyboard.press('2');
  await inspector.getByText('Instruction of the worker').waitFor();
  await page.keyboard.press('t');
  await page.keyboard.press('2');
  await page.getByRole('tab', { name: 'Messages', selected: true }).waitFor();
});

test('the time of memory moves by keys, and a source is reached from its text', async () => {
  const page = await visit('memory-past');
  const slider = page.getByRole('slider', { name: 'Moment of memory' });
  await pressOn(page, slider, 'End');
  await page.getByText('You see what was known on').waitFor({ state: 'detached' });
  await page.keyboard.press('b');
  await page.getByRole('tab', { name: 'Source', selected: true }).waitFor();
});
