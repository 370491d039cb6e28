import type { Browser, Page } from 'playwright-core';
import { rounded } from '../../bench/figures.ts';
import { type Account, signIn } from '../support/account.ts';
import { emulate, openMeasured, type Profile, settle, vitalsOf } from './browser.ts';

/** What somebody does on a page, by real keys and clicks. */
export interface Visit {
  name: string;
  path: string;
  ready: (page: Page) => Promise<unknown>;
  act: (page: Page) => Promise<void>;
}

export interface InteractionResult {
  name: string;
  profile: Profile;
  /** The longest time from an input to the next frame, by the browser's Event Timing. */
  inp: number;
  slowest: string;
}

export async function measureInteractions(
  browser: Browser,
  url: string,
  { account, visits, profile }: { account: Account; visits: Visit[]; profile: Profile },
): Promise<InteractionResult[]> {
  const { page, devtools } = await openMeasured(browser, url);
  await signIn(page, account);
  const results: InteractionResult[] = [];
  for (const { name, path, ready, act } of visits) {
    await emulate(devtools, 'laptop');
    await page.goto('about:blank');
    await page.goto(path);
    await ready(page);
    await settle(page);
    await emulate(devtools, profile);
    await act(page);
    await settle(page);
    const { inp, slowest } = await vitalsOf(page);
    results.push({ name, profile, inp: rounded(inp, 0), slowest });
  }
  await page.context().close();
  return results;
}

/** What is pressed on a run, its list and in the shell. */
export function visitsOf(runPath: string): Visit[] {
  const row = (page: Page) => page.getByRole('region', { name: 'Time line' }).getByRole('listitem').last();
  const press = async (page: Page, ...keys: string[]) => {
    for (const key of keys) {
      await page.keyboard.press(key);
      await settle(page);
    }
  };
  return [
    {
      name: 'a run of 10,000 events',
      path: `${runPath}?matters=0`,
      ready: (page) => row(page).waitFor(),
      act: async (page) => {
        await row(page).click();
        await press(page, 'k', 'k', 'k', 'Enter', '2', '3', '[', 't', '4', 't', '1', 'r');
        // Code that opens the menu or the keys may come after a second key.
        await page.getByRole('menu').waitFor();
        await press(page, 'Escape', '?');
        await page.getByRole('dialog').waitFor();
        await press(page, 'Escape');
        await page.getByRole('dialog').waitFor({ state: 'detached' });
        await page.getByRole('tab', { name: 'Files' }).first().click();
        await page.getByRole('tab', { name: 'Overview' }).click();
        await press(page, '/', 'p', 'a', 'r', 't');
      },
    },
    {
      name: 'the list of runs',
      path: '/runs',
      ready: (page) => page.getByRole('listitem').first().waitFor(),
      act: async (page) => {
        await press(page, 'j', 'j', '/', 'c', 'o', 'u', 'n', 't', 'Escape');
        await page.getByRole('searchbox').first().fill('');
        await press(page, 'Control+k', 'r', 'u', 'n', 'Escape');
      },
    },
  ];
}
