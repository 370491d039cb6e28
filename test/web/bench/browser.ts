import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core';
import { CHROMIUM } from '../../support/chromium.ts';

/** The laptop as it is, and a slow phone on a slow network. */
export const PROFILES = {
  laptop: { cpu: 1, network: { latency: 0, downloadThroughput: -1, uploadThroughput: -1 } },
  slow: { cpu: 4, network: { latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 } },
};
export type Profile = keyof typeof PROFILES;

export function launchBrowser(home: string): Promise<Browser> {
  const { PATH = '' } = process.env;
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
    env: { PATH, HOME: home, TMPDIR: home, LANG: 'C.UTF-8' },
  });
}

/** What a page was measured by since it was opened, in milliseconds. `cls` has no unit. */
export interface Vitals {
  fcp: number;
  lcp: number;
  cls: number;
  /** The longest time from a key or click to the next frame. 0 without one. */
  inp: number;
  /** What was clicked or pressed then. */
  slowest: string;
  longTasks: number;
  longestTask: number;
}

/** Runs in every page before its scripts. */
export const OBSERVE = `
  window.vitals = { fcp: 0, lcp: 0, cls: 0, inp: 0, slowest: '', longTasks: 0, longestTask: 0 };
  const watch = (type, each, more) =>
    new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({ type, buffered: true, ...more });
  watch('paint', ({ name, startTime }) => { if (name === 'first-contentful-paint') vitals.fcp = startTime; });
  watch('largest-contentful-paint', ({ startTime }) => { vitals.lcp = startTime; });
  watch('layout-shift', ({ value, hadRecentInput }) => { if (!hadRecentInput) vitals.cls += value; });
  watch('longtask', ({ duration }) => {
    vitals.longTasks += 1;
    vitals.longestTask = Math.max(vitals.longestTask, duration);
  });
  watch('event', ({ interactionId, duration, name, target }) => {
    if (interactionId === 0 || duration <= vitals.inp) return;
    vitals.inp = duration;
    vitals.slowest = name + ' on ' + (target?.textContent ?? '').trim().slice(0, 30);
  }, { durationThreshold: 16 });
`;

/** Opens a page in which everything is measured. */
export async function openMeasured(browser: Browser, baseURL: string): Promise<{ page: Page; devtools: CDPSession }> {
  const context = await browser.newContext({
    baseURL,
    viewport: { width: 1440, height: 1000 },
    deviceScaleFactor: 1,
    locale: 'en-GB',
  });
  context.setDefaultTimeout(120_000);
  await context.addInitScript(OBSERVE);
  const page = await context.newPage();
  return { page, devtools: await context.newCDPSession(page) };
}

export async function emulate(devtools: CDPSession, profile: Profile): Promise<void> {
  const { cpu, network } = PROFILES[profile];
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: cpu });
  await devtools.send('Network.emulateNetworkConditions', { offline: false, ...network });
}

/** The browser ends the process of a page and starts the next one, which is not the time of a page. */
const PROCESS_MS = 500;

/** Leaves the page, and waits until the next one has a process of its own. */
export async function leave(page: Page): Promise<void> {
  await page.goto('about:blank');
  await page.waitForTimeout(PROCESS_MS);
}

/** Waits until the page has drawn what it has, with its fonts. */
export async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready;
    for (let frame = 0; frame < 3; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
    await new Promise((resolve) => requestIdleCallback(resolve, { timeout: 2000 }));
  });
}

export const vitalsOf = (page: Page): Promise<Vitals> => page.evaluate('vitals');
