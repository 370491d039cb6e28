import type { Page, Request } from 'playwright-core';
import { expect } from 'vitest';
import { waitFor } from '../support/local-server.ts';
import { expectAccessible } from './support/accessible.ts';
import { visitSignedIn } from './support/account.ts';
import { test, useSite } from './support/site.ts';

const site = useSite();

test('shortcuts act on a layout without Latin letters, and at the letter of one that has them', async () => {
  const { page } = await visitSignedIn(site);
  await press(page, 'п', 'KeyG');
  await press(page, 'г', 'KeyU');
  await page.waitForURL('**/usage');
  // On Dvorak the key of the letter g is at the place of U.
  await press(page, 'g', 'KeyU');
  await press(page, 'r', 'KeyO');
  await page.waitForURL('**/runs');
  await press(page, 'л', 'KeyK', { ctrlKey: true });
  await page.getByRole('combobox', { name: 'Search runs, memory and commands' }).waitFor();
});

test('what is typed before the palette is there is not lost', async () => {
  const { page } = await visitSignedIn(site, '/inbox');
  const palette = Promise.withResolvers<void>();
  await page.route('**/palette-*.js', async (route) => {
    await palette.promise;
    await route.continue();
  });
  await page.reload();
  await page.getByRole('heading', { name: 'Inbox', level: 1 }).waitFor();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('usa');
  palette.resolve();
  await page.getByRole('combobox').waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'combobox');
  await page.keyboard.type('ge');
  expect(await page.getByRole('combobox').inputValue()).toBe('usage');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/usage');
});

test('a page asks for its first data once, while its code is on the way', async () => {
  const { page, account } = await visitSignedIn(site);
  const run = await site.server.startSprint(account.token, { task: 'Build a counter' });
  await waitFor(`the end of ${run}`, async () => {
    const { body } = await site.server.call('GET', `/api/v1/runs/${run}`, { token: account.token });
    return body.status === 'completed';
  });
  for (const [path, code, address] of [
    [`/runs/${run}`, 'run-page', `/runs/${run}/logs?order=newest&limit=50`],
    [`/runs/${run}`, 'run-page', `/runs/${run}`],
    ['/runs', 'list-page', '/runs?limit=50'],
    ['/', 'home', '/questions?limit=5'],
    ['/memory', 'overview', '/memory/entities?limit=200'],
  ] as const) {
    // At the first visit the list of runs is read twice, because nothing is known of an earlier look.
    await page.goto(path);
    await page.waitForLoadState('networkidle');
    const asked: string[] = [];
    const listen = (request: Request) => asked.push(request.url().replace(`${site.server.url}/api/v1`, ''));
    page.on('request', listen);
    const held = Promise.withResolvers<void>();
    await page.route(`**/assets/${code}-*.js`, async (route) => {
      await held.promise;
      await route.continue();
    });
    await page.goto(path, { waitUntil: 'commit' });
    await page.waitForResponse((response) => response.url().endsWith(address));
    held.resolve();
    await page.waitForLoadState('networkidle');
    page.off('request', listen);
    await page.unroute(`**/assets/${code}-*.js`);
    expect(asked.filter((url) => url === address)).toEqual([address]);
  }
});

test('a click beside a dialog or Escape does not lose a new key, also without a clipboard', async () => {
  const { page } = await visitSignedIn(site, '/settings/keys');
  await page.getByRole('button', { name: 'Create a key' }).click();
  await page.keyboard.type('report');
  await beside(page);
  await page.keyboard.press('Escape');
  await page.getByText('What is here is lost when you close this.').waitFor();
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
  const shown = page.getByRole('dialog', { name: 'Copy your key now' });
  const key = (await shown.locator('code').first().textContent()) ?? '';
  await beside(page);
  await page.keyboard.press('Escape');
  await shown.getByRole('button', { name: 'Stay' }).click();
  await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await shown.getByRole('button', { name: 'Copy the key' }).click();
  await page.getByText('The browser does not let the console copy.').waitFor();
  expect(await page.evaluate(() => String(getSelection()))).toBe(key);
  await shown.getByRole('button', { name: 'I have copied it' }).click();
  await shown.waitFor({ state: 'detached' });
});

test('a part that a release replaced is loaded with the new release; otherwise the page stays', async () => {
  const { page, announceOutage } = await visitSignedIn(site, '/inbox');
  let isGone = true;
  await page.route('**/assets/key-help-*.js', (route) => (isGone ? route.abort() : route.continue()));
  const ended = announceOutage();
  await page.keyboard.press('?');
  await page.getByText('This part of the console could not be loaded.').waitFor();
  await page.route(`${site.server.url}/`, (route) => {
    isGone = false;
    return route.fulfill({ body: '<!doctype html><script type="module" src="/assets/next.js"></script>' });
  });
  await page.keyboard.press('Escape');
  await page.reload();
  isGone = true;
  await page.getByRole('heading', { name: 'Inbox', level: 1 }).waitFor();
  const loaded = page.waitForEvent('load');
  await page.keyboard.press('?');
  await loaded;
  ended();
  await page.getByRole('heading', { name: 'Inbox', level: 1 }).waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
});

/** Presses a key of another layout, which Playwright's keyboard does not have. */
async function press(page: Page, key: string, code: string, options: { ctrlKey?: boolean } = {}): Promise<void> {
  await page.evaluate(
    ([key, code, options]) => {
      const event = new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true, ...options });
      document.activeElement?.dispatchEvent(event);
    },
    [key, code, options] as const,
  );
}

async function beside(page: Page): Promise<void> {
  await page.mouse.click(20, 900);
}
