import type { Browser, CDPSession, Page } from 'playwright-core';
import { median, ratioOf, rounded } from '../../bench/figures.ts';
import { type Account, signIn } from '../support/account.ts';
import { emulate, leave, openMeasured, type Profile, settle, type Vitals, vitalsOf } from './browser.ts';

/** A page and what is there when somebody can use it. */
export interface MeasuredPage {
  name: string;
  path: string;
  ready: (page: Page) => Promise<unknown>;
}

export interface LoadResult {
  name: string;
  profile: Profile;
  fcp: number;
  lcp: number;
  cls: number;
  /** Times of an empty page, measured in the same rounds. */
  fcpRatio: number;
  lcpRatio: number;
}

/** Loads each page and an empty page in turn, with an empty cache, `rounds` times. */
export async function measureLoads(
  browser: Browser,
  url: string,
  {
    account,
    pages,
    rounds,
    profile,
  }: { account: Account | undefined; pages: MeasuredPage[]; rounds: number; profile: Profile },
): Promise<LoadResult[]> {
  const { page, devtools } = await openMeasured(browser, url);
  if (account !== undefined) await signIn(page, account);
  await emulate(devtools, profile);
  const rows = new Map<string, Vitals[]>([['empty page', []]]);
  for (let round = 0; round < rounds; round += 1) {
    rows.get('empty page')?.push(await loadOnce(page, devtools, EMPTY));
    for (const measured of pages) {
      const row = rows.get(measured.name) ?? [];
      rows.set(measured.name, row);
      row.push(await loadOnce(page, devtools, measured));
    }
  }
  await page.context().close();
  const empty = rows.get('empty page') ?? [];
  return [...rows].map(([name, vitals]) => ({
    name,
    profile,
    fcp: rounded(median(vitals.map(({ fcp }) => fcp)), 0),
    lcp: rounded(median(vitals.map(({ lcp }) => lcp)), 0),
    cls: rounded(Math.max(...vitals.map(({ cls }) => cls)), 4),
    fcpRatio: rounded(
      ratioOf(
        vitals.map(({ fcp }) => fcp),
        empty.map(({ fcp }) => fcp),
      ),
      1,
    ),
    lcpRatio: rounded(
      ratioOf(
        vitals.map(({ lcp }) => lcp),
        empty.map(({ lcp }) => lcp),
      ),
      1,
    ),
  }));
}

const EMPTY: MeasuredPage = { name: 'empty page', path: '/empty', ready: (page) => page.locator('h1').waitFor() };

async function loadOnce(page: Page, devtools: CDPSession, { path, ready }: MeasuredPage): Promise<Vitals> {
  await leave(page);
  await devtools.send('Network.clearBrowserCache');
  await page.goto(path);
  await ready(page);
  await settle(page);
  return vitalsOf(page);
}
