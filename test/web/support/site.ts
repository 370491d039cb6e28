import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test as vitestTest } from 'vitest';
import { BROWSER_SKIPPED, CHROMIUM } from '../../support/chromium.ts';
import { type LocalServer, startLocalServer } from '../../support/local-server.ts';
import { type Watch, watchContext } from './watch.ts';

/** `npm start` with the built console, and a browser. Each test file has its own server, database and browser. */
export interface Site {
  readonly server: LocalServer;
  readonly browser: Browser;
  /** Opens a window of a browser of its own, without cookies and storage of another visitor. It shows no page yet. */
  visit(options?: VisitOptions): Promise<Visitor>;
}

export interface Visitor extends Watch {
  page: Page;
  context: BrowserContext;
  /** Opens another tab of the same browser. */
  newTab(path?: string): Promise<Page>;
}

export interface VisitOptions {
  size?: keyof typeof SIZES;
  theme?: 'light' | 'dark';
}

export const SIZES = {
  wide: { viewport: { width: 1440, height: 1000 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
} as const satisfies Record<string, BrowserContextOptions>;

/** `test` of a browser test file. Without Chromium its tests are skipped. */
export const test = vitestTest.skipIf(BROWSER_SKIPPED !== undefined);

/** A page waits this long for what a test expects: starting a run on a busy machine takes seconds. */
export const PATIENCE_MS = 30_000;

/**
 * Starts a server and a browser for the tests of this file. After each test its windows are closed, and the test fails
 * when a page did something that it did not announce, see {@link watchContext}.
 */
export function useSite(environment: Record<string, string> = {}): Site {
  let server: LocalServer | undefined;
  let browser: Browser | undefined;
  const visitors: Visitor[] = [];
  const home = mkdtempSync(join(tmpdir(), 'apexflow-chromium-'));

  beforeAll(async () => {
    if (BROWSER_SKIPPED !== undefined) return;
    [server, browser] = await Promise.all([startLocalServer({ CONSOLE: 'on', ...environment }), launch(home)]);
  });
  afterEach(async () => {
    const open = visitors.splice(0);
    const problems = open.flatMap((visitor) => visitor.problems());
    await Promise.all(open.map(({ context }) => context.close()));
    const logged = server?.output().match(/^.*"severity":"ERROR".*$/gim) ?? [];
    expect([...problems, ...logged], 'problems that the test did not announce').toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.kill();
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });

  const started = <Part>(part: Part | undefined): Part => {
    if (part === undefined) throw new Error('The site starts before the first test');
    return part;
  };
  return {
    get server() {
      return started(server);
    },
    get browser() {
      return started(browser);
    },
    visit: async (options) => {
      const visitor = await openWindow(started(browser), started(server).url, options);
      visitors.push(visitor);
      return visitor;
    },
  };
}

/** Chromium sees no variable of the developer's shell, such as a proxy. As root it has no sandbox. */
function launch(home: string): Promise<Browser> {
  const { PATH = '' } = process.env;
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--font-render-hinting=none', '--force-color-profile=srgb'],
    env: { PATH, HOME: home, TMPDIR: tmpdir(), LANG: 'C.UTF-8' },
  });
}

async function openWindow(
  browser: Browser,
  url: string,
  { size = 'wide', theme = 'light' }: VisitOptions = {},
): Promise<Visitor> {
  const context = await browser.newContext({
    baseURL: url,
    ...SIZES[size],
    colorScheme: theme,
    deviceScaleFactor: 1,
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const watch = await watchContext(context, new URL(url).origin);
  return {
    ...watch,
    context,
    page: await context.newPage(),
    newTab: async (path = '/') => {
      const page = await context.newPage();
      await page.goto(path);
      return page;
    },
  };
}
