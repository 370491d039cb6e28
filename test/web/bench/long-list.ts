import type { Browser, CDPSession, Locator, Page } from 'playwright-core';
import { quantile, rounded } from '../../bench/figures.ts';
import { type Account, signIn } from '../support/account.ts';
import type { BenchServer } from './bench-server.ts';
import { leave, openMeasured, settle, vitalsOf } from './browser.ts';

const EVENTS_PER_SECOND = 50;
const FRAMES = 240;
const STEP = 400;
const PASSES = 3;

export interface Frames {
  name: string;
  p50: number;
  p95: number;
  worst: number;
  longTasks: number;
  longestTask: number;
}

export interface LongRunResult {
  /** From the address to the row of the last event, with a warm cache, in milliseconds. */
  openMs: number;
  /** The same for an empty page. */
  openEmptyMs: number;
  frames: Frames[];
  heapMb: number;
  emptyHeapMb: number;
  rows: number;
}

/** Opens a run of 10,000 events, reads all of it, scrolls it, and scrolls it while events arrive. */
export async function measureLongRun(
  browser: Browser,
  server: BenchServer,
  { account, runPath, rounds }: { account: Account; runPath: string; rounds: number },
): Promise<LongRunResult> {
  const { page, devtools } = await openMeasured(browser, server.url);
  await page.goto('/list');
  const empty = await scroll(page, page.locator('#list'), 'empty rows, drawn by the browser alone');
  const emptyHeapMb = await heapOf(devtools);
  await signIn(page, account);
  const openEmptyMs = await openTime(page, '/empty', 'h1', rounds);
  const openMs = await openTime(page, `${runPath}?matters=0`, TIME_LINE_ROW, rounds);
  const list = page.getByRole('region', { name: 'Time line' }).locator('.overflow-y-auto').first();
  const rows = await readAll(page, list);
  const quiet = await scroll(page, list, 'the time line of 10,000 events');
  const heapMb = await heapOf(devtools);
  server.stream(EVENTS_PER_SECOND);
  const live = await scroll(page, list, `the same while ${EVENTS_PER_SECOND} events a second arrive`);
  await page.keyboard.press('l');
  const atEnd = await watchFrames(page, 'at its end, while they arrive');
  server.stream(0);
  await page.context().close();
  return { openMs, openEmptyMs, frames: [empty, quiet, live, atEnd], heapMb, emptyHeapMb, rows };
}

const TIME_LINE_ROW = '[aria-setsize]';

/** Returns the median time from the start of the navigation until an element is there. */
async function openTime(page: Page, path: string, selector: string, rounds: number): Promise<number> {
  const times: number[] = [];
  await page.context().addInitScript(`
    const look = () => document.querySelector('${selector}') ? (window.usableAt ??= performance.now()) : requestAnimationFrame(look);
    look();`);
  // The first round fills the cache.
  for (let round = 0; round <= rounds; round += 1) {
    await leave(page);
    await page.goto(path);
    await page.locator(selector).first().waitFor();
    await settle(page);
    if (round > 0) times.push(await page.evaluate('usableAt'));
  }
  return rounded(quantile(times, 0.5), 0);
}

/** Scrolls to the start until all older events are there. Returns the number of rows. */
async function readAll(page: Page, list: Locator): Promise<number> {
  let isRead = false;
  page.on('response', async (response) => {
    if (!response.url().includes('/logs?')) return;
    const { next_cursor: next } = await response.json();
    isRead ||= next === null;
  });
  while (!isRead) {
    await list.evaluate(async (element) => {
      for (const top of [1_000, 0]) {
        element.scrollTop = top;
        await new Promise(requestAnimationFrame);
      }
    });
  }
  await settle(page);
  return page.evaluate(() => Number(document.querySelector('[aria-setsize]')?.getAttribute('aria-setsize')));
}

/** Scrolls down and up three times: the pass with the median p95, because one pause of the machine spoils a pass. */
async function scroll(page: Page, list: Locator, name: string): Promise<Frames> {
  const passes: Frames[] = [];
  for (let pass = 0; pass < PASSES; pass += 1) passes.push(await scrollOnce(page, list, name));
  passes.sort((one, other) => one.p95 - other.p95);
  const middle = passes[Math.floor(PASSES / 2)];
  if (middle === undefined) throw new Error('No pass was measured.');
  return { ...middle, longTasks: Math.max(...passes.map(({ longTasks }) => longTasks)) };
}

async function scrollOnce(page: Page, list: Locator, name: string): Promise<Frames> {
  await page.evaluate('Object.assign(vitals, { longTasks: 0, longestTask: 0 })');
  const times = await list.evaluate(
    async (element, { frames, step }) => {
      const taken: number[] = [];
      element.scrollTop = 0;
      let last = await new Promise<number>(requestAnimationFrame);
      for (let count = 0; count < frames; count += 1) {
        element.scrollTop += count < frames / 2 ? step : -step;
        const now = await new Promise<number>(requestAnimationFrame);
        taken.push(now - last);
        last = now;
      }
      return taken;
    },
    { frames: FRAMES, step: STEP },
  );
  return framesOf(page, name, times);
}

async function watchFrames(page: Page, name: string): Promise<Frames> {
  await page.evaluate('Object.assign(vitals, { longTasks: 0, longestTask: 0 })');
  const times = await page.evaluate(async (frames) => {
    const taken: number[] = [];
    let last = await new Promise<number>(requestAnimationFrame);
    for (let count = 0; count < frames; count += 1) {
      const now = await new Promise<number>(requestAnimationFrame);
      taken.push(now - last);
      last = now;
    }
    return taken;
  }, FRAMES);
  return framesOf(page, name, times);
}

async function framesOf(page: Page, name: string, times: number[]): Promise<Frames> {
  const { longTasks, longestTask } = await vitalsOf(page);
  return {
    name,
    p50: rounded(quantile(times, 0.5), 1),
    p95: rounded(quantile(times, 0.95), 1),
    worst: rounded(Math.max(...times), 1),
    longTasks,
    longestTask: rounded(longestTask, 0),
  };
}

async function heapOf(devtools: CDPSession): Promise<number> {
  await devtools.send('HeapProfiler.enable');
  await devtools.send('HeapProfiler.collectGarbage');
  // While it is on, every allocation is slower.
  await devtools.send('HeapProfiler.disable');
  const { usedSize } = await devtools.send('Runtime.getHeapUsage');
  return rounded(usedSize / 1e6, 1);
}
